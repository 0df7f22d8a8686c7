"""Facts with their days: what holds on one, and what may not stand twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from singlewindow.kernel.periods import Dated, Period, period

ENDED = {"valid_from": "2018-09-15", "valid_to": "2025-02-28"}
SINCE = {"valid_from": "2025-03-01", "valid_to": ""}
TABLE = Dated([("law", period(ENDED), "old"), ("law", period(SINCE), "new"), ("tide", period(SINCE), "high")])


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2018, 9, 14), {}),
        (date(2018, 9, 15), {"law": "old"}),
        (date(2025, 2, 28), {"law": "old"}),
        (date(2025, 3, 1), {"law": "new", "tide": "high"}),
        (date(2999, 1, 1), {"law": "new", "tide": "high"}),
    ],
)
def test_both_days_are_included_and_the_next_row_takes_over(day: date, held: dict[str, str]) -> None:
    assert TABLE.at(day) == held


def test_without_a_last_day_a_period_is_open() -> None:
    assert period({"valid_from": "2025-03-01"}) == period(SINCE) == Period(date(2025, 3, 1), None)


def test_a_day_is_worked_out_once_and_few_are_kept() -> None:
    table = Dated([("law", Period(date(2025, 1, 1), None), "new")])
    assert table.at(date(2026, 1, 1)) is table.at(date(2026, 1, 1))
    for days in range(100):
        assert table.at(date(2026, 1, 1) + timedelta(days)) == {"law": "new"}
    assert len(table._days) <= 16


def test_two_values_on_one_day_are_refused() -> None:
    with pytest.raises(ValueError, match=r"law.* stand twice on 2025-02-28"):
        Dated([("law", period(ENDED), 1), ("law", period(SINCE | {"valid_from": "2025-02-28"}), 2)])


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2025-03-01", "2025-02-28", "the last day is before the first"),
        ("", "", "isoformat"),
        ("2025-3-1", "", "isoformat"),
    ],
)
def test_what_is_no_period_is_refused(first: str, last: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        period({"valid_from": first, "valid_to": last})
