"""Both rates of a run: of all of it, and of the part in which the pipe is full."""

from __future__ import annotations

import pytest
from bench.bed.generator import Sent
from bench.bed.outcome import rate, sustained
from bench.bed.stored import Stored


def sent_at(*due: float) -> Sent:
    return Sent(due={str(n): at for n, at in enumerate(due)}, waited=[], refused=[], started=100.0)


def done_at(*at: float) -> dict[str, float]:
    return {str(n): each for n, each in enumerate(at)}


def test_the_rate_of_a_run_includes_filling_and_draining() -> None:
    assert rate(sent_at(100.0, 101.0), done_at(102.0, 104.0)) == 0.5


def test_the_sustained_rate_counts_from_the_first_complete_to_the_last_sent() -> None:
    sent = sent_at(
        *(100 + each / 10 for each in range(100))
    )  # ten a second, each complete three seconds later
    done = done_at(*(at + 3 for at in sent.due.values()))
    assert sustained(sent, done) == pytest.approx(10, rel=0.02)
    assert rate(sent, done) == pytest.approx(100 / 12.9)


@pytest.mark.parametrize("done", [done_at(101.5, 102.0), done_at(101.0, 101.5)])
def test_where_nothing_was_complete_before_the_last_was_sent_there_is_none(done: dict[str, float]) -> None:
    assert sustained(sent_at(100.0, 101.0), done) == 0.0


def test_bytes_are_of_what_came_since_and_of_each() -> None:
    before, after = Stored(1_000, 50, 10), Stored(3_000, 150, 10)
    assert after.each(before, 20) == {"wal": 100, "tables": 5, "indexes": 0}
