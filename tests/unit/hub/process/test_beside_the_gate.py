"""Where a document stands and what the gate decides rest on one time: the partner's own (decision 0003)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from singlewindow.hub.coordination.algebra import Given, Kind, Unit, composite, effective
from singlewindow.hub.coordination.cases import Case
from singlewindow.hub.coordination.speaking import orders, spoken
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.process.workflow import Workflow
from singlewindow.kernel.messages import Outcome, Receipt, Stage, Subject
from unit.hub.process.shipped import CUSTOMS, QUARANTINE, START, WORKFLOWS, answer, letters, state_of

ID = UUID(int=1)
CASE = Case(ID, "bill", "B", "", frozenset())
LATER = START + timedelta(days=1)  # all of it came late: nothing tells what was said first within an instant
FREE = frozenset({"released", "closed"})
BY_OUTCOME = {outcome.name: outcome for outcome in Outcome}


def at_the_gate(receipts: list[Receipt]) -> Kind:
    said = [one for one in receipts if orders(one)]
    arrived = [Arrived("customs", one, LATER, ID, ID, []) for one in said]
    given_ = [Given(said.instruction, said.channel) for one in arrived for said in spoken(one, CASE)]
    unit = Unit(Subject("bill", str(ID)))
    return composite(unit, effective(given_), {"customs": frozenset()}).kind


def receipts(told: dict[str, Outcome]) -> st.SearchStrategy[list[Receipt]]:
    """Few distinct moments, so that some are of one; now and then it is the gateway that speaks."""
    made: Any = st.builds(
        lambda letter, minute, stage: answer(letter, told[letter], minute, stage=stage),
        st.sampled_from(sorted(told)),
        st.integers(0, 6),
        st.sampled_from([Stage.BUSINESS] * 4 + [Stage.TECHNICAL]),
    )
    return st.lists(made, max_size=7)


def agree(workflow: Workflow, said: list[Receipt]) -> None:
    gate, state = at_the_gate(said), state_of(workflow, said)
    if gate is not Kind.RELEASED:
        assert state.phase not in FREE
    else:  # a return orders nothing of the goods; after a deletion comes nothing
        assert state.phase in FREE | {"returned", "deleted"}


@given(receipts(letters("customs")))
@example([answer("P", Outcome.RELEASED), answer("C", Outcome.INSPECT, minute=1)])
@example([answer("P", Outcome.RELEASED), answer("H", Outcome.HOLD)])
@example([answer("R", Outcome.CLOSED), answer("E", Outcome.REFUSED, minute=1)])
def test_a_declaration_is_released_exactly_where_customs_lets_it_go(said: list[Receipt]) -> None:
    agree(CUSTOMS, said)


@given(receipts(letters("quarantine")))
@example([answer("P", Outcome.RELEASED), answer("S", Outcome.INSPECT, minute=1)])
@example([answer("P", Outcome.RELEASED), answer("c", Outcome.REFUSED, minute=1)])
def test_an_application_is_released_exactly_where_quarantine_lets_it_go(said: list[Receipt]) -> None:
    agree(QUARANTINE, said)


@given(receipts(BY_OUTCOME))
def test_nor_does_a_document_understood_by_outcome_say_otherwise(said: list[Receipt]) -> None:
    agree(WORKFLOWS.of("crew_list"), said)


@pytest.mark.parametrize("outcome", [Outcome.RETURNED, Outcome.REFUSED])
def test_what_a_gateway_says_takes_no_release_back(outcome: Outcome) -> None:
    """It speaks of a message, which it may have been sent twice."""
    late = answer("1", outcome, minute=9, stage=Stage.TECHNICAL)
    assert state_of(CUSTOMS, [answer("P"), late]).id == "released"
    assert state_of(CUSTOMS, [answer("P"), answer("C", minute=3), late]).id == "inspection"
    assert state_of(CUSTOMS, [answer("P"), answer("Z", minute=3), late]).id in {"returned", "refused"}
