"""What is said of verifying: the middle run, its ratio to the twin's, and memory over a longer record."""

from __future__ import annotations

import pytest
from bench.bed.verifying import Taken
from bench.verify import Found, middle


def run(entries: int, seconds: float, peak: int = 100) -> Taken:
    return Taken(entries, 0, seconds, {}, peak)


def test_of_several_runs_the_middle_one_counts_and_the_most_memory() -> None:
    found = middle([run(100, 1, peak=120), run(100, 4), run(100, 2)])
    assert (found.rate, found.peak) == (50, 120)


def test_the_twin_is_compared_by_the_entry_and_memory_with_the_smaller_record() -> None:
    found = Found(run(1_000, 1), run(4_000, 4, peak=103), run(100, 2), run(4_000, 1))
    assert found.times_naive == 20
    assert found.growth == pytest.approx(3)
