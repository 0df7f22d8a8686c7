"""One state has one word: on the consignment's page, in lists, at the gate, in the journal and in notices."""

from __future__ import annotations

import pytest

from singlewindow.hub.coordination import wording
from singlewindow.hub.notice import rules
from singlewindow.hub.portal import record, states
from singlewindow.hub.portal.words import table, word
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Outcome, Text
from unit.hub.process.shipped import ALL

# Maritime safety approves (核准) dangerous goods or does not: an act of its own, under its own name.
OWN_ACTS = {"dangerous_goods_declaration": Text("不予核准", "Not approved")}


@pytest.mark.parametrize(("state", "kind"), [("hold", "held"), ("denied", "not_released")])
def test_what_bars_goods_is_called_alike_in_lists_and_in_the_matrix(state: str, kind: str) -> None:
    assert states.states()[state].word == wording.word("kinds", kind)
    assert states.states()[state].kind == word("composite", kind).shape


def test_a_document_that_is_not_taken_is_called_alike_in_lists_duties_and_notices() -> None:
    """And never as goods are that are not let go: a refused document is declared anew, goods wait."""
    name = overall.shipped()["refused"].name
    assert states.states()["refused"].word == states.of_outcome(Outcome.REFUSED).word == name
    for workflow in ALL.values():
        of_phase = {state.name for state in workflow.states.values() if state.phase == "refused"}
        own = OWN_ACTS.get(workflow.id, name)
        assert {(said.zh.endswith(own.zh), said.en) for said in of_phase} <= {(True, own.en)}, workflow.id
    topic = rules.book().topic("receipt.received", {"outcome": "refused"}, "declarant")
    assert topic is not None
    assert name.zh in topic.title.zh
    assert name.en.lower() in topic.title.en
    barred = wording.word("kinds", "not_released")
    assert not {barred.zh, barred.en} & {name.zh, name.en}


def test_a_joint_inspection_is_called_alike() -> None:
    assert states.states()["joint"].word == wording.word("kinds", "joint_inspection")


@pytest.mark.parametrize(("order", "kind"), [("3", "held"), ("4", "not_released"), ("1", "released")])
def test_what_an_agency_orders_is_the_word_of_what_it_comes_to(order: str, kind: str) -> None:
    assert wording.word("orders", order).zh in wording.word("kinds", kind).zh


def test_the_gate_says_the_matrix_s_word() -> None:
    said = wording.sentence("held", ("quarantine",), ())
    assert (said.zh, said.en) == ("挂起：检验检疫", "On hold: inspection and quarantine")


def test_a_notice_of_a_hold_says_it_too() -> None:
    topic = rules.book().topic("receipt.received", {"outcome": "hold"}, "declarant")
    assert topic is not None
    assert wording.word("kinds", "held").zh in topic.title.zh


@pytest.mark.parametrize(
    ("step", "verb"),
    [
        ("scheduled", "inspection.scheduled"),
        ("ready", "inspection.ready"),
        ("closed", "inspection.closed"),
        ("consolidated", "inspection.consolidated"),
        ("issued", "inspection.issued"),
    ],
)
def test_an_order_s_state_its_step_and_the_journal_s_verb_share_a_word(step: str, verb: str) -> None:
    name = table()["step"][step].text
    assert name.zh in word("state", step).text.zh
    assert name.zh in record.verbs()[verb].zh


def test_what_was_cancelled_is_called_so_everywhere() -> None:
    assert word("state", "cancelled").text.zh == "已撤销"
    assert record.verbs()["inspection.cancelled"].zh.startswith("撤销")


def test_everybody_who_is_told_of_an_inspection_is_called_by_a_word() -> None:
    topics = rules.book().topics
    told = {
        role
        for verb in topics
        if verb.startswith("inspection.")
        for one in topics[verb]
        for role in one.roles
    }
    assert told == set(table()["role"])
