"""The time, injected: product code asks ``now()``, tests give another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
ZONE = ZoneInfo("Asia/Shanghai")  # the platform's: its days are the ones that validity dates mean


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """The platform's day at an instant: the one whose codes, mandates and subscriptions apply."""
    return at.astimezone(ZONE).date()
