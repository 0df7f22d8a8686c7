"""What is asked of the message box. The transaction's viewer set decides what exists for whom."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.notice.telling import Notice
from singlewindow.kernel.messages import Text, Viewer
from singlewindow.kernel.queries import Cursor

PAGE = 30
MOST = 100  # unread ones that are counted
LONGEST = 201  # of one page, the one that says that more follow included
WINDOW = 1_000  # of the newest notices, in which unread ones are counted

_SQL = statements_beside(__file__, "sql/reading.sql")


class Place(Struct, frozen=True):
    """Where a page of the message box ends: the position of the journal, and the party."""

    position: int
    party: int

    def __str__(self) -> str:
        return f"{self.position}.{self.party}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """What ``str`` wrote; None for anything else."""
        position, _, party = text.partition(".")
        if not (_number(position) and _number(party)):
            return None
        return cls(int(position), int(party))


class Line(Notice, frozen=True):
    """A notice as its reader is shown it."""

    read: bool

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.position, self.party)


class Unread(Struct, frozen=True):
    """How many notices a reader has not read; ``more`` than were counted, if there are."""

    number: int
    more: bool


def listed(
    viewer: Viewer, cursor: Cursor, before: Place | None = None, most: int = PAGE, unread: bool = False
) -> list[Line]:
    """Notices of the viewer's parties, newest first, at most ``most`` after a place."""
    if not viewer.parties:
        return []
    given = _given(viewer) | {
        "position": before.position if before else 2**62,
        "before": before.party if before else 0,
        "unread": unread,
        "most": max(1, min(most, LONGEST)),
    }
    cursor.execute(_SQL["listed"], given)
    return [_line(row) for row in cursor.fetchall()]


def one(viewer: Viewer, cursor: Cursor, place: Place) -> Line | None:
    """The notice at a place; None if there is none that the viewer may see."""
    found = listed(viewer, cursor, Place(place.position, place.party + 1), most=1)
    return found[0] if found and found[0].place == place else None


def unread(viewer: Viewer, cursor: Cursor) -> Unread:
    """How many of the newest notices the person, or the party's programs, have not read."""
    if not viewer.parties:
        return Unread(0, False)
    cursor.execute(_SQL["unread"], _given(viewer) | {"window": WINDOW})
    (number,) = cursor.fetchone()
    return Unread(min(number, MOST - 1), number >= MOST)


def _given(viewer: Viewer) -> dict[str, Any]:
    return {"person": viewer.person, "parties": list(viewer.parties)}


def _line(row: Any) -> Line:
    party, position, at, topic, role, kind, zh, en, detail_zh, detail_en, *rest = row
    head = (party, position, at, topic, role, kind, Text(zh, en), Text(detail_zh, detail_en))
    return Line(*head, rest[0], rest[1], rest[2], rest[3])


def _number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18
