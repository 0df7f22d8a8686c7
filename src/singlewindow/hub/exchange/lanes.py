"""Questions of those who mind the lanes: the operator about every one, an agency about its own.

Which lanes these are the data base decides by the transaction's viewers. Fields named ``problem`` and
``source`` carry a wire's own words (hosts, exceptions) and are None for everybody but the operator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import zstandard
from msgspec import Struct

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Viewer
from singlewindow.kernel.queries import Cursor

MOST_COUNTED = 10_000  # more in a lane is shown as “10,000+”
MOST_LETTERS = 200
MOST_REASONS = 1_000  # dead letters that are gathered by their reason
LONGEST_MESSAGE = 32 * 1024 * 1024
LAST = 2**63 - 1  # beyond every number of an answer or a message
READ, OPERATE = "exchange.read", "exchange.operate"
UNHEARD = timedelta(minutes=3)  # for so long what a partner has for us may lie there, before people are told
Settled = TypeVar("Settled")


class Minute(Struct, frozen=True, array_like=True):
    """What a lane carried in one minute; ``at`` counts minutes since 1970."""

    at: int
    sent: int
    failed: int
    answered: int


class Lane(Struct, frozen=True):
    """How one partner's lane fares. ``breaker`` is None where its component has never run.

    ``fetched_at``: when what the partner has for us was last fetched, to half a minute; where that fails,
    ``unfetched_since``, ``fetch_problem`` and ``fetch_failures`` say since when, why, and how often in a row.
    ``paused_at``, ``paused_by``, ``paused_for`` say since when it rests, who let it and why;
    ``disconnected``: for good, as the platform's operator speaks with this partner no more.
    """

    partner: str
    breaker: str | None
    failures: int | None
    problem: str | None
    probe_at: datetime | None
    since: datetime | None
    fetch_failures: int | None
    fetch_problem: str | None
    unfetched_since: datetime | None
    fetched_at: datetime | None
    paused_at: datetime | None
    paused_by: str | None
    paused_for: str | None
    disconnected: bool
    waiting: int
    oldest_at: datetime | None
    dead: int
    dead_since: datetime | None
    unread: int
    answered_at: datetime | None
    minutes: tuple[Minute, ...]

    def unheard_since(self, at: datetime) -> datetime | None:
        """Since when an order may lie with the partner that nobody here knows of; None if that is short.

        None too where the partner is disconnected: that is somebody's decision, and told as such.
        """
        return None if self.disconnected else unheard_since(self.unfetched_since, self.fetched_at, at)


class Addressed(Struct, frozen=True):
    """A message to a partner, by its number in the outbox."""

    seq: int
    partner: str
    kind: str
    message_id: str
    reference: str
    submission_id: UUID
    message: UUID


class Letter(Addressed, frozen=True):
    """One that is not yet with its partner; ``dead``: it is not tried again until somebody says so.

    What is laid aside waits for nobody; ``aside_at``, ``aside_by``, ``aside_for`` say when, who and why.
    """

    attempts: int
    problem: str | None
    dead: bool
    ready_at: datetime
    leased_until: datetime | None
    created_at: datetime
    digest: bytes
    viewers: tuple[int, ...]
    aside_at: datetime | None = None
    aside_by: str | None = None
    aside_for: str | None = None

    @property
    def told(self) -> bool:
        """Whether it is what the platform tells on its own account, and no declaration's document."""
        return self.submission_id == self.message


class Alike(Struct, frozen=True):
    """Dead letters of one partner with one reason: how many, the first of them, since when."""

    partner: str
    problem: str | None
    number: int
    first: int
    since: datetime


class Unread(Struct, frozen=True):
    """An answer that nobody could read or apply; ``again``: it was read, applying it may be tried again.

    What is laid aside waits for nobody; ``aside_at``, ``aside_by``, ``aside_for`` say when, who and why.
    """

    id: int
    partner: str
    source: str | None
    problem: str | None
    again: bool
    received_at: datetime
    aside_at: datetime | None
    aside_by: str | None
    aside_for: str | None
    digest: bytes


class Sent(Addressed, frozen=True):
    """A dead letter that somebody sent again: when and who; it may wait still, or be with its partner."""

    created_at: datetime
    again_at: datetime
    again_by: str
    digest: bytes


class Applied(Struct, frozen=True):
    """An answer that somebody let be applied once more; ``applied``: it was, and not only taken up."""

    id: int
    partner: str
    received_at: datetime
    applied: bool
    again_at: datetime
    again_by: str
    digest: bytes


def unheard_since(unfetched: datetime | None, fetched: datetime | None, at: datetime) -> datetime | None:
    """Since when nothing was fetched, where that is longer than ``UNHEARD``; as ``sql/unheard.sql`` has it.

    A component that has ended, and says nothing, counts like one that fails.
    """
    since = unfetched or fetched
    return since if since is not None and at - since >= UNHEARD else None


def subject_of(partner: str) -> UUID:
    """A lane as the journal's entries name it."""
    return UUID(bytes=hashlib.sha256(f"lane/{partner}".encode()).digest()[:16])


MINDING = statements_beside(__file__, "sql/minding.sql")
_MINUTES = msgspec.json.Decoder(tuple[Minute, ...])


def lanes(viewer: Viewer, cursor: Cursor, at: datetime, minutes: int) -> list[Lane]:
    """Every lane the viewer minds, with what it carried in the last ``minutes``."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["lanes"], [at - timedelta(minutes=minutes), MOST_COUNTED])
    return [Lane(*_ending(row, _MINUTES.decode(row[-1]))) for row in cursor.fetchall()]


def lane(viewer: Viewer, cursor: Cursor, partner: str, at: datetime, minutes: int) -> Lane | None:
    """One of them."""
    return next((one for one in lanes(viewer, cursor, at, minutes) if one.partner == partner), None)


def letters(
    viewer: Viewer, cursor: Cursor, partner: str | None, *, dead: bool, beyond: int = 0, most: int
) -> list[Letter]:
    """Messages in the outbox of one lane or of all, oldest first, those after number ``beyond``."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["letters"], [partner, int(dead), beyond, most])
    return [_letter(row) for row in cursor.fetchall()]


def letter(viewer: Viewer, cursor: Cursor, seq: int) -> Letter | None:
    """One message in the outbox of a lane the viewer minds."""
    if READ not in viewer.permissions:
        return None
    cursor.execute(MINDING["letter"], [seq])
    row = cursor.fetchone()
    return _letter(row) if row else None


def letters_aside(
    viewer: Viewer,
    cursor: Cursor,
    partner: str | None = None,
    *,
    before: int = LAST,
    most: int = MOST_LETTERS,
) -> list[Letter]:
    """Dead letters of one lane or of all that were laid aside, the last first, those before ``before``."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["letters_aside"], [partner, before, most])
    return [_letter(row) for row in cursor.fetchall()]


def letters_aside_counted(viewer: Viewer, cursor: Cursor, partner: str | None = None) -> int:
    """How many were laid aside: few, as each needed a person."""
    if READ not in viewer.permissions:
        return 0
    cursor.execute(MINDING["letters_aside_counted"], [partner])
    (number,) = cursor.fetchone()
    return int(number)


def reasons(viewer: Viewer, cursor: Cursor) -> list[Alike]:
    """Dead letters gathered by partner and reason, the most frequent first."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["reasons"], [MOST_REASONS])
    return [Alike(*row) for row in cursor.fetchall()]


def unread(
    viewer: Viewer, cursor: Cursor, partner: str | None = None, *, beyond: int = 0, most: int = MOST_LETTERS
) -> list[Unread]:
    """Answers of one lane or of all that wait for a person, oldest first, those after number ``beyond``."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["answers"], [partner, beyond, most])
    return [_unread(row) for row in cursor.fetchall()]


def aside(
    viewer: Viewer,
    cursor: Cursor,
    partner: str | None = None,
    *,
    before: int = LAST,
    most: int = MOST_LETTERS,
) -> list[Unread]:
    """Answers of one lane or of all that were laid aside, the last first, those before ``before``."""
    if READ not in viewer.permissions:
        return []
    cursor.execute(MINDING["answers_aside"], [partner, before, most])
    return [_unread(row) for row in cursor.fetchall()]


def answers_counted(viewer: Viewer, cursor: Cursor, partner: str | None = None, *, aside: bool) -> int:
    """How many wait for a person, or were laid aside: few, as each needs one."""
    if READ not in viewer.permissions:
        return 0
    cursor.execute(MINDING["answers_aside_counted" if aside else "answers_counted"], [partner])
    (number,) = cursor.fetchone()
    return int(number)


def answer(viewer: Viewer, cursor: Cursor, one: int) -> Unread | None:
    """One answer that waits for a person, or that was laid aside."""
    if READ not in viewer.permissions:
        return None
    cursor.execute(MINDING["answer"], [one])
    row = cursor.fetchone()
    return _unread(row) if row else None


def sent_again(viewer: Viewer, cursor: Cursor, seq: int) -> Sent | None:
    """The dead letter that had this number and was sent again."""
    return _settled(viewer, cursor, "sent_again", seq, Sent)


def applied_again(viewer: Viewer, cursor: Cursor, one: int) -> Applied | None:
    """The answer that waited for a person, was applied once more, and waits no longer."""
    return _settled(viewer, cursor, "applied_again", one, Applied)


def _settled(
    viewer: Viewer, cursor: Cursor, name: str, one: int, kind: Callable[..., Settled]
) -> Settled | None:
    if READ not in viewer.permissions:
        return None
    cursor.execute(MINDING[name], [one])
    row = cursor.fetchone()
    return kind(*_ending(row, bytes(row[-1]))) if row else None


def unpacked(packed: bytes) -> bytes:
    """A message's own bytes, bounded."""
    reader = zstandard.ZstdDecompressor().stream_reader(packed)
    return reader.read(LONGEST_MESSAGE)


def _letter(row: tuple[Any, ...]) -> Letter:
    *head, digest, viewers, at, by, why = row
    facts: list[Any] = [*head, bytes(digest), tuple(viewers), at, by, why]
    return Letter(*facts)


def _unread(row: tuple[Any, ...]) -> Unread:
    return Unread(*_ending(row, bytes(row[-1])))


def _ending(row: tuple[Any, ...], last: object) -> list[Any]:
    return [*row[:-1], last]
