"""What a call costs in CPU time, which holds on a shared machine; the line that says so of a codec."""

from __future__ import annotations

import time
from collections.abc import Callable

from bed.promises import verdict

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


def report(promise: str, ours: float, naive: float, limit: float) -> dict[str, float]:
    """Print one line, with its verdict; what was measured, by the promise's id."""
    measured = {promise: ours}
    print(
        f"{promise.replace('_', ' ')}: ours {ours:.1f} µs ({naive / ours:.1f} x naive,"
        f" {limit / ours:.2f} of limit: {naive:.1f} and {limit:.1f} µs) {verdict(**measured)}"
    )
    return measured
