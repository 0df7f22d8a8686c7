"""A workflow as a partial order of states, and where a document stands in it. Pure.

A document's standing is the set of states its receipts have reached, each with its first and last time.
Standings join by union, so receipts may come in any order and repeated: the result is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from singlewindow.kernel.messages import Outcome, Receipt, Stage, Text


class DutyRule(Struct, frozen=True):
    """What somebody has to do while a document stands in a state; ``limit`` names a time limit.

    One with ``until`` is open from when its state is reached until one of those states is, whatever
    else the document comes to in between.
    """

    id: str
    role: str
    text: Text
    action: Text
    limit: str = ""
    until: frozenset[str] = frozenset()


class State(Struct, frozen=True):
    """A state: its status kind, what it means for the source document, what it asks for.

    One that is ``lifted_by`` others counts while none of them was last reached later than it was itself:
    it comes back. Of one instant it stands, as nothing outvotes a hold that was not lifted for certain.
    """

    id: str
    name: Text
    kind: str
    phase: str
    final: bool = False
    duties: tuple[DutyRule, ...] = ()
    lifted_by: frozenset[str] = frozenset()


class Workflow(Struct, frozen=True):
    """States in declared order and ``above``: for each state those that come after it.

    ``letters`` and ``outcomes`` say which receipt reaches what, ``events`` which journal verb does.
    Of the states of one set of ``either`` only the latest reached counts. ``lasting`` states have a duty
    that outlives them.
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
    lasting: tuple[State, ...] = ()
    fronts: dict[frozenset[str], tuple[State, ...]] = field(default_factory=dict)  # found so far

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
    if state is None:
        return Standing(version, {})
    return Standing(version, {state: Mark(receipt.at, receipt.at, receipt.code, receipt.text)})


def happened(workflow: Workflow, verb: str, at: datetime, version: int = 1, reason: str = "") -> Standing:
    """The standing that one journal verb alone would give; a new version starts afresh by any."""
    state = workflow.events.get(verb)
    return Standing(version, {state: Mark(at, at, "", reason)} if state else {})


def front(workflow: Workflow, standing: Standing) -> tuple[State, ...]:
    """The states no reached state comes after nor lifts, in declared order; the start if none was reached."""
    reached = frozenset(standing.marks)
    highest = workflow.fronts.get(reached)
    if highest is None:
        highest = workflow.fronts[reached] = _highest(workflow, reached)
    return _latest_of_rivals(workflow, _not_lifted(highest, standing.marks), standing.marks)


def _highest(workflow: Workflow, reached: frozenset[str]) -> tuple[State, ...]:
    states = workflow.states.values()
    found = tuple(s for s in states if s.id in reached and not workflow.above[s.id] & reached)
    return found or (workflow.states[workflow.start],)


def _not_lifted(highest: tuple[State, ...], marks: Mapping[str, Mark]) -> tuple[State, ...]:
    """Without those that were lifted after they were last reached; what lifted them is reached, and stays."""
    if not any(state.lifted_by for state in highest):
        return highest
    lifted = {
        state.id
        for state in highest
        if any(marks[state.id].last < marks[by].last for by in state.lifted_by & marks.keys())
    }
    return tuple(state for state in highest if state.id not in lifted)


def _latest_of_rivals(
    workflow: Workflow, highest: tuple[State, ...], marks: Mapping[str, Mark]
) -> tuple[State, ...]:
    for group in workflow.either:
        rivals = [state.id for state in highest if state.id in group]
        if len(rivals) > 1:
            latest = max(rivals, key=lambda state: (marks[state].last, marks[state].code, state))
            highest = tuple(s for s in highest if s.id == latest or s.id not in group)
    return highest


def since(state: State, marks: Mapping[str, Mark]) -> datetime:
    """Since when a reached state holds: where it was lifted in between, since it was last reached."""
    mark = marks[state.id]
    lifted = any(by in marks and marks[by].last > mark.first for by in state.lifted_by)
    return mark.last if lifted else mark.first


def duties_of(workflow: Workflow, standing: Standing) -> dict[str, tuple[State, DutyRule]]:
    """What is to be done, by code, each with the state that asks."""
    marks, stands = standing.marks, front(workflow, standing)
    lasting = tuple(state for state in workflow.lasting if state.id in marks)
    return {
        rule.id: (state, rule)
        for state in (*lasting, *stands)
        for rule in state.duties
        if (rule.until or state in stands) and not rule.until & marks.keys()
    }
