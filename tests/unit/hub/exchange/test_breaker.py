"""The switch in a lane, without a clock of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.exchange.breaker import Breaker
from singlewindow.hub.exchange.connector import Retry

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RETRY = Retry(first_s=1, factor=2, most_s=60, breaker_failures=3)


def failed(times: int, at: datetime = NOON) -> Breaker:
    breaker = Breaker(RETRY)
    for _ in range(times):
        breaker = breaker.failed(at, "no answer")
    return breaker


def test_a_few_failures_leave_it_closed_and_the_bound_opens_it() -> None:
    assert failed(2).position(NOON) == "closed"
    assert failed(3).position(NOON) == "open"


def test_when_its_time_has_come_it_is_half_open() -> None:
    breaker = failed(3)
    assert breaker.position(NOON + timedelta(seconds=3.9)) == "open"
    assert breaker.position(NOON + timedelta(seconds=4)) == "half"


def test_a_clock_that_is_set_back_keeps_no_lane_shut() -> None:
    breaker = failed(3)
    assert breaker.position(NOON - timedelta(hours=1)) == "half"
    assert (
        breaker.failed(NOON - timedelta(hours=1), "no answer").position(NOON - timedelta(hours=1)) == "open"
    )


def test_one_success_closes_it_and_forgets_the_reason() -> None:
    assert failed(9).succeeded() == Breaker(RETRY)


@given(st.integers(min_value=0, max_value=2_000))
def test_the_wait_grows_and_stays_bounded(failures: int) -> None:
    wait = Breaker(RETRY, failures).wait_s()
    assert 0 <= wait <= RETRY.most_s
    assert wait <= Breaker(RETRY, failures + 1).wait_s()


def test_a_person_may_have_the_next_try_sooner_and_never_later() -> None:
    cut = failed(3)
    later, sooner = NOON + timedelta(seconds=9), NOON + timedelta(seconds=1)
    assert cut.sooner(None) == cut.sooner(later) == cut
    assert cut.sooner(sooner).position(sooner) == "half"
    assert (cut.sooner(sooner).failures, cut.sooner(sooner).problem) == (cut.failures, cut.problem)
    assert Breaker(RETRY).sooner(sooner) == Breaker(RETRY)
