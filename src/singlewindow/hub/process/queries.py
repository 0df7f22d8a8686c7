"""Questions about duties. The transaction's viewer set decides what exists for whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, structs

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Text, Viewer
from singlewindow.kernel.queries import Cursor

MOST = 50
MOST_OF_ONE = 200
MENDS = "correct"  # the duty of every workflow that another declaration answers
Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]  # what an int4 column holds
Place = tuple[datetime | None, datetime, UUID, UUID, Version, str]
_PLACE = ("deadline", "since", "submission", "document", "version", "code")

_SQL = statements_beside(__file__, "sql/asking.sql")


class Duty(Struct, frozen=True):
    """What somebody has to do, in the words it was asked in; ``deadline`` None: none is set."""

    submission_id: UUID
    document_id: UUID
    code: str
    partner: str
    kind: str
    state: Text
    text: Text
    action: Text
    reason: str
    since: datetime
    deadline: datetime | None


class Work(Struct, frozen=True):
    """A line of a work-list: the duty, its source document, and for whom it is done."""

    duty: Duty
    document: str
    title: str
    party: Text | None
    version: int  # of the document that asks for it
    also: tuple[Duty, ...] = ()  # what others ask of the same, and the same act answers

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        duty = self.duty
        return (
            duty.deadline, duty.since, duty.submission_id, duty.document_id, self.version, duty.code,
        )  # fmt: skip


class WorkList(Struct, frozen=True):
    """The most pressing lines, and how many there are in all."""

    lines: tuple[Work, ...]
    number: int


class Kept(Struct, frozen=True):
    """A duty of one submission, done or not, and the kind and version of the document that asked for it."""

    duty: Duty
    document: str
    version: int
    done_at: datetime | None


def open_duties(
    viewer: Viewer, cursor: Cursor, most: int = MOST, after: Place | None = None, together: bool = False
) -> WorkList:
    """What ``viewer`` has to do by deadline, at most ``most`` lines, those behind the place ``after``."""
    if not viewer.parties:
        return WorkList((), 0)
    place = dict(zip(_PLACE, after or (None,) * len(_PLACE), strict=True))
    cursor.execute(_SQL["open"], place | {"most": most, "together": together})
    rows = cursor.fetchall()
    lines = tuple(
        Work(duty_of(row), document, title, Text(zh, en) if zh else None, version)
        for *row, document, title, zh, en, version, _ in rows
    )
    return WorkList(lines, rows[0][-1] if rows else 0)


def open_matters(viewer: Viewer, cursor: Cursor, most: int = MOST, after: Place | None = None) -> WorkList:
    """The same by what is to be done: what several partners sent back of one declaration is one line."""
    work = open_duties(viewer, cursor, most, after, together=True)
    sent_back = [line.duty.submission_id for line in work.lines if line.duty.code == MENDS]
    if not sent_back:
        return work
    cursor.execute(_SQL["returns"], {"submissions": sent_back, "most": MOST_OF_ONE * most})
    returns = [duty_of(row) for row in cursor.fetchall()]
    return WorkList(tuple(_with_others(line, returns) for line in work.lines), work.number)


def _with_others(line: Work, returns: Sequence[Duty]) -> Work:
    """A line with what is asked beside its own duty."""
    if line.duty.code != MENDS:
        return line
    others = (duty for duty in returns if duty.submission_id == line.duty.submission_id)
    return structs.replace(line, also=tuple(duty for duty in others if duty != line.duty))


def duties_of_submission(viewer: Viewer, cursor: Cursor, submission: UUID) -> list[Kept]:
    """Every duty of one submission with its limit, open ones first; nothing where nothing may be seen."""
    if not viewer.parties:
        return []
    cursor.execute(_SQL["of_submission"], {"submission": submission, "most": MOST_OF_ONE})
    return [Kept(duty_of(row[:-3]), *row[-3:]) for row in cursor.fetchall()]


def duty_of(row: Sequence[Any]) -> Duty:
    """A row of the questions about duties."""
    submission, document, code, partner, kind, *words, reason, since, deadline = row
    state, text, action = (Text(words[at], words[at + 1]) for at in (0, 2, 4))
    return Duty(submission, document, code, partner, kind, state, text, action, reason, since, deadline)
