"""A silent partner is measured beside what it is held against: in turn, run by run."""

from __future__ import annotations

from bench import silent
from bench.silent import Measure


def at(rate: float) -> Measure:
    return Measure(rate=rate, cpu={}, count=1, accepted=0.0, complete=[])


def test_each_way_comes_first_second_and_last_equally_often() -> None:
    runs = [silent.in_turn(run) for run in range(len(silent.WAYS))]
    assert all(sorted(run) == sorted(silent.WAYS) for run in runs)
    assert all(sorted(place) == sorted(silent.WAYS) for place in zip(*runs, strict=True))


def test_a_share_is_of_the_same_run() -> None:
    found = {
        "silent": [at(90.0), at(50.0)],
        "answering": [at(100.0), at(40.0)],
        "resting": [at(90.0), at(100.0)],
    }
    assert silent.share(found, "answering") == [90.0, 125.0]
    assert silent.share(found, "resting") == [100.0, 50.0]


def test_the_one_that_is_silent_receives_and_is_none_of_the_others() -> None:
    assert silent.SILENT in silent.recipients()
    assert sorted([silent.SILENT, *silent.others()]) == sorted(silent.recipients())
    assert silent.others()
