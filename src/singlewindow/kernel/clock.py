"""The time, injected: product code asks ``now()``, tests give another clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)
