"""The time, injected: product code asks ``now()``, tests give another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
ZONE = ZoneInfo("Asia/Shanghai")  # the platform's: its days are the ones that validity dates mean
# Partners' clocks where they name no zone; without summer times of old, so that no odd year breaks a reader.
BEIJING = timezone(timedelta(hours=8))
FIRST_YEAR, LAST_YEAR = 1900, 2199  # of what documents and answers may be dated


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def zoned(at: datetime) -> datetime:
    """A time as somebody wrote it; one without a zone is Beijing's."""
    return at if at.tzinfo else at.replace(tzinfo=BEIJING)


def local_day(at: datetime) -> date:
    """The platform's day at an instant: the one whose codes, mandates and subscriptions apply."""
    return at.astimezone(ZONE).date()
