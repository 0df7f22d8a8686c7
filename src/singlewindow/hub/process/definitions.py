"""Workflows as YAML: read strictly and checked as a whole, every fault named at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import msgspec
from msgspec import Struct

from singlewindow.hub.process.workflow import DutyRule, State, Workflow
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Outcome, Stage, Text

MOST_STATES = 60
FALLBACK = "by_outcome"
ROLES = frozenset({"declarant"})  # of hub/identity: those a duty can be given to
KINDS = frozenset({"ok", "ins", "hold", "deny", "back", "run", "wait", "draft", "off", "warn"})
_STAGES = frozenset(stage.value for stage in Stage)


class WorkflowError(ValueError):
    """A workflow that cannot be used; carries every fault found."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class _Words(Struct, forbid_unknown_fields=True):
    zh: str
    en: str

    def text(self) -> Text:
        return Text(self.zh, self.en)


class _Duty(Struct, forbid_unknown_fields=True):
    id: str
    role: str
    text: _Words
    action: _Words
    limit: str = ""
    until: list[str] = []

    def rule(self) -> DutyRule:
        words = self.text.text(), self.action.text()
        return DutyRule(self.id, self.role, *words, self.limit, frozenset(self.until))


class _State(Struct, forbid_unknown_fields=True):
    id: str
    name: _Words
    kind: str
    phase: str
    after: list[str] = []
    lifted_by: list[str] = []
    letters: list[str] = []
    outcomes: list[str] = []
    events: list[str] = []
    duties: list[_Duty] = []
    start: str = "no"
    final: str = "no"


class _Written(Struct, forbid_unknown_fields=True):
    id: str
    answers: list[str]
    name: _Words
    source: str
    valid_from: str
    states: list[_State]
    either: list[list[str]] = []


class Known(Struct, frozen=True):
    """What a workflow may refer to."""

    phases: frozenset[str]
    limits: frozenset[str]


class Workflows(Struct, frozen=True):
    """Every workflow by the kind of document it is of; any other document's is that by outcome."""

    by_kind: Mapping[str, Workflow]
    fallback: Workflow

    def of(self, kind: str) -> Workflow:
        return self.by_kind.get(kind, self.fallback)


def load(paths: Iterable[Path], known: Known) -> Workflows:
    """The applications' workflows and the room's own; raises WorkflowError."""
    own = files(__package__).joinpath(f"workflows/{FALLBACK}.yaml")
    sources: list[Path | Traversable] = [*paths]
    by_kind: dict[str, Workflow] = {}
    for source in sources:
        workflow = read(source.read_text("utf-8"), known)
        if twice := by_kind.keys() & set(workflow.answers):
            raise WorkflowError(f"{kind} has two workflows" for kind in sorted(twice))
        by_kind |= dict.fromkeys(workflow.answers, workflow)
    return Workflows(by_kind, read(own.read_text("utf-8"), known))


def read(text: str, known: Known) -> Workflow:
    """One workflow; raises WorkflowError with every fault."""
    try:
        written = msgspec.convert(parse_yaml(text), _Written)
    except msgspec.ValidationError as error:
        raise WorkflowError([str(error)]) from error
    faults = [f"{written.id}: {fault}" for fault in (*_faults(written, known), *_order_faults(written))]
    if faults:
        raise WorkflowError(faults)
    workflow = _workflow(written)
    if missing := _unanswered(workflow):
        raise WorkflowError(f"{written.id}: {outcome} reaches no state" for outcome in missing)
    return workflow


def _workflow(written: _Written) -> Workflow:
    states = {each.id: _state(each) for each in written.states}
    return Workflow(
        id=written.id,
        answers=tuple(written.answers),
        name=written.name.text(),
        states=states,
        above=_above(written),
        letters={letter: each.id for each in written.states for letter in each.letters},
        outcomes={_outcome(name): each.id for each in written.states for name in each.outcomes},
        events={verb: each.id for each in written.states for verb in each.events},
        either=tuple(map(frozenset, written.either)),
        start=_begins(written),
        lasting=tuple(state for state in states.values() if any(rule.until for rule in state.duties)),
        liftable=tuple(state for state in states.values() if state.lifted_by),
    )


def _begins(written: _Written) -> str:
    """Where a document stands once it is issued: the state that event reaches, else the start."""
    issued = (each.id for each in written.states if "document.issued" in each.events)
    return next(issued, next((each.id for each in written.states if each.start == "yes"), ""))


def _state(each: _State) -> State:
    duties = tuple(duty.rule() for duty in each.duties)
    lifted_by = frozenset(each.lifted_by)
    return State(each.id, each.name.text(), each.kind, each.phase, each.final == "yes", duties, lifted_by)


def _above(written: _Written) -> dict[str, frozenset[str]]:
    """The transitive closure; states are declared after those they come after."""
    below: dict[str, set[str]] = {}
    for each in written.states:
        below[each.id] = {*each.after}.union(*(below[earlier] for earlier in each.after))
    return {state: frozenset(s for s, lower in below.items() if state in lower) for state in below}


def _outcome(name: str) -> tuple[Stage, Outcome]:
    stage, _, outcome = name.partition(".")
    return Stage(stage), Outcome[outcome.upper()]


def _faults(written: _Written, known: Known) -> Iterator[str]:
    if not 1 <= len(written.states) <= MOST_STATES:
        yield f"a workflow has 1 to {MOST_STATES} states"
    if [each.start for each in written.states].count("yes") != 1:
        yield "exactly one state is the start"
    yield from _twice("state", (each.id for each in written.states))
    yield from _twice("letter", (letter for each in written.states for letter in each.letters))
    yield from _twice("outcome", (name for each in written.states for name in each.outcomes))
    yield from _twice("event", (verb for each in written.states for verb in each.events))
    for words in (written.name, *_words(written)):
        if not (words.zh and words.en):
            yield f"{words.zh or words.en!r} stands in one language only"
    for each in written.states:
        yield from _state_faults(each, known)
        if each.duties and each.id == _begins(written):
            yield f"{each.id}: a document that only began asks nothing"


def _state_faults(each: _State, known: Known) -> Iterator[str]:
    if each.kind not in KINDS:
        yield f"{each.id}: {each.kind} is none of the ten status kinds"
    if each.phase not in known.phases:
        yield f"{each.id}: there is no phase {each.phase}"
    if each.start != "yes" and not (each.letters or each.outcomes or each.events):
        yield f"{each.id}: nothing reaches it"
    for name in each.outcomes:
        stage, _, outcome = name.partition(".")
        if stage not in _STAGES or outcome.upper() not in Outcome.__members__:
            yield f"{each.id}: there is no outcome {name}"
    for duty in each.duties:
        if duty.role not in ROLES:
            yield f"{each.id}.{duty.id}: nobody acts as {duty.role!r}"
        if duty.limit and duty.limit not in known.limits:
            yield f"{each.id}.{duty.id}: there is no limit {duty.limit}"


def _order_faults(written: _Written) -> Iterator[str]:
    declared: set[str] = set()
    for each in written.states:
        if not each.after and each.start != "yes":
            yield f"{each.id}: comes after nothing"
        for earlier in (*each.after, *each.lifted_by):
            if earlier not in declared:
                yield f"{each.id}: {earlier} is not declared before it"
        declared.add(each.id)
    for each in written.states:
        for duty in each.duties:
            for state in sorted(set(duty.until) - declared):
                yield f"{each.id}.{duty.id}: there is no state {state}"
    for group in written.either:
        for state in sorted(set(group) - declared):
            yield f"either: there is no state {state}"


def _words(written: _Written) -> Iterator[_Words]:
    for each in written.states:
        yield each.name
        for duty in each.duties:
            yield from (duty.text, duty.action)


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{what} {name} stands twice"
        seen.add(name)


def _unanswered(workflow: Workflow) -> list[str]:
    """Business outcomes that would be lost; a mere note may be."""
    told = {outcome for stage, outcome in workflow.outcomes if stage is Stage.BUSINESS}
    return [
        outcome.name.lower() for outcome in Outcome if outcome is not Outcome.NOTED and outcome not in told
    ]
