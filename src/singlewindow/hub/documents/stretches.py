"""The stretch of time a list is read in, as ``documents_declared`` and ``documents_sent`` are given it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.ids import uuid7

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)  # that a list can be asked for
EARLIEST, NEVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_FIRST, _LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
_SLACK = timedelta(days=1)  # between the number of a submission and the instant that is kept of it


def stretch(
    since: datetime, until: datetime, place: tuple[datetime, UUID] | None, *, oldest: bool
) -> dict[str, Any]:
    """From ``since`` to before ``until``, behind a place, by instants and by the numbers of submissions."""
    at, last = place or ((EARLIEST, _FIRST) if oldest else (NEVER, _LAST))
    above, below = uuid7(since - _SLACK, bytes), uuid7(until + _SLACK, bytes)
    return {
        "since": since, "until": until, "oldest": oldest, "at": at, "place": last,
        "above": max(above, last) if oldest else above,
        "below": below if oldest else min(below, last),
    }  # fmt: skip


def midnight(of: date | None, later: int = 0) -> datetime | None:
    """When a day of the platform begins, or one later."""
    return datetime.combine(of + timedelta(days=later), time(), ZONE) if of else None


def day(said: str) -> date | None:
    """A day in an address; what cannot be read, or is out of reach, is none."""
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None
