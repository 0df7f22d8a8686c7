"""Both rates of a run, whole and while the pipe is full; how long its end is waited for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from types import SimpleNamespace

import pytest
from bench.bed import outcome
from bench.bed.generator import Sent
from bench.bed.outcome import NotTrueError, awaited, rate, sustained
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


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that goes on by a look at a time, of which ten without progress are the bound."""
    seconds: Iterator[int] = iter(range(1_000))
    clock = SimpleNamespace(monotonic=lambda: next(seconds), sleep=lambda _: None)
    monkeypatch.setattr(outcome, "time", clock)
    monkeypatch.setattr(outcome, "DRAIN_S", 10)


@pytest.mark.usefixtures("patience")
def test_what_becomes_less_is_waited_for() -> None:
    left = iter(range(100, -1, -1))
    awaited(lambda: next(left), "entries")
    assert next(left, None) is None


@pytest.mark.usefixtures("patience")
def test_what_no_longer_becomes_less_is_not() -> None:
    left = chain([9, 8], repeat(8))
    with pytest.raises(NotTrueError, match="8 entries after 10 s without progress"):
        awaited(lambda: next(left), "entries")
