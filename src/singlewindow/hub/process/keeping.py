"""From what was said of documents to the rows that are kept: standings, duties, the whole. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.overall import Phase
from singlewindow.hub.process.workflow import (
    DutyRule,
    Mark,
    Standing,
    State,
    Workflow,
    duties_of,
    front,
    since,
)
from singlewindow.kernel.messages import Actor

Says = Callable[[Workflow, int], Standing]
Values = Mapping[UUID, Mapping[str, Any]]
Rank = tuple[int, datetime, str]
_NO_TIME = datetime.min.replace(tzinfo=UTC)
_NO_RANK = -1, _NO_TIME, ""  # below all that a receipt can say
UNHEARD = "submitted"
_PROCESS = Actor("system", "process", "process")
_marks = msgspec.json.Encoder(order="deterministic").encode
_MARKS = msgspec.json.Decoder(dict[str, Mark])


class Heard(Struct, frozen=True):
    """What was said of one document, and when we heard it; a receipt speaks of a version and has a rank."""

    submission_id: UUID
    document_id: UUID
    at: datetime
    says: Says
    version: int = 0
    rank: Rank = _NO_RANK


class Document(Struct, frozen=True):
    """A document with what is kept of its standing; ``partner`` None is the source document."""

    submission_id: UUID
    id: UUID
    kind: str
    partner: str | None
    version: int
    state: int
    code: str
    state_at: datetime | None
    stood: int | None
    phase: str | None
    letter: str | None
    marks: bytes | None

    @property
    def rank(self) -> Rank:
        """What the greatest of its receipts said so far."""
        return self.state, self.state_at or _NO_TIME, self.code

    @property
    def kept(self) -> Standing:
        """Where the version last heard of stands."""
        return Standing(self.stood or self.version, _MARKS.decode(self.marks) if self.marks else {})

    @property
    def part(self) -> tuple[str, str]:
        """Its share in the whole as it was kept: phase and letter."""
        return self.phase or UNHEARD, self.letter or ""


class Change(Struct, frozen=True):
    """A document that stands elsewhere, or longer, than it did; duties by code."""

    document: Document
    workflow: Workflow
    standing: Standing
    state: State
    at: datetime
    opened: Mapping[str, tuple[State, DutyRule]] = {}
    closed: tuple[tuple[int, str], ...] = ()  # version and code

    @property
    def letter(self) -> str:
        """The letter that reached the state shown."""
        mark = self.standing.marks.get(self.state.id)
        return mark.code if mark else ""

    @property
    def part(self) -> tuple[str, str]:
        """Its share in the whole: phase and letter."""
        return self.state.phase, self.letter


def raised(document: Document, said: Iterable[Heard]) -> Heard | None:
    """The receipt that says more of its state than what was heard before; None if none does.

    The greatest of (outcome, time, letter) stays, so receipts may come in any order. What is said of
    an earlier version says nothing of how the document stands.
    """
    best, rank = None, document.rank
    for one in said:
        if one.version == document.version and one.rank > rank:
            best, rank = one, one.rank
    return best


def changed(
    document: Document, workflow: Workflow, said: Sequence[Heard], deadlines: Deadlines
) -> Change | None:
    """What everything said of a document changes; None if nothing."""
    earlier = document.kept
    corrected = earlier.version != document.version  # stands at the start again
    before = after = Standing(document.version, {}) if corrected else earlier
    at = said[0].at
    for one in said:
        after = after.join(one.says(workflow, document.version))
        at = max(at, one.at)
    if after == before and not corrected:
        return None
    stands = front(workflow, after)
    had = duties_of(workflow, earlier)
    has = duties_of(workflow, after)
    if not (had or has):
        return Change(document, workflow, after, stands[-1], at)
    asked = {} if corrected else {c: _asked(workflow, before, d, deadlines) for c, d in had.items()}
    return Change(
        document,
        workflow,
        after,
        stands[-1],
        at,
        opened={c: d for c, d in has.items() if asked.get(c) != _asked(workflow, after, d, deadlines)},
        closed=tuple((earlier.version, c) for c in had if corrected or c not in has),
    )


def _asked(
    workflow: Workflow, standing: Standing, duty: tuple[State, DutyRule], deadlines: Deadlines
) -> tuple[Any, ...]:
    """What of a duty people would see change: who asks, since when, why, and what its limit counts from."""
    state, rule = duty
    begun = since(workflow, duty, standing.marks)
    return state.id, begun, standing.marks[state.id].reason, deadlines.begins(rule, begun, standing)


def row(document: Document, best: Heard | None, change: Change | None) -> tuple[Any, ...]:
    """What is written of a document that a receipt raised, or that stands elsewhere."""
    state, state_at, code = best.rank if best else (document.state, document.state_at, document.code)
    return (
        document.submission_id,
        document.id,
        document.version,
        state,
        code,
        state_at,
        best.at if best else None,
        change.standing.version if change else document.stood,
        change.state.phase if change else document.phase,
        change.letter if change else document.letter,
        _marks(change.standing.marks) if change else document.marks,
    )


def duty_rows(
    change: Change, deadlines: Deadlines, values: Values, viewers: Sequence[int]
) -> list[dict[str, Any]]:
    """The rows of ``duty`` that a change opens."""
    known = values.get(change.document.submission_id, {})
    return [_duty_row(change, duty, deadlines, known, viewers) for duty in change.opened.values()]


def _duty_row(
    change: Change,
    duty: tuple[State, DutyRule],
    deadlines: Deadlines,
    values: Mapping[str, Any],
    viewers: Sequence[int],
) -> dict[str, Any]:
    state, rule = duty
    begun = since(change.workflow, duty, change.standing.marks)
    return {
        "submission_id": change.document.submission_id,
        "document_id": change.document.id,
        "version": change.standing.version,
        "code": rule.id,
        "partner": change.document.partner,
        "role": rule.role,
        "kind": state.kind,
        "name_zh": state.name.zh,
        "name_en": state.name.en,
        "text_zh": rule.text.zh,
        "text_en": rule.text.en,
        "action_zh": rule.action.zh,
        "action_en": rule.action.en,
        "reason": change.standing.marks[state.id].reason,
        "since": begun,
        "deadline": deadlines.due(rule, begun, change.standing, values),
        "viewers": viewers,
    }


def asks_source(change: Change, deadlines: Deadlines) -> bool:
    """Whether a deadline of what it opens depends on the source document's values."""
    workflow, marks = change.workflow, change.standing.marks
    versions = (deadlines.version(duty[1], since(workflow, duty, marks)) for duty in change.opened.values())
    return any(version and version.asks_document for version in versions)


def opened_entry(change: Change, row: Mapping[str, Any]) -> Entry:
    """The journal's entry of a duty that somebody now has."""
    due = row["deadline"].isoformat() if row["deadline"] else ""
    words = {"text_zh": row["text_zh"], "text_en": row["text_en"], "reason": row["reason"]}
    return _entry(change, "duty.opened", {"duty": row["code"], "deadline": due, **words}, row["viewers"])


def closed_entry(change: Change, code: str, viewers: Sequence[int]) -> Entry:
    """The journal's entry of a duty that nobody has any more."""
    return _entry(change, "duty.closed", {"duty": code}, viewers)


def _entry(change: Change, verb: str, content: dict[str, Any], viewers: Sequence[int]) -> Entry:
    return entry(
        at=change.at,
        actor=_PROCESS,
        verb=verb,
        subject_kind="document",
        subject_id=change.document.id,
        submission_id=change.document.submission_id,
        content={"partner": change.document.partner or "", "state": change.state.id, **content},
        viewers=viewers,
    )


def wholes(
    changes: Mapping[UUID, Change],
    documents: Iterable[Document],
    overall: Callable[[frozenset[str]], Phase],
) -> Iterator[tuple[Any, ...]]:
    """What is written of source documents that stand elsewhere now."""
    touched = {change.document.submission_id: change.at for change in changes.values()}
    sources: dict[UUID, Document] = {}
    parts: dict[UUID, list[tuple[str, str]]] = {}
    for each in documents:
        if each.partner is None:
            sources[each.submission_id] = each
        else:
            parts.setdefault(each.submission_id, []).append(changes.get(each.id, each).part)
    for submission in touched.keys() & sources.keys():
        source, of_it, at = sources[submission], parts[submission], touched[submission]
        phase = overall(frozenset(name for name, _ in of_it))
        letter = max((letter for name, letter in of_it if name == phase.id), default="")
        if (phase.number, letter) != (source.state, source.code):
            stands = phase.number, letter, at, at, None, None, None, None
            yield submission, source.id, source.version, *stands
