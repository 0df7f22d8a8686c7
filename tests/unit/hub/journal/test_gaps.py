"""Gaps lose no id, whatever comes late and in whatever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.journal.gaps import REST, Gap, between, fill, given_up

SINCE = datetime(2026, 11, 21, tzinfo=UTC)
LATER = SINCE + REST


def covered(gaps: list[Gap]) -> list[int]:
    return [each for gap in gaps for each in range(gap.first, gap.last + 1)]


def test_missing_ids_are_found() -> None:
    assert between(0, [1, 2, 5, 6, 9]) == [(3, 4), (7, 8)]
    assert between(9, []) == []


@given(st.sets(st.integers(1, 60)), st.sets(st.integers(1, 60)))
def test_what_is_left_and_what_arrived_are_all_that_was_missing(seen: set[int], late: set[int]) -> None:
    gaps = [Gap(first, last, SINCE, ["3/1"]) for first, last in between(0, [*sorted(seen), 61])]
    missing = set(covered(gaps))
    late &= missing
    filled, left = fill(gaps, sorted(late))
    remaining = sorted([*covered([gap for gap in gaps if gap not in filled]), *covered(left)])
    assert remaining == sorted(missing - late)
    assert all(gap.since == SINCE and gap.writers == ["3/1"] for gap in left)


def test_a_gap_is_given_up_only_when_rested_and_all_its_writers_ended() -> None:
    gap = Gap(3, 4, SINCE, ["3/1", "4/9"])
    assert given_up([gap], ["5/1"], LATER) == [gap]
    assert given_up([gap], [], LATER) == [gap]
    assert given_up([gap], ["5/1", "4/9"], LATER) == []
    assert given_up([gap], [], LATER - timedelta(microseconds=1)) == []


def test_a_prepared_transaction_keeps_every_gap() -> None:
    for writers in (["-1/777"], ["5/1", "-1/12"]):
        assert given_up([Gap(3, 4, SINCE, ["3/1"])], writers, LATER) == []
