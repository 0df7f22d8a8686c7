"""The laws of composite disposition, over instructions at random; seeds are Hypothesis's and printed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from singlewindow.hub.coordination.algebra import (
    Disposition,
    Given,
    Kind,
    Unit,
    composite,
    covering,
    effective,
    whole,
)
from singlewindow.kernel.messages import Instruction, Order, Subject

unhurried = settings(deadline=None, print_blob=True)

AT = datetime(2026, 11, 21, tzinfo=UTC)
CALL = Subject("conveyance", "2/9999993/2511E")
BILL = Subject("bill", "B1")
ONE, TWO = Subject("container", "C1"), Subject("container", "C2")
UNITS = (Unit(ONE, BILL, (CALL,)), Unit(TWO, BILL, (CALL,)))
AGENCIES = ("border", "customs", "maritime", "quarantine")
BOTH = {"customs": frozenset({"d1"}), "quarantine": frozenset({"d2"})}
DOCUMENT = {"customs": "d1", "quarantine": "d2"}


def order(
    agency: str, what: Order, subject: Subject, version: int = 1, channel: str = "instruction", **more: Any
) -> Given:
    name = f"{agency}-{subject.id}"
    said = Instruction(name, agency, what, subject, AT, version, withdrawn=more.pop("withdrawn", False))
    return Given(said, channel, more.pop("origin", DOCUMENT.get(agency, "")), **more)


def judged(unit: Unit, *instructions: Given, required: Any = BOTH) -> Disposition:
    return composite(unit, effective(instructions), required)


orders = st.builds(
    order,
    st.sampled_from(AGENCIES),
    st.sampled_from(list(Order)),
    st.sampled_from([CALL, BILL, ONE, TWO]),
    version=st.integers(1, 4),
    channel=st.sampled_from(["outcome", "instruction", "screen"]),
    withdrawn=st.booleans(),
    executed=st.frozensets(st.sampled_from([CALL.id, ONE.id, TWO.id])),
    origin=st.sampled_from(["d1", "d2"]),
)
logs = st.lists(orders, max_size=14)


@unhurried
@given(logs, st.randoms(use_true_random=False), st.sampled_from(UNITS))
def test_order_and_duplication_change_nothing(log: list[Given], chance: Any, unit: Unit) -> None:
    shuffled = log + chance.sample(log, chance.randint(0, len(log)))
    chance.shuffle(shuffled)
    assert judged(unit, *shuffled) == judged(unit, *log)


@unhurried
@given(logs, st.sampled_from(UNITS))
def test_recomputing_from_what_counts_gives_the_same(log: list[Given], unit: Unit) -> None:
    assert judged(unit, *effective(log)) == judged(unit, *log)


@unhurried
@given(logs, orders, st.sampled_from(UNITS))
def test_a_superseded_instruction_leaves_no_trace(log: list[Given], old: Given, unit: Unit) -> None:
    """Monotone in version: below a newer one of the same line, whatever was said is as if never said."""
    newer = replace(old, instruction=replace(old.instruction, version=9, order=Order.HOLD, withdrawn=False))
    assert judged(unit, *log, old, newer) == judged(unit, *log, newer)


@unhurried
@given(logs, orders, st.sampled_from(UNITS))
def test_a_withdrawn_instruction_counts_as_none(log: list[Given], gone: Given, unit: Unit) -> None:
    line = (gone.instruction.agency, gone.origin, gone.channel, gone.instruction.subject)
    others = [
        one
        for one in log
        if (one.instruction.agency, one.origin, one.channel, one.instruction.subject) != line
    ]
    withdrawn = replace(gone, instruction=replace(gone.instruction, version=9, withdrawn=True))
    assert judged(unit, *log, gone, withdrawn) == judged(unit, *others)


@unhurried
@given(logs, st.sampled_from(UNITS))
def test_released_only_with_nothing_open_and_nobody_missing(log: list[Given], unit: Unit) -> None:
    result = judged(unit, *log)
    reaching = covering(unit, effective(log))
    barred = any(one.restricts(unit) for one in reaching)
    freed = {
        (one.instruction.agency, one.origin) for one in reaching if one.instruction.order is Order.RELEASE
    }
    everybody = {("customs", "d1"), ("quarantine", "d2")} <= freed
    assert (result.kind is Kind.RELEASED) == (not barred and everybody)
    assert barred == bool(result.agencies)


@unhurried
@given(logs, st.sampled_from(UNITS))
def test_a_release_never_makes_a_result_stronger(log: list[Given], unit: Unit) -> None:
    ranks = {kind: rank for rank, kind in enumerate(Kind)}
    before = judged(unit, *log)
    after = judged(unit, *log, order("border", Order.RELEASE, unit.subject, 9, origin="other"))
    assert ranks[after.kind] >= ranks[before.kind]


@unhurried
@given(logs)
def test_what_one_container_suffers_never_reaches_the_other(log: list[Given]) -> None:
    held = order("maritime", Order.DENY, ONE, 9, origin="elsewhere")
    assert judged(UNITS[1], *log, held) == judged(UNITS[1], *log)


@pytest.mark.parametrize("kind", ["conveyance", "container", "bill", "express", "postal"])
def test_every_kind_of_subject_runs_through_the_same_order(kind: str) -> None:
    unit = Unit(Subject(kind, "X"))
    freed = [order(agency, Order.RELEASE, unit.subject) for agency in BOTH]
    assert judged(unit).kind is Kind.PENDING
    assert judged(unit).missing == ("customs", "quarantine")
    assert judged(unit, freed[0]).missing == ("quarantine",)
    assert judged(unit, *freed).kind is Kind.RELEASED
    look = order("border", Order.INSPECT, unit.subject)
    assert judged(unit, *freed, look).kind is Kind.SINGLE_INSPECTION
    too = order("maritime", Order.INSPECT, unit.subject)
    assert judged(unit, *freed, look, too) == Disposition(
        Kind.JOINT_INSPECTION, ("border", "maritime"), (), judged(unit, *freed, look, too).used
    )
    hold = order("border", Order.HOLD, unit.subject, channel="screen")
    assert judged(unit, *freed, look, too, hold).kind is Kind.HELD
    deny = order("maritime", Order.DENY, unit.subject, channel="screen")
    assert judged(unit, *freed, look, too, hold, deny).kind is Kind.NOT_RELEASED


def test_container_two_is_released_while_container_one_is_under_joint_inspection() -> None:
    log = [
        order("customs", Order.INSPECT, BILL, 1),
        order("customs", Order.INSPECT, ONE, 1),
        order("quarantine", Order.INSPECT, ONE, 1),
        order("customs", Order.RELEASE, BILL, 2),
        order("quarantine", Order.RELEASE, BILL, 1),
    ]
    one, two = (judged(unit, *log) for unit in UNITS)
    assert (one.kind, one.agencies) == (Kind.JOINT_INSPECTION, ("customs", "quarantine"))
    assert two.kind is Kind.RELEASED
    bill = whole([one, two])
    assert (bill.kind, bill.partly_open) == (Kind.PENDING, True)
    done = [replace(given, executed=frozenset({ONE.id})) for given in log]
    assert judged(UNITS[0], *done).kind is Kind.RELEASED


def test_an_inspection_of_the_bill_is_carried_out_container_by_container() -> None:
    look = replace(order("customs", Order.INSPECT, BILL), executed=frozenset({ONE.id}))
    freed = order("customs", Order.RELEASE, ONE)
    one, two = (judged(unit, look, freed, required={"customs": frozenset()}) for unit in UNITS)
    assert (one.kind, two.kind) == (Kind.RELEASED, Kind.SINGLE_INSPECTION)


def test_an_inspection_of_the_bill_narrows_to_the_containers_named() -> None:
    on_bill, on_one = order("customs", Order.INSPECT, BILL), order("customs", Order.INSPECT, ONE)
    assert judged(UNITS[1], on_bill).kind is Kind.SINGLE_INSPECTION
    assert judged(UNITS[1], on_bill, on_one).kind is Kind.PENDING
    assert (
        judged(UNITS[1], on_bill, replace(on_one, origin="another document")).kind is Kind.SINGLE_INSPECTION
    )
    assert judged(UNITS[1], order("customs", Order.DENY, BILL), on_one).kind is Kind.NOT_RELEASED


def test_a_conveyance_holds_what_is_inside_and_frees_only_itself() -> None:
    assert judged(UNITS[0], order("border", Order.HOLD, CALL)).kind is Kind.HELD
    freed = [order(agency, Order.RELEASE, CALL) for agency in BOTH]
    assert judged(UNITS[0], *freed).kind is Kind.PENDING
    assert judged(Unit(CALL), *freed).kind is Kind.RELEASED
    held = judged(UNITS[0], order("customs", Order.HOLD, ONE))
    call = whole([held, judged(UNITS[1])])
    assert (call.kind, call.partly_open) == (Kind.PENDING, True)


def test_every_document_an_agency_was_sent_must_be_released() -> None:
    split = {"customs": frozenset({"d1", "d3"})}
    first = order("customs", Order.RELEASE, BILL, origin="d1")
    assert judged(UNITS[0], first, required=split).missing == ("customs",)
    second = order("customs", Order.RELEASE, BILL, origin="d3")
    assert judged(UNITS[0], first, second, required=split).kind is Kind.RELEASED


def test_what_one_channel_orders_another_does_not_revoke() -> None:
    held = order("customs", Order.HOLD, BILL, 1, channel="screen")
    freed = order("customs", Order.RELEASE, BILL, 99, channel="outcome")
    assert judged(UNITS[0], held, freed).kind is Kind.HELD


def test_in_a_shared_container_a_bill_holds_its_lot_and_the_container_only_at_the_gate() -> None:
    box = Subject("container", "LCL")
    bills = [Subject("bill", f"L{n}") for n in range(12)]
    units = [Unit(bill, bill, (box, CALL), lot=True) for bill in bills]
    log = [order(agency, Order.RELEASE, bill) for bill in bills for agency in BOTH]
    log.append(order("customs", Order.HOLD, bills[3], 2))
    lots = [judged(unit, *log) for unit in units]
    assert [n for n, lot in enumerate(lots) if lot.kind is not Kind.RELEASED] == [3]
    assert judged(Unit(box, within=(CALL,)), *log).kind is not Kind.HELD
    assert judged(units[0], *log, order("customs", Order.HOLD, box)).kind is Kind.HELD
    log.append(order("customs", Order.RELEASE, bills[3], 3))
    assert {judged(unit, *log).kind for unit in units} == {Kind.RELEASED}


@unhurried
@given(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=5))
def test_parents_are_released_exactly_when_all_parts_are(kinds: list[Kind]) -> None:
    parts = [Disposition(kind) for kind in kinds]
    everything = all(kind is Kind.RELEASED for kind in kinds)
    assert (whole(parts).kind is Kind.RELEASED) == everything


def test_of_two_orders_with_one_version_the_stronger_counts() -> None:
    log = [order("customs", Order.RELEASE, ONE), order("customs", Order.HOLD, ONE)]
    assert judged(UNITS[0], *log).kind is Kind.HELD


def test_where_nobody_is_to_release_nothing_is_released() -> None:
    assert judged(UNITS[0], order("border", Order.RELEASE, ONE), required={}).kind is Kind.PENDING


def test_of_one_version_what_is_withdrawn_and_what_was_executed_yield_to_what_stands() -> None:
    withdrawn = order("customs", Order.HOLD, ONE, withdrawn=True)
    look = order("customs", Order.INSPECT, ONE)
    assert judged(UNITS[0], withdrawn, look).kind is Kind.SINGLE_INSPECTION
    assert judged(UNITS[0], look, withdrawn).kind is Kind.SINGLE_INSPECTION
    assert judged(UNITS[0], replace(look, executed=frozenset({ONE.id})), look).kind is Kind.SINGLE_INSPECTION
    assert judged(UNITS[0], look, replace(look, executed=frozenset({ONE.id}))).kind is Kind.SINGLE_INSPECTION


def test_of_two_that_say_the_same_one_is_named_whichever_came_first() -> None:
    first = order("customs", Order.HOLD, ONE)
    second = replace(first, instruction=replace(first.instruction, id="other"))
    assert judged(UNITS[0], first, second).used == judged(UNITS[0], second, first).used


def test_a_release_of_one_container_by_name_takes_no_release_from_the_others() -> None:
    log = [order(agency, Order.RELEASE, BILL) for agency in BOTH]
    named = order("customs", Order.RELEASE, ONE)
    assert [judged(unit, *log, named).kind for unit in UNITS] == [Kind.RELEASED, Kind.RELEASED]


def test_each_order_on_the_bill_narrows_by_itself() -> None:
    third = Unit(Subject("container", "C3"), BILL, (CALL,))
    look = order("customs", Order.INSPECT, BILL), order("customs", Order.INSPECT, ONE)
    hold = (
        order("customs", Order.HOLD, BILL, channel="screen"),
        order("customs", Order.HOLD, TWO, channel="screen"),
    )
    assert judged(third, *look, *hold).kind is Kind.PENDING
    assert judged(third, *hold, *look).kind is Kind.PENDING
    assert judged(third, *look, hold[0]).kind is Kind.HELD


def test_a_released_container_frees_the_lots_in_it() -> None:
    box = Subject("container", "LCL")
    lot = Unit(BILL, BILL, (box, CALL), lot=True)
    assert judged(lot, *(order(agency, Order.RELEASE, box) for agency in BOTH)).kind is Kind.RELEASED


def test_only_who_orders_the_strongest_stands_in_the_way() -> None:
    log = [order("border", Order.HOLD, ONE), order("maritime", Order.DENY, ONE)]
    assert judged(UNITS[0], *log).agencies == ("maritime",)
    assert judged(UNITS[0], log[0], order("customs", Order.INSPECT, ONE)).agencies == ("border",)


def test_whose_document_is_not_known_may_release_on_any() -> None:
    anything = {"customs": frozenset[str]()}
    assert judged(UNITS[0], required=anything).missing == ("customs",)
    freed = order("customs", Order.RELEASE, BILL, origin="any")
    assert judged(UNITS[0], freed, required=anything).kind is Kind.RELEASED


def test_a_disposition_names_what_it_rests_on_released_or_not() -> None:
    freed = [order(agency, Order.RELEASE, BILL) for agency in BOTH]
    names = ("customs/instruction/customs-B1/1", "quarantine/instruction/quarantine-B1/1")
    assert judged(UNITS[0], *freed).used == names
    assert judged(UNITS[0], freed[0]).used == names[:1]
    held = order("border", Order.HOLD, ONE)
    assert judged(UNITS[0], *freed, held).used == ("border/instruction/border-C1/1", *names)


@pytest.mark.parametrize(
    ("parts", "kind", "partly_open"),
    [
        ([], Kind.PENDING, False),
        ([Disposition(Kind.PENDING), Disposition(Kind.RELEASED)], Kind.PENDING, False),
        ([Disposition(Kind.HELD, ("customs",)), Disposition(Kind.HELD, ("border",))], Kind.HELD, False),
        ([Disposition(Kind.HELD, ("customs",)), Disposition(Kind.PENDING)], Kind.PENDING, True),
        ([Disposition(Kind.HELD, ("customs",)), Disposition(Kind.RELEASED)], Kind.PENDING, True),
    ],
)
def test_a_parent_is_partly_open_where_some_of_it_is_barred_and_some_is_not(
    parts: list[Disposition], kind: Kind, partly_open: bool
) -> None:
    together = whole(parts)
    assert (together.kind, together.partly_open) == (kind, partly_open)
