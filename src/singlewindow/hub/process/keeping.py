"""From what was said of documents to the rows that are kept: standings, duties, the whole. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.overall import Phases, overall
from singlewindow.hub.process.workflow import (
    DutyRule,
    Mark,
    Standing,
    State,
    Workflow,
    duties_of,
    front,
)
from singlewindow.kernel.messages import Actor

Says = Callable[[Workflow, int], Standing]
Values = Mapping[UUID, Mapping[str, Any]]
UNHEARD = "submitted"
_PROCESS = Actor("system", "process", "process")


class Document(Struct, frozen=True):
    """A document with what is kept of its standing; ``partner`` None is the source document."""

    submission_id: UUID
    id: UUID
    kind: str
    partner: str | None
    version: int
    state: int
    code: str
    viewers: tuple[int, ...]
    stood: int | None
    phase: str | None
    letter: str | None
    marks: dict[str, Mark]

    @property
    def standing(self) -> Standing:
        """Where its newest version stands; one just corrected stands at its start."""
        return Standing(self.version, self.marks if self.stood == self.version else {})

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
    opened: dict[str, tuple[State, DutyRule]]
    closed: tuple[tuple[int, str], ...]  # version and code

    @property
    def letter(self) -> str:
        """The letter that reached the state shown."""
        mark = self.standing.marks.get(self.state.id)
        return mark.code if mark else ""

    @property
    def part(self) -> tuple[str, str]:
        """Its share in the whole: phase and letter."""
        return self.state.phase, self.letter


def changed(
    document: Document, workflow: Workflow, says: Iterable[Says], at: datetime, deadlines: Deadlines
) -> Change | None:
    """What everything said of a document changes; None if nothing."""
    before = after = document.standing
    for tell in says:
        after = after.join(tell(workflow, document.version))
    corrected = document.stood is not None and document.stood < document.version
    if after == before and not corrected:
        return None
    earlier = Standing(document.stood or document.version, document.marks)
    stands = front(workflow, after)
    had, has = duties_of(front(workflow, earlier)), duties_of(stands)
    asked = {} if corrected else {code: _asked(before, duty, deadlines) for code, duty in had.items()}
    return Change(
        document,
        workflow,
        after,
        stands[-1],
        at,
        opened={c: d for c, d in has.items() if asked.get(c) != _asked(after, d, deadlines)},
        closed=tuple((earlier.version, c) for c in had if corrected or c not in has),
    )


def _asked(standing: Standing, duty: tuple[State, DutyRule], deadlines: Deadlines) -> tuple[Any, ...]:
    """What of a duty people would see change: who asks, since when, why, and what its limit counts from."""
    state, rule = duty
    mark = standing.marks[state.id]
    return state.id, mark.first, mark.reason, deadlines.begins(rule, mark, standing)


def standing_row(change: Change) -> dict[str, Any]:
    """The row of ``standing``."""
    return {
        "submission_id": change.document.submission_id,
        "document_id": change.document.id,
        "version": change.standing.version,
        "workflow": change.workflow.id,
        "state": change.state.id,
        "phase": change.state.phase,
        "code": change.letter,
        "marks": change.standing.marks,
        "changed_at": change.at,
        "viewers": change.document.viewers,
    }


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
    mark = change.standing.marks[state.id]
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
        "reason": mark.reason,
        "since": mark.first,
        "deadline": deadlines.due(rule, mark, change.standing, values),
        "viewers": viewers,
    }


def asks_source(change: Change, deadlines: Deadlines) -> bool:
    """Whether a deadline of what it opens depends on the source document's values."""
    marks = change.standing.marks
    versions = (deadlines.version(rule, marks[state.id].first) for state, rule in change.opened.values())
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
    changes: Iterable[Change], documents: Iterable[Document], phases: Phases
) -> list[tuple[UUID, UUID, int, str, datetime]]:
    """Source documents that stand elsewhere now: submission, id, number, deciding letter, when."""
    fresh = {change.document.id: change for change in changes}
    touched = {change.document.submission_id: change.at for change in fresh.values()}
    sources: dict[UUID, Document] = {}
    parts: dict[UUID, list[tuple[str, str]]] = {}
    for each in documents:
        if each.partner is None:
            sources[each.submission_id] = each
        else:
            parts.setdefault(each.submission_id, []).append(fresh.get(each.id, each).part)
    rows = []
    for submission in sorted(touched.keys() & sources.keys()):
        source, of_it = sources[submission], parts[submission]
        phase = overall(phases, [part[0] for part in of_it])
        letter = max((letter for name, letter in of_it if name == phase.id), default="")
        if (phase.number, letter) != (source.state, source.code):
            rows.append((submission, source.id, phase.number, letter, touched[submission]))
    return rows
