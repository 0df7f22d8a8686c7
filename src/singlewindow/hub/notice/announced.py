"""What is asked of the announcements; row-level security keeps those ahead and withdrawn to the operator."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.notice.announcements import Announcement, ordered
from singlewindow.kernel.messages import Text
from singlewindow.kernel.queries import Cursor

MOST_STANDING = 30  # in force or ahead at a time: nobody reads more
PAGE = 30  # past ones on a page
LONGEST = 201  # of one page, the one that says that more follow included

_SQL = statements_beside(__file__, "sql/announced.sql")


class Place(Struct, frozen=True):
    """Where a page of a list ends."""

    shown_from: datetime
    id: UUID


def standing(cursor: Cursor, at: datetime) -> list[Announcement]:
    """All in force at a moment, stops of service that press first."""
    return ordered(_rows(cursor, "standing", at=at, most=MOST_STANDING), at)


def ahead(cursor: Cursor, at: datetime) -> list[Announcement]:
    """Those that will be shown, the next first; none to whom row-level security shows none."""
    return _rows(cursor, "ahead", at=at, most=MOST_STANDING)


def past(cursor: Cursor, at: datetime, before: Place | None = None, most: int = PAGE) -> list[Announcement]:
    """Those shown no more, newest first, at most so many after a place; to the operator withdrawn ones."""
    return _rows(cursor, "past", at=at, **_after(before), most=min(most, LONGEST))


def listed(
    cursor: Cursor, at: datetime, before: Place | None, most: int, in_force: bool
) -> list[Announcement]:
    """Those shown now or once, to anybody alike, the newest first; ``in_force``: those shown now alone."""
    return _rows(cursor, "listed", at=at, **_after(before), most=min(most, LONGEST), in_force=in_force)


def one(cursor: Cursor, id_: UUID) -> Announcement | None:
    """The announcement of an id; None if there is none that may be seen."""
    found = _rows(cursor, "one", id=id_)
    return found[0] if found else None


def room(cursor: Cursor, at: datetime) -> bool:
    """Whether another may be published; no two ask at a time."""
    cursor.execute(_SQL["alone"])
    cursor.execute(_SQL["counted"], {"at": at})
    return int(cursor.fetchone()[0]) < MOST_STANDING


def _after(place: Place | None) -> dict[str, Any]:
    return {"before": place and place.shown_from, "id": place and place.id}


def _rows(cursor: Cursor, name: str, **given: Any) -> list[Announcement]:
    cursor.execute("\n".join((_SQL["announcements"], _SQL[name])), given)
    return [_read(*row) for row in cursor.fetchall()]


def _read(id_: UUID, kind: str, zh: str, en: str, text_zh: str, text_en: str, *rest: Any) -> Announcement:
    return Announcement(id_, kind, Text(zh, en), Text(text_zh, text_en), *rest)
