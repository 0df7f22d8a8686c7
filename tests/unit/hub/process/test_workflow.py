"""Where a document stands does not depend on how its receipts came."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from itertools import combinations
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from singlewindow.hub.process.workflow import (
    Mark,
    Standing,
    Workflow,
    duties_of,
    front,
    happened,
    told,
)
from singlewindow.kernel.messages import Outcome, Receipt, Stage
from unit.hub.process.shipped import (
    ALL,
    CUSTOMS,
    PHASES,
    QUARANTINE,
    START,
    WORKFLOWS,
    answer,
    receipts_of,
    standing_of,
    state_of,
)

workflows = pytest.mark.parametrize("workflow", ALL.values(), ids=ALL)


def through(workflow: Workflow, letters: str) -> str:
    """The state after one letter a minute."""
    return state_of(workflow, [answer(letter, minute=n) for n, letter in enumerate(letters)]).id


@workflows
@given(data=st.data())
def test_order_and_repetition_change_nothing(workflow: Workflow, data: Any) -> None:
    receipts = data.draw(receipts_of(workflow))
    again = data.draw(st.permutations(receipts + receipts[: len(receipts) // 2]))
    cut = data.draw(st.integers(0, len(again)))
    expected = standing_of(workflow, receipts)
    assert standing_of(workflow, again) == expected
    halves = standing_of(workflow, again[:cut]), standing_of(workflow, again[cut:])
    assert halves[0].join(halves[1]) == expected
    assert front(workflow, halves[1].join(halves[0])) == front(workflow, expected)


def gives_way(workflow: Workflow, receipt: Receipt) -> bool:
    """Whether it reaches a state that ends with a later one which it comes after: a release."""
    state = workflow.reached_by(receipt)
    return state is not None and any(state in workflow.above[by] for by in workflow.states[state].lifted_by)


@workflows
@given(data=st.data())
def test_before_a_release_a_further_receipt_never_lowers(workflow: Workflow, data: Any) -> None:
    said = data.draw(receipts_of(workflow))
    receipts = [one for one in said if not gives_way(workflow, one)] or [answer("?")]
    before = state_of(workflow, receipts[:-1]).id
    after = state_of(workflow, receipts).id
    assert before not in workflow.above[after]


@workflows
@given(data=st.data())
def test_what_was_said_before_all_the_rest_never_lowers(workflow: Workflow, data: Any) -> None:
    """However late it comes."""
    said = data.draw(receipts_of(workflow))
    letters = [one.code for one in data.draw(receipts_of(workflow))] or ["?"]
    receipts = [one for one in said if one.stage is Stage.BUSINESS]
    before = state_of(workflow, receipts).id
    after = state_of(workflow, [*receipts, answer(letters[0], Outcome.RELEASED, minute=-1)]).id
    assert before not in workflow.above[after]


@given(st.lists(st.tuples(st.integers(1, 3), st.sampled_from("LCZEPRD")), max_size=8), st.randoms())
def test_the_later_version_wins(said: list[tuple[int, str]], shuffled: Any) -> None:
    standings = [told(CUSTOMS, answer(letter, minute=n), version) for n, (version, letter) in enumerate(said)]
    expected = reduce(Standing.join, standings, Standing(1, {}))
    shuffled.shuffle(standings)
    assert reduce(Standing.join, standings, Standing(1, {})) == expected
    newest = max([version for version, _ in said], default=1)
    alone = [answer(letter, minute=n) for n, (version, letter) in enumerate(said) if version == newest]
    assert expected == standing_of(CUSTOMS, alone, newest)


@workflows
def test_every_state_that_a_receipt_may_reach_is_reached(workflow: Workflow) -> None:
    for letter, state in workflow.letters.items():
        assert state_of(workflow, [answer(letter)]).id == state
    for (stage, outcome), state in workflow.outcomes.items():
        assert state_of(workflow, [answer("?", outcome, stage=stage)]).id == state


@pytest.mark.parametrize(
    ("letters", "state"),
    [
        ("", "submitted"),
        ("L", "entered"),
        ("LH", "held"),
        ("LHM", "re_review"),
        ("LHMH", "held"),
        ("LHMJ", "accepted"),
        ("LJM", "re_review"),
        ("LJH", "held"),
        ("LJHJ", "accepted"),
        ("LJTH", "held"),
        ("LJCA", "held"),
        ("LJHT", "tax_due"),
        ("LJHMJC", "inspection"),
        ("LJHP", "released"),
        ("LJHZ", "returned"),
        ("LJC", "inspection"),
        ("LCJ", "inspection"),
        ("LJCT", "inspection"),
        ("LJTCP", "released"),
        ("RP", "closed"),
        ("LZ", "returned"),
        ("LZE", "refused"),
        ("LZEP", "released"),
        ("LPE", "refused"),
        ("LPZ", "returned"),
        ("LPC", "inspection"),
        ("LPH", "held"),
        ("LPM", "re_review"),
        ("LPT", "released"),
        ("LPCP", "released"),
        ("LPHJ", "accepted"),
        ("LPHJP", "released"),
        ("LPRC", "inspection"),
        ("LPRCR", "closed"),
        ("LTKC", "inspection"),
        ("LTKPC", "inspection"),
        ("LTKPCK", "guaranteed"),
        ("LZPC", "inspection"),
        ("LPD", "deleted"),
        ("LPCDP", "deleted"),
        ("DLJPR", "deleted"),
        ("LJTK", "guaranteed"),
        ("LJTKR", "closed"),
    ],
)
def test_the_goods_declaration(letters: str, state: str) -> None:
    assert through(CUSTOMS, letters) == state


@workflows
def test_of_states_at_the_front_together_that_to_be_looked_at_first_is_told(workflow: Workflow) -> None:
    for earlier, later in combinations(workflow.states.values(), 2):
        follows = later.id in workflow.above[earlier.id]
        rivals = any({earlier.id, later.id} <= group for group in workflow.either)
        attention = [PHASES[state.phase].attention or 0 for state in (earlier, later)]
        assert follows or rivals or attention == sorted(attention), (earlier.id, later.id)


@pytest.mark.parametrize("letters", [("SpC", "Sp1"), ("Sp1", "SpC"), ("Sp1", "T", "C")])
def test_an_inspection_is_told_before_what_is_to_be_handed_in_later(letters: tuple[str, ...]) -> None:
    said = [answer(letter, minute=n) for n, letter in enumerate(letters)]
    assert state_of(CUSTOMS, said).id == "inspection"


def test_goods_on_hold_are_told_to_be_while_they_are_inspected() -> None:
    assert state_of(QUARANTINE, [answer("S"), answer("?", Outcome.HOLD)]).id == "held"


@pytest.mark.parametrize(
    ("letters", "state"),
    [("b", "under_review"), ("bdS", "inspecting"), ("bdSa", "passed"), ("bdSaP", "released"),
     ("bdSaS", "inspecting"), ("bdSaSa", "passed"), ("bdSaPS", "inspecting"), ("bdSaPZ", "returned"),
     ("dZ", "returned"), ("dc", "withdrawn"), ("cP", "released"), ("Pc", "withdrawn")],
)  # fmt: skip
def test_the_inspection_application(letters: str, state: str) -> None:
    assert through(QUARANTINE, letters) == state


def test_a_partner_without_a_workflow_is_understood_by_outcome() -> None:
    workflow = WORKFLOWS.of("crew_list")
    assert workflow.id == "by_outcome"
    refused = answer("NAK", Outcome.REFUSED, stage=Stage.TECHNICAL)
    assert state_of(workflow, [refused]).id == "refused"
    assert state_of(workflow, [refused, answer("CLEARED", Outcome.RELEASED)]).id == "released"


def test_an_unknown_letter_is_understood_by_its_outcome_and_a_note_by_nothing() -> None:
    assert state_of(CUSTOMS, [answer("Q", Outcome.RELEASED)]).id == "released"
    assert state_of(CUSTOMS, [answer("Q", Outcome.NOTED)]).id == "submitted"


HOLDS, LIFTS, PAYMENT = set("HAM"), set("GJWFTC"), "$"


@given(st.lists(st.sampled_from(sorted(HOLDS | LIFTS | {"L"})), max_size=8), st.randoms())
def test_it_is_on_hold_exactly_while_no_later_letter_lifted_it(letters: list[str], shuffled: Any) -> None:
    """Feature map §13.1: HELD ↔ RE_REVIEW → ACCEPTED, and customs may take up again what it concluded."""
    said = [answer(letter, minute=n) for n, letter in enumerate(letters)]
    decisive = [letter for letter in letters if letter in HOLDS | LIFTS]
    shuffled.shuffle(said)
    expected = {"M": "re_review"}.get(decisive[-1], "held") if decisive and decisive[-1] in HOLDS else ""
    state = state_of(CUSTOMS, said)
    assert state.id == expected if expected else state.phase != "hold"


def test_of_one_instant_nothing_outvotes_a_hold() -> None:
    assert state_of(CUSTOMS, [answer("H"), answer("J")]).id == "held"
    assert state_of(QUARANTINE, [answer("?", Outcome.HOLD), answer("a")]).id == "held"


def test_a_hold_that_comes_after_the_certificate_counts_again() -> None:
    before = [answer("?", Outcome.HOLD), answer("a", minute=1)]
    assert state_of(QUARANTINE, before).id == "passed"
    assert state_of(QUARANTINE, [*before, answer("?", Outcome.HOLD, minute=2)]).id == "held"


def standing_after(letters: str) -> Standing:
    """A letter a minute; ``$`` is the journal's word that payment was confirmed."""
    said = [
        happened(CUSTOMS, "payment.confirmed", START + timedelta(minutes=n))
        if letter == PAYMENT
        else told(CUSTOMS, answer(letter, minute=n))
        for n, letter in enumerate(letters)
    ]
    return reduce(Standing.join, said, Standing(1, {}))


def open_duties(letters: str) -> set[str]:
    standing = standing_after(letters)
    return set(duties_of(CUSTOMS, standing))


@given(st.text(alphabet="LJTCBKPIRD" + PAYMENT, max_size=8))
@example("TPC")
@example("PTC")
@example("TKPC")
def test_what_is_owed_under_a_guarantee_is_owed_until_it_is_paid(letters: str) -> None:
    """Without one, customs releases what was paid for alone: Customs Law article 29.

    Goods that are inspected after their release owe what they were told of since.
    """
    had = set(letters)
    guaranteed = bool(had & set("BK")) and not had & {PAYMENT, *"R"}
    since = letters[1 + max(letters.rfind(letter) for letter in "PIRBK") :]
    told_of = "T" in since and PAYMENT not in since and (since == letters or "C" in since)
    assert ("pay_tax" in open_duties(letters)) is ((guaranteed or told_of) and "D" not in had)


@pytest.mark.parametrize(
    ("letters", "duties"),
    [
        ("L", set()),
        ("LJT", {"pay_tax"}),
        ("LJTC", {"pay_tax", "present_goods"}),
        ("LJTCK", {"pay_tax"}),
        ("LJTCP", set()),
        ("LJTKP", {"pay_tax"}),
        ("LJPTB", {"pay_tax"}),
        ("LJTKP$", set()),
        ("LJTK$", set()),
        ("LJTKPR", set()),
        ("LJTKPD", set()),
        ("LJTPC", {"present_goods"}),
        ("LJPCT", {"present_goods", "pay_tax"}),
        ("LJTKC", {"present_goods", "pay_tax"}),
        ("LJTKPC", {"present_goods", "pay_tax"}),
        ("LJTKT", {"pay_tax"}),
        ("LJHPC", {"present_goods"}),
        ("LJCPH", {"declare_by_hand"}),
        ("LJPCH", {"present_goods", "declare_by_hand"}),
        ("LJPCHZ", {"correct"}),
        ("LJPE", {"correct"}),
        ("LJPCP", set()),
        ("LJTH", {"pay_tax", "declare_by_hand"}),
        ("LJHJ", set()),
        ("LH", {"declare_by_hand"}),
        ("LHM", set()),
        ("LCZ", {"correct"}),
        ("LCZE", {"correct"}),
    ],
)
def test_duties_are_those_of_every_state_at_the_front(letters: str, duties: set[str]) -> None:
    assert open_duties(letters) == duties


def test_a_mark_keeps_the_first_time_and_the_last_words() -> None:
    said = [answer("Z", minute=5, text="件数不符"), answer("Z", minute=2, text="品名不符")]
    standing = standing_of(CUSTOMS, said)
    mark = standing.marks["returned"]
    assert (mark.first, mark.last, mark.reason) == (said[1].at, said[0].at, "件数不符")
    assert front(CUSTOMS, standing)[-1].kind == "back"


def test_a_letter_speaks_in_an_answer_to_the_business_alone() -> None:
    assert state_of(CUSTOMS, [answer("P", stage=Stage.TECHNICAL)]).id == "submitted"


def test_of_rivals_at_one_instant_the_greater_letter_counts() -> None:
    """``X`` and ``0`` are no letters of customs: their outcome says where they lead."""
    for letter, state in (("X", "held"), ("0", "re_review")):
        said = [answer("M"), answer(letter, Outcome.HOLD)]
        assert {state_of(CUSTOMS, said).id, state_of(CUSTOMS, said[::-1]).id} == {state}
    alike = [answer("?", Outcome.RETURNED), answer("?", Outcome.REFUSED)]
    assert state_of(CUSTOMS, alike) == state_of(CUSTOMS, alike[::-1])


def test_a_rival_that_goes_takes_nobody_else_with_it() -> None:
    states = {name: replace(CUSTOMS.states["held"], id=name) for name in ("old", "new", "beside")}
    workflow = replace(
        CUSTOMS,
        states=states,
        above=dict.fromkeys(states, frozenset()),
        either=(frozenset({"old", "new"}),),
        fronts={},
    )
    marks = {
        "old": Mark(START, START),
        "new": Mark(START, START + timedelta(1)),
        "beside": Mark(START, START),
    }
    assert [state.id for state in front(workflow, Standing(1, marks))] == ["new", "beside"]


def test_what_the_journal_tells_reaches_the_state_that_waits_for_it() -> None:
    told_of = happened(CUSTOMS, "payment.confirmed", START, 2)
    state = CUSTOMS.events["payment.confirmed"]
    assert told_of == Standing(2, {state: Mark(START, START)})
    assert happened(CUSTOMS, "draft.noted", START) == Standing(1, {})
