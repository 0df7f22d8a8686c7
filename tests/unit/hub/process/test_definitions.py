"""What a workflow must have to be used, and that the shipped ones know what their partners say."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
import yaml

from singlewindow.hub.identity import roles
from singlewindow.hub.process import definitions
from singlewindow.hub.process.definitions import KINDS, ROLES, WorkflowError
from singlewindow.hub.process.workflow import Workflow
from singlewindow.hub.ui.templatetags import ui
from singlewindow.kernel.messages import Outcome
from unit.hub.process.shipped import ALL, CUSTOMS, KNOWN, LIMITS, PHASES, QUARANTINE, letters

GENERIC = files("singlewindow.hub.process").joinpath("workflows/by_outcome.yaml").read_text("utf-8")
workflows = pytest.mark.parametrize("workflow", ALL.values(), ids=ALL)


def changed(**state: Any) -> str:
    """The generic workflow with its third state changed, the first that an answer reaches."""
    written = yaml.load(GENERIC, Loader=yaml.BaseLoader)
    written["states"][2] |= state
    return yaml.safe_dump(written, allow_unicode=True, default_style='"')


@workflows
def test_everything_people_read_stands_in_both_languages(workflow: Workflow) -> None:
    rules = [rule for state in workflow.states.values() for rule in state.duties]
    texts = [workflow.name, *(state.name for state in workflow.states.values())]
    texts += [text for rule in rules for text in (rule.text, rule.action)]
    for text in texts:
        assert text.zh
        assert text.en
        assert text.zh != text.en


@workflows
def test_every_duty_is_somebodys_and_every_limit_is_known(workflow: Workflow) -> None:
    known = roles.read(roles.SOURCE.read_text("utf-8")).roles
    for state in workflow.states.values():
        assert state.phase in PHASES
        for rule in state.duties:
            assert rule.role in known
            assert not rule.limit or rule.limit in LIMITS


@workflows
def test_every_state_is_reachable_and_none_follows_itself(workflow: Workflow) -> None:
    reached = {*workflow.letters.values(), *workflow.outcomes.values(), *workflow.events.values()}
    idle = set(workflow.states) - reached
    assert len(idle) == 1  # the start
    for state, above in workflow.above.items():
        assert state not in above
        assert idle == {state} or state in workflow.above[next(iter(idle))]


@workflows
def test_nothing_comes_after_one_final_state(workflow: Workflow) -> None:
    highest = [state for state, above in workflow.above.items() if not above]
    assert len(highest) == 1
    assert workflow.states[highest[0]].final


@pytest.mark.parametrize(
    ("connector", "workflow"),
    [
        ("customs", CUSTOMS),
        ("quarantine", QUARANTINE),
        ("maritime", ALL["dangerous_goods_declaration"]),
        ("terminal", ALL["delivery_notice"]),
    ],
)
def test_every_letter_of_the_partner_means_the_same_here(connector: str, workflow: Workflow) -> None:
    agreed = {
        Outcome.ACCEPTED: {"accepted", "submitted", "informed"},
        Outcome.INSPECT: {"inspection"},
        Outcome.HOLD: {"hold"},
        Outcome.RELEASED: {"released"},
        Outcome.CLOSED: {"closed"},
        Outcome.RETURNED: {"returned"},
        Outcome.REFUSED: {"refused", "deleted"},
    }
    told = letters(connector)
    for letter, outcome in told.items():
        if outcome is not Outcome.NOTED:
            state = workflow.states[workflow.letters[letter]]
            assert state.phase in agreed[outcome], letter
    assert set(workflow.letters) <= set(told)


def test_the_kinds_are_those_of_the_user_interface() -> None:
    assert frozenset(ui.KINDS) == KINDS


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        ({"kind": "green"}, "green is none of the ten status kinds"),
        ({"phase": "somewhere"}, "there is no phase somewhere"),
        ({"after": ["closed"]}, "closed is not declared before it"),
        ({"after": []}, "comes after nothing"),
        ({"lifted_by": ["closed"]}, "closed is not declared before it"),
        ({"outcomes": ["business.accepted", "business.hold"]}, "outcome business.hold stands twice"),
        ({"outcomes": ["business.maybe"]}, "there is no outcome business.maybe"),
        ({"outcomes": []}, "nothing reaches it"),
        ({"outcomes": [], "letters": ["A"]}, "accepted reaches no state"),
        ({"letters": ["A", "A"]}, "letter A stands twice"),
        ({"id": "submitted"}, "state submitted stands twice"),
        ({"name": {"zh": "受理", "en": ""}}, "stands in one language only"),
        ({"start": "yes"}, "exactly one state is the start"),
        ({"colour": "red"}, "unknown field"),
    ],
)
def test_a_wrong_workflow_is_refused(state: dict[str, Any], fault: str) -> None:
    definitions.read(changed(), KNOWN)
    with pytest.raises(WorkflowError, match=fault):
        definitions.read(changed(**state), KNOWN)


@pytest.mark.parametrize(
    ("duty", "fault"),
    [
        ({"role": "somebody"}, "nobody acts as 'somebody'"),
        ({"limit": "soon"}, "there is no limit soon"),
        ({"until": ["paid"]}, "d: there is no state paid"),
    ],
)
def test_a_duty_of_nobody_or_until_something_unknown_is_refused(duty: dict[str, Any], fault: str) -> None:
    words = {"zh": "办", "en": "do"}
    with pytest.raises(WorkflowError, match=fault):
        definitions.read(
            changed(duties=[{"id": "d", "role": min(ROLES), "text": words, "action": words} | duty]), KNOWN
        )


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(WorkflowError) as refused:
        definitions.read(changed(kind="green", phase="somewhere", outcomes=[]), KNOWN)
    assert len(refused.value.faults) == 3
