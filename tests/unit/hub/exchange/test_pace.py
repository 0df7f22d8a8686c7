"""When a lane's next batch is taken, and when a partner is asked again that had nothing."""

from __future__ import annotations

import pytest

from singlewindow.hub.exchange.pace import PATIENCE, SELDOM_S, SHARE, SOONER, look_s, pause_s

MOST, GATHER_S, SPENT_S = 100, 0.1, 0.06


def lane(rate: float, waiting: float = 0.0, batches: int = 60) -> tuple[list[int], float]:
    """Batches of a lane that fills at a rate, and the seconds they took."""
    sizes, filled_s, passed = [], GATHER_S, 0.0
    for _ in range(batches):
        waiting += rate * filled_s
        sizes.append(min(int(waiting), MOST))
        waiting -= sizes[-1]
        filled_s = SPENT_S + pause_s(sizes[-1], MOST, GATHER_S, filled_s, SPENT_S)
        passed += filled_s
    return sizes, passed


@pytest.mark.parametrize("rate", [1, 50, 200, 330])
def test_what_does_not_fill_soon_gathers_for_a_moment(rate: float) -> None:
    sizes, passed = lane(rate)
    assert passed == pytest.approx(len(sizes) * (GATHER_S + SPENT_S))


@pytest.mark.parametrize("rate", [350, 400, 600, 1_000])
def test_a_batch_that_fills_soon_is_waited_for(rate: float) -> None:
    sizes, _ = lane(rate)
    later = sizes[10:]
    assert sum(later) / len(later) > (1 + SOONER) / 2 * MOST - 2


def test_a_lane_that_was_away_for_long_catches_up() -> None:
    sizes, passed = lane(rate=200, waiting=6_000)
    assert sizes == [MOST] * len(sizes)
    assert passed < 2 * SPENT_S * len(sizes)


def test_no_pause_is_longer_than_patience_allows() -> None:
    pauses = [pause_s(n, MOST, GATHER_S, s / 20, 0.0) for n in range(MOST + 1) for s in range(100)]
    assert max(pauses) <= PATIENCE * GATHER_S
    assert min(pauses) >= 0


def test_a_partner_is_asked_the_more_seldom_the_longer_both_sides_were_quiet() -> None:
    assert look_s(0.2, quiet_s=0.2 / SHARE, spent_s=0.0) == 0.2
    assert look_s(0.2, quiet_s=5.0, spent_s=0.1) == pytest.approx(5.0 * SHARE - 0.1)
    assert look_s(0.2, quiet_s=3_600.0, spent_s=0.1) == pytest.approx(SELDOM_S - 0.1)


@pytest.mark.parametrize(("fetch_s", "spent_s"), [(0.2, 5.0), (3.0, 0.0)])
def test_who_waits_for_news_himself_or_is_asked_seldom_anyway_is_asked_as_before(
    fetch_s: float, spent_s: float
) -> None:
    assert look_s(fetch_s, quiet_s=3_600.0, spent_s=spent_s) == fetch_s
