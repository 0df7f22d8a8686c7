"""A workflow as a partial order of states, and where a document stands in it. Pure.

A document's standing is the set of states its receipts have reached, each with its first and last time.
Standings join by union, so receipts may come in any order and repeated: the result is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

from singlewindow.kernel.messages import Outcome, Receipt, Stage, Text

MOST_SAID = 20  # moments kept of one state; of more the latest
# Kinds of states that nothing said at the same instant ends: as at the gate (decision 0003), of one instant a
# release outvotes an inspection, and neither a hold nor a refusal.
_UNMOVED = frozenset({"hold", "deny", "off"})
_NEVER = datetime.min.replace(tzinfo=UTC)


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

    One that is ``lifted_by`` others counts while none of them was said later than it was itself last
    reached: it comes back. What it comes after and had ended stays ended, until that too is said later.
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
    that outlives them, ``liftable`` ones end with a later one of others.
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
    liftable: tuple[State, ...] = ()
    fronts: dict[frozenset[str], tuple[State, ...]] = field(default_factory=dict)  # found so far

    def reached_by(self, receipt: Receipt) -> str | None:
        """The state a receipt reaches: by its letter, else by its outcome; None if it says nothing new."""
        if receipt.stage is Stage.BUSINESS and receipt.code in self.letters:
            return self.letters[receipt.code]
        return self.outcomes.get((receipt.stage, receipt.outcome))


class Mark(Struct, frozen=True, array_like=True):
    """When a state was first and last reached, and what the last to say so said.

    ``said`` is when the business itself said so, ascending, at most ``MOST_SAID`` moments; None stands for
    ``first`` and ``last``. What a wire or a gateway says reaches a state, and rules on nothing.
    """

    first: datetime
    last: datetime
    code: str = ""
    reason: str = ""
    said: tuple[datetime, ...] | None = None

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When the business said so, ascending."""
        return (self.first, self.last) if self.said is None else self.said

    def join(self, other: Mark) -> Mark:
        """The earliest first and the latest last; of two at one instant the greater letter and words."""
        first = min(self.first, other.first)
        latest = max(self, other, key=lambda mark: (mark.last, mark.code, mark.reason))
        moments = {*self.moments, *other.moments}
        plain = moments == {first, latest.last}
        said = None if plain else tuple(sorted(moments)[-MOST_SAID:])
        return Mark(first, latest.last, latest.code, latest.reason, said)


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
    said = None if receipt.stage is Stage.BUSINESS else ()
    return Standing(version, {state: Mark(receipt.at, receipt.at, receipt.code, receipt.text, said)})


def happened(workflow: Workflow, verb: str, at: datetime, version: int = 1, reason: str = "") -> Standing:
    """The standing that one journal verb alone would give; a new version starts afresh by any."""
    state = workflow.events.get(verb)
    return Standing(version, {state: Mark(at, at, "", reason)} if state else {})


def front(workflow: Workflow, standing: Standing) -> tuple[State, ...]:
    """The states that count and none that counts comes after, in declared order; the start if none counts."""
    counting = _counting(workflow, standing.marks)
    highest = workflow.fronts.get(counting)
    if highest is None:
        highest = workflow.fronts[counting] = _highest(workflow, counting)
    return _latest_of_rivals(workflow, highest, standing.marks)


def _highest(workflow: Workflow, counting: frozenset[str]) -> tuple[State, ...]:
    states = workflow.states.values()
    found = tuple(s for s in states if s.id in counting and not workflow.above[s.id] & counting)
    return found or (workflow.states[workflow.start],)


def _counting(workflow: Workflow, marks: Mapping[str, Mark]) -> frozenset[str]:
    """The states reached, without those that were lifted and what these had ended."""
    reached = [state for state in workflow.liftable if state.id in marks]
    lifted = {state.id for state in reached if _lifted(workflow, state, marks)}
    if not lifted:
        return frozenset(marks)
    ended = {
        name
        for name in marks.keys() - lifted
        if any(not _after(workflow, name, by, marks) for by in workflow.above[name] & lifted)
    }
    return frozenset(marks.keys() - lifted - ended)


def _lifted(workflow: Workflow, state: State, marks: Mapping[str, Mark]) -> bool:
    return any(_after(workflow, by, state.id, marks) for by in state.lifted_by & marks.keys())


def _after(workflow: Workflow, name: str, other: str, marks: Mapping[str, Mark]) -> bool:
    """Whether the business said the one when the other had last been reached."""
    moments, last = marks[name].moments, marks[other].last
    if not moments or moments[-1] < last:
        return False
    return moments[-1] > last or workflow.states[name].kind in _UNMOVED


def _latest_of_rivals(
    workflow: Workflow, highest: tuple[State, ...], marks: Mapping[str, Mark]
) -> tuple[State, ...]:
    for group in workflow.either:
        rivals = [state.id for state in highest if state.id in group]
        if len(rivals) > 1:
            latest = max(rivals, key=lambda state: (marks[state].last, marks[state].code, state))
            highest = tuple(s for s in highest if s.id == latest or s.id not in group)
    return highest


def since(workflow: Workflow, duty: tuple[State, DutyRule], marks: Mapping[str, Mark]) -> datetime:
    """Since when a duty is owed: since its state was reached, or said anew after something in between.

    In between is what the partner said that comes before it or after it in the order, or lifts it: customs
    concluded, released, and inspects again. What is merely said once more puts no term off, and one with
    an ``until`` was never ended.
    """
    state, rule = duty
    mark, above = marks[state.id], workflow.above[state.id]
    if rule.until:
        return mark.first
    before = state.lifted_by | {name for name in marks if state.id in workflow.above[name]}
    before -= set(workflow.events.values())  # ours, by our clock
    ended = [at for at in _moments(marks, above) if at < mark.last]
    begun = [at for at in _moments(marks, before) if at <= mark.last]
    over, under = max(ended, default=_NEVER), max(begun, default=_NEVER)
    return min(at for at in (mark.first, *mark.moments, mark.last) if at > over and at >= under)


def _moments(marks: Mapping[str, Mark], names: frozenset[str]) -> Iterator[datetime]:
    return (at for name in names & marks.keys() for at in marks[name].moments)


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
