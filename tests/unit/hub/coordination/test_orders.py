"""Laws of the inspection order, over what agencies want and do at random; seeds are printed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from singlewindow.hub.coordination import facts, orders, recording
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.orders import BACK, DONE, JOINABLE, Inspection, Need, State
from singlewindow.kernel.messages import Subject

SEED = 20261121
AT = datetime(2026, 11, 21, tzinfo=UTC)
AGENCIES = ("border", "customs", "maritime", "quarantine")
ITEMS = ("seal", "goods", "pests", "papers")
METHODS = ("", *(method["code"] for method in facts._facts()["methods"]))
KINDS = ("conveyance", "container", "bill", "express", "postal")

needs = st.lists(
    st.builds(
        Need,
        st.sampled_from(AGENCIES),
        st.sampled_from("abc").map(lambda name: f"x/instruction/{name}/1"),
        st.sampled_from(METHODS),
        st.lists(st.sampled_from(ITEMS), max_size=3, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda need: (need.agency, need.name),
)

chances = st.integers(0, 2**32).map(random.Random)


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


def opened(wanted: list[Need], kind: str = "container") -> Inspection:
    return orders.opened(UUID(int=1), "CY1", UUID(int=2), Subject(kind, "X"), "X", wanted, AT)


def essence(order: Inspection) -> Any:
    """What an order asks for, whatever the order in which it was asked."""
    parts = {
        (p.agency, p.standing, p.method, frozenset(p.items), frozenset(p.instructions))
        for p in order.parts
        if p.standing != "withdrawn"
    }
    return frozenset(parts), order.lead, order.method, frozenset(order.items()), order.state


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(needs, chances, st.sampled_from(KINDS), st.integers(0, 6))
def test_who_asked_first_changes_nothing(wanted: list[Need], chance: Any, kind: str, cut: int) -> None:
    shuffled = wanted.copy()
    chance.shuffle(shuffled)
    late = orders.met(opened(shuffled[: max(cut, 1)], kind), shuffled, AT)
    assert essence(late) == essence(opened(wanted, kind))
    assert orders.met(late, wanted, AT + timedelta(1)) == late, "the same again is nothing new"
    assert late.joint == (len({need.agency for need in wanted}) > 1)
    assert set(late.items()) == {item for need in wanted for item in need.items}


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(needs, needs)
def test_a_withdrawn_wish_leaves_no_trace(kept: list[Need], gone: list[Need]) -> None:
    named = {(need.agency, need.name) for need in kept}
    gone = [need for need in gone if (need.agency, need.name) not in named]
    assert essence(orders.met(opened([*kept, *gone]), kept, AT)) == essence(opened(kept))
    assert orders.met(opened(kept), [], AT).state is State.CANCELLED


def walk(order: Inspection, wanted: list[Need], chance: Any, steps: int) -> list[Inspection]:
    """Anybody doing anything at any time: what was, one step after the other."""
    seen, at = [order], AT
    for _ in range(steps):
        at += timedelta(minutes=1)
        agency, now = chance.choice(AGENCIES), seen[-1]
        part = now.part(agency)
        mine = (
            {item: (chance.choice(["normal", "normal", "abnormal"]), "") for item in part.items}
            if part
            else {}
        )
        verbs: list[Callable[[], Inspection]] = [
            lambda now=now, at=at: orders.issued(now, at),
            lambda now=now, at=at: orders.appointed(now, at + timedelta(hours=1), "B", at),
            lambda now=now, at=at: orders.ready(now, at, 1),
            lambda now=now, at=at: orders.started(now, at, 1),
            lambda now=now, at=at: chance.choice([orders.not_ready, orders.not_started])(
                now, chance.choice([1, 1, 2]), at
            ),
            lambda now=now, at=at, agency=agency, mine=mine: recording.recorded(
                now, agency, mine, chance.choice(["", "normal", "abnormal"]), "o", at
            ),
            lambda now=now, at=at, agency=agency: orders.recognised(now, agency, "o", at),
            lambda now=now, at=at, agency=agency: orders.again(now, agency, chance.choice(["", "r"]), at),
            lambda now=now, at=at: orders.met(now, chance.sample(wanted, chance.randint(0, len(wanted))), at),
        ]  # fmt: skip
        try:
            seen.append(chance.choice(verbs)())
        except Declined as declined:
            assert declined.problem.text.zh
            assert declined.problem.text.en
    return seen


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(needs, chances)
def test_whatever_people_do_an_order_only_goes_forward_but_for_what_is_taken_back(
    wanted: list[Need], chance: Any
) -> None:
    stages = {state: place for place, state in enumerate(State)}
    seen = walk(opened(wanted), wanted, chance, 40)
    for before, after in pairwise(seen):
        back = (before.state, after.state) in BACK
        assert back or stages[before.state] <= stages[after.state]
        assert not (back and (after.results or after.conclusion)), "nothing built on what is taken back"
        if before.state not in JOINABLE and not back:
            started = {part.agency for part in before.joined()}
            assert {part.agency for part in after.joined()} <= started, "nobody joins once it is under way"
        for part in before.parts:
            now = next(one for one in after.parts if one.agency == part.agency)
            more = now.standing == "offered" and not set(now.instructions) <= set(part.instructions)
            assert not part.conclusion or now.conclusion == part.conclusion or more, "a conclusion stands"


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(needs, chances)
def test_one_result_normal_only_if_all_looked_and_found_nothing(wanted: list[Need], chance: Any) -> None:
    seen = walk(opened(wanted), wanted, chance, 60)
    order = next((one for one in seen if one.conclusion), None)
    if order is None:
        return
    joined = order.joined()
    assert order.state in DONE
    assert all(part.conclusion for part in joined)
    assert (order.conclusion == "normal") == all(part.conclusion == "normal" for part in joined)
    fine = {result.item for result in order.results if result.result != "abnormal"}
    assert order.conclusion == "abnormal" or set(order.items()) <= fine
    last = seen[-1]
    assert last.conclusion == order.conclusion, "what comes later does not rewrite it"
    for part in last.parts:
        if part.conclusion == "recognised":
            assert order.conclusion == "normal"
            assert set(part.items) <= fine


@seed(SEED)
@settings(max_examples=10, deadline=None)
@given(needs)
def test_the_walk_reaches_the_end_often_enough_to_prove_something(wanted: list[Need]) -> None:
    ends = [walk(opened(wanted), wanted, random.Random(n), 60)[-1] for n in range(120)]
    assert any(order.conclusion for order in ends)


@seed(SEED)
@settings(max_examples=300, deadline=None)
@given(needs, needs, st.booleans())
def test_a_start_that_is_taken_back_leaves_no_trace(first: list[Need], more: list[Need], moved: bool) -> None:
    """Who came while it was taken for under way takes part, as if it had never been."""
    order = orders.appointed(opened(first), AT + timedelta(hours=1), "B", AT)
    order = orders.ready(order, AT, 1) if moved else order
    names = {(need.agency, need.name) for need in first}
    wanted = [*first, *(need for need in more if (need.agency, need.name) not in names)]
    late = orders.met(orders.started(order, AT, 2), wanted, AT)
    back = orders.met(orders.not_started(late, 2, AT), wanted, AT)
    assert essence(back) == essence(orders.met(order, wanted, AT))
    assert (back.ready_by, back.started_by) == (order.ready_by, 0)
    if moved:
        assert orders.not_ready(order, 1, AT).state is State.SCHEDULED


def begun() -> Inspection:
    wanted = [
        Need("customs", "customs/instruction/a/1", "", ("seal", "goods")),
        Need("quarantine", "quarantine/instruction/b/1", "", ("seal", "pests")),
    ]
    return orders.started(orders.appointed(opened(wanted), AT + timedelta(hours=1), "B", AT), AT)


def test_a_finding_for_all_is_corrected_by_who_entered_it_alone() -> None:
    order = recording.recorded(begun(), "customs", {"seal": ("abnormal", "broken")}, "", "c", AT)
    with pytest.raises(Declined) as refused:
        recording.recorded(
            order, "quarantine", {"seal": ("normal", ""), "pests": ("normal", "")}, "", "q", AT
        )
    said = refused.value.problem
    assert (said.code, "海关录为异常" in said.text.zh) == ("inspection.entered", True)
    assert "by customs as abnormal" in said.text.en
    mended = recording.recorded(order, "customs", {"seal": ("normal", "")}, "", "c", AT)
    assert [(one.result, one.agency) for one in mended.results] == [("normal", "customs")]


def test_what_is_sent_along_as_it_stands_keeps_who_found_it_and_when() -> None:
    later = AT + timedelta(minutes=5)
    seal = {"seal": ("normal", "intact")}
    order = recording.recorded(begun(), "customs", seal, "", "first", AT)
    assert recording.recorded(order, "customs", seal, "", "second", later) is order
    more = recording.recorded(order, "quarantine", seal | {"pests": ("normal", "")}, "", "q", later)
    assert [(one.item, one.by, one.at) for one in more.results] == [
        ("seal", "first", AT),
        ("pests", "q", later),
    ]


def test_a_finding_of_an_agency_that_left_may_be_corrected() -> None:
    order = recording.recorded(begun(), "customs", {"seal": ("abnormal", "")}, "", "c", AT)
    left = orders.met(order, [Need("quarantine", "quarantine/instruction/b/1", "", ("seal", "pests"))], AT)
    (seal,) = recording.recorded(left, "quarantine", {"seal": ("normal", "")}, "", "q", AT).results
    assert (seal.result, seal.agency) == ("normal", "quarantine")


def test_an_appointment_is_changed_by_who_has_seen_the_one_that_stands() -> None:
    first, second = AT + timedelta(hours=1), AT + timedelta(hours=2)
    nothing = orders.Appointment(None, "")
    order = orders.appointed(opened([Need("customs", "x", "", ())]), first, "A", AT, nothing)
    with pytest.raises(Declined) as refused:
        orders.appointed(order, second, "B", AT, nothing)
    assert refused.value.problem.code == "appointment.set_meanwhile"
    assert orders.appointed(order, first, "A", AT, nothing) is order, "clicked twice"
    assert orders.appointed(order, second, "B", AT, order.appointment()).place == "B"
    assert orders.appointed(order, second, "B", AT).place == "B", "a system that does not say what it saw"


def test_a_refusal_names_the_order_s_state_as_pages_do() -> None:
    with pytest.raises(Declined) as refused:
        orders.ready(begun(), AT)
    text = refused.value.problem.text
    assert ("查验中" in text.zh, "Under way" in text.en) == (True, True)
    assert "in_progress" not in text.zh + text.en
