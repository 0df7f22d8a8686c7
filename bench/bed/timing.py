"""What a call costs in CPU time, which holds on a shared machine; the line that says so of a codec."""

from __future__ import annotations

import time
from collections.abc import Callable

ROUNDS = 7


def cpu_us(call: Callable[[], object], times: int, rounds: int = ROUNDS) -> float:
    """The best of some rounds, in microseconds of this process's CPU time a call."""
    best = float("inf")
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            call()
        best = min(best, (time.process_time() - start) / times)
    return best * 1e6


def report(codec: str, what: str, ours: float, naive: float, limit: float, promise: float) -> bool:
    """Print one line; whether the promise holds."""
    print(
        f"{codec} {what}: ours {ours:.1f} µs · naive {naive:.1f} µs ({naive / ours:.1f}×)"
        f" · limit {limit:.1f} µs · promise ≤ {promise:.0f} µs"
    )
    return ours <= promise
