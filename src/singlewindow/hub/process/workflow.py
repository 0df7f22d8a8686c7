"""A workflow as a partial order of states, and where a document stands in it. Pure.

A document's standing is the set of states its receipts have reached, each with its first and last time.
Standings join by union, so receipts may come in any order and repeated: the result is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import reduce

from msgspec import Struct

from singlewindow.kernel.messages import Outcome, Receipt, Stage, Text


class DutyRule(Struct, frozen=True):
    """What somebody has to do while a document stands in a state; ``limit`` names a time limit."""

    id: str
    role: str
    text: Text
    action: Text
    limit: str = ""


class State(Struct, frozen=True):
    """A state: its status kind, what it means for the source document, what it asks for."""

    id: str
    name: Text
    kind: str
    phase: str
    final: bool = False
    duties: tuple[DutyRule, ...] = ()


class Workflow(Struct, frozen=True):
    """States in declared order and ``above``: for each state those that come after it.

    ``letters`` and ``outcomes`` say which receipt reaches what, ``events`` which journal verb does.
    Of the states of one set of ``either`` only the latest reached counts.
    """

    id: str
    answers: tuple[str, ...]
    name: Text
    states: Mapping[str, State]
    above: Mapping[str, frozenset[str]]
    letters: Mapping[str, str]
    outcomes: Mapping[tuple[Stage, Outcome], str]
    events: Mapping[str, str]
    either: tuple[frozenset[str], ...]
    start: str

    def reached_by(self, receipt: Receipt) -> str | None:
        """The state a receipt reaches: by its letter, else by its outcome; None if it says nothing new."""
        if receipt.stage is Stage.BUSINESS and receipt.code in self.letters:
            return self.letters[receipt.code]
        return self.outcomes.get((receipt.stage, receipt.outcome))


class Mark(Struct, frozen=True, array_like=True):
    """When a state was first and last reached, and what the last to say so said."""

    first: datetime
    last: datetime
    code: str = ""
    reason: str = ""

    def join(self, other: Mark) -> Mark:
        """The earliest first and the latest last; of two at one instant the greater letter and words."""
        latest = max(self, other, key=lambda mark: (mark.last, mark.code, mark.reason))
        return Mark(min(self.first, other.first), latest.last, latest.code, latest.reason)


class Standing(Struct, frozen=True):
    """Where one version of a document stands; of two versions the later counts alone."""

    version: int
    marks: Mapping[str, Mark]

    def join(self, other: Standing) -> Standing:
        """Both together: associative, commutative, idempotent."""
        if self.version != other.version:
            return max(self, other, key=lambda standing: standing.version)
        marks = dict(self.marks)
        for state, mark in other.marks.items():
            marks[state] = marks[state].join(mark) if state in marks else mark
        return Standing(self.version, marks)


def told(workflow: Workflow, receipt: Receipt, version: int = 1) -> Standing:
    """The standing that one receipt alone would give."""
    state = workflow.reached_by(receipt)
    mark = Mark(receipt.at, receipt.at, receipt.code, receipt.text)
    return Standing(version, {state: mark} if state else {})


def standing_of(workflow: Workflow, receipts: Iterable[Receipt], version: int = 1) -> Standing:
    """The standing that receipts give together."""
    return reduce(Standing.join, (told(workflow, one, version) for one in receipts), Standing(version, {}))


def front(workflow: Workflow, standing: Standing) -> tuple[State, ...]:
    """The states no reached state comes after, in declared order; the start if none was reached."""
    reached = standing.marks.keys()
    highest = {state for state in reached if not workflow.above[state] & reached}
    for group in workflow.either:
        if len(rivals := highest & group) > 1:
            marks = standing.marks
            latest = max(rivals, key=lambda state: (marks[state].last, marks[state].code, state))
            highest -= rivals - {latest}
    return tuple(s for s in workflow.states.values() if s.id in highest) or (workflow.states[workflow.start],)


def shown(workflow: Workflow, standing: Standing) -> State:
    """The one state people are told: of several at the front, that declared last."""
    return front(workflow, standing)[-1]


def state_of(workflow: Workflow, receipts: Iterable[Receipt]) -> State:
    """The state that receipts of one version give, in whatever order they came."""
    return shown(workflow, standing_of(workflow, receipts))


def duties_of(workflow: Workflow, standing: Standing) -> dict[str, tuple[State, DutyRule]]:
    """What is to be done now: the duties of all states at the front, each with the state that asks."""
    return {rule.id: (state, rule) for state in front(workflow, standing) for rule in state.duties}
