"""Which inspection orders a reader is shown, and how many answer each question: whose turn, late, over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct

from singlewindow.hub.coordination.queries import MOST, Ordered
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import ZONE, local_day
from singlewindow.kernel.messages import Viewer
from singlewindow.kernel.queries import Cursor

LOOKED = 5_000  # open orders that are counted and paged through, the next due first

_SQL = statements_beside(__file__, "sql/inspection_lists.sql")
_COUNTED = ("open", "ours", "overdue", "today")


class Show(StrEnum):
    """The questions that a list answers."""

    OPEN = "open"
    OURS = "ours"  # the reader's turn
    OVERDUE = "overdue"  # appointed for a time that has passed, and not begun
    TODAY = "today"  # appointed for today
    OVER = "over"  # closed or cancelled, the last first


class Found(Struct, frozen=True):
    """A page of orders, and how many of those that are open answer each question."""

    orders: tuple[Ordered, ...]
    numbers: Mapping[str, int]


def shown(
    viewer: Viewer,
    cursor: Cursor,
    show: Show,
    at: datetime,
    *,
    agency: str = "",
    plans: bool = False,
    most: int = MOST,
    skip: int = 0,
) -> Found:
    """Orders of an agency (empty: all that the viewer reads); ``plans``: who makes appointments."""
    since = datetime.combine(local_day(at), time(), ZONE)
    asked = {
        "show": show,
        "at": at,
        "since": since,
        "until": since + timedelta(days=1),
        "agency": agency,
        "plans": plans,
        "looked": LOOKED,
        "most": min(most, MOST),
        "skip": skip,
    }
    if not viewer.parties:
        return Found((), dict.fromkeys(_COUNTED, 0))
    cursor.execute(_SQL["open"], asked)
    rows: list[Any] = cursor.fetchall()
    numbers = dict(zip(_COUNTED, rows[0], strict=False))
    if show is Show.OVER:
        cursor.execute(_SQL["over"], asked)
        return Found(tuple(Ordered(*row) for row in cursor.fetchall()), numbers)
    found = (row[len(_COUNTED) :] for row in rows)
    return Found(tuple(Ordered(*row) for row in found if row[0] is not None), numbers)
