"""The switch in a lane: closed while the counterpart answers, open while it does not, half to try."""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from singlewindow.hub.exchange.connector import Retry


class Breaker(Struct, frozen=True):
    """A value; each event gives the next one. ``probe_at`` is when an open breaker may try again."""

    retry: Retry
    failures: int = 0
    problem: str = ""
    probe_at: datetime | None = None

    def position(self, at: datetime) -> str:
        """``closed``, ``open``, or ``half`` when it is time for one try."""
        if self.failures < self.retry.breaker_failures:
            return "closed"
        # Further away than it ever was, it was reckoned by a clock that has been set back since.
        latest = at + timedelta(seconds=self.wait_s())
        return "open" if self.probe_at is not None and at < self.probe_at <= latest else "half"

    def wait_s(self) -> float:
        """Seconds until the next try, growing with the failures in a row, bounded."""
        if self.failures == 0:
            return 0.0
        exponent = min(self.failures - 1, 64)
        return min(self.retry.first_s * self.retry.factor**exponent, self.retry.most_s)

    def sooner(self, at: datetime | None) -> Breaker:
        """The next try at this moment, where it would have been later."""
        if at is None or self.probe_at is None or at >= self.probe_at:
            return self
        return Breaker(self.retry, self.failures, self.problem, at)

    def failed(self, at: datetime, problem: str) -> Breaker:
        """One more failure in a row."""
        worse = Breaker(self.retry, self.failures + 1, problem)
        return Breaker(self.retry, worse.failures, problem, at + timedelta(seconds=worse.wait_s()))

    def succeeded(self) -> Breaker:
        """The counterpart answered: as new."""
        return Breaker(self.retry)
