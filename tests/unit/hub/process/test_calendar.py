"""Deadlines over holidays and make-up days."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.process import calendar as calendars
from singlewindow.hub.process.calendar import Limit, Unit, deadline

CALENDAR = calendars.shipped()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CALENDAR.zone)


def ends(text: str) -> datetime:
    return CALENDAR.end_of(date.fromisoformat(text))


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CALENDAR.zone)
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-02-14", True),  # a Saturday made up for Spring Festival
        ("2026-02-28", True),
        ("2025-10-11", True),
        ("2025-09-28", True),  # a Sunday
        ("2026-02-16", False),
        ("2026-10-01", False),
        ("2026-11-21", False),  # an ordinary Saturday
        ("2026-11-20", True),
        ("2027-01-01", False),  # a holiday of every year, whatever its notice will say
        ("2030-01-02", True),  # not published: weekends alone decide
    ],
)
def test_holidays_and_make_up_days(day: str, works: bool) -> None:
    assert CALENDAR.works(date.fromisoformat(day)) is works


@pytest.mark.parametrize(("year", "working"), [(2025, 248), (2026, 248)])
def test_a_year_has_as_many_working_days_as_its_holidays_leave(year: int, working: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(365)]
    assert sum(map(CALENDAR.works, days)) == working
    assert all(map(CALENDAR.covers, days))
    assert not CALENDAR.covers(date(2027, 1, 1))


def test_every_exception_differs_from_its_weekday_or_is_a_festival() -> None:
    for day, works in CALENDAR.exceptions.items():
        if works:
            assert day.weekday() >= 5, day


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-11-21T10:00", Limit(14, Unit.DAY), "2026-12-05"),
        ("2026-11-21T10:00", Limit(14, Unit.DAY, rolls=True), "2026-12-07"),  # Saturday, so Monday
        ("2026-09-20T23:59", Limit(15, Unit.DAY, rolls=True), "2026-10-08"),  # over National Day
        ("2026-01-31T00:00", Limit(14, Unit.DAY, rolls=True), "2026-02-14"),  # a Saturday that is worked
        ("2026-02-13T09:00", Limit(1, Unit.WORKING_DAY), "2026-02-14"),
        ("2026-02-14T09:00", Limit(1, Unit.WORKING_DAY), "2026-02-24"),
        ("2026-02-14T09:00", Limit(5, Unit.WORKING_DAY), "2026-02-28"),
        ("2026-11-20T09:00", Limit(10, Unit.WORKING_DAY), "2026-12-04"),
    ],
)
def test_days(start: str, limit: Limit, end: str) -> None:
    assert deadline(at(start), limit, CALENDAR) == ends(end)


@pytest.mark.parametrize(
    ("start", "limit", "end"),
    [
        ("2026-11-20T17:00", Limit(24, Unit.HOUR), "2026-11-21T17:00"),
        ("2026-11-20T17:00", Limit(1, Unit.WORKING_HOUR), "2026-11-23T09:30"),
        ("2026-11-20T11:30", Limit(2, Unit.WORKING_HOUR), "2026-11-20T15:00"),
        ("2026-02-14T16:30", Limit(2, Unit.WORKING_HOUR), "2026-02-24T10:00"),
        ("2026-11-21T10:00", Limit(7, Unit.WORKING_HOUR), "2026-11-23T17:30"),
    ],
)
def test_hours(start: str, limit: Limit, end: str) -> None:
    assert deadline(at(start), limit, CALENDAR) == at(end)


def test_the_ports_day_counts_not_that_of_utc() -> None:
    late = datetime.fromisoformat("2026-11-20T16:30:00+00:00")  # 00:30 on the 21st in Chongqing
    assert deadline(late, Limit(1, Unit.DAY), CALENDAR) == ends("2026-11-22")


@given(MOMENTS, st.integers(1, 60), st.sampled_from(list(Unit)), st.booleans())
def test_a_longer_limit_never_ends_earlier(start: datetime, amount: int, unit: Unit, rolls: bool) -> None:
    shorter = deadline(start, Limit(amount, unit, rolls), CALENDAR)
    longer = deadline(start, Limit(amount + 1, unit, rolls), CALENDAR)
    assert start < shorter <= longer


@given(MOMENTS, st.integers(1, 40), st.sampled_from([Unit.DAY, Unit.WORKING_DAY]))
def test_the_days_counted_until_the_deadline_are_the_limit(start: datetime, amount: int, unit: Unit) -> None:
    end = deadline(start, Limit(amount, unit), CALENDAR)
    days = [CALENDAR.day_of(start) + timedelta(days=1)]
    while days[-1] < CALENDAR.day_of(end):
        days.append(days[-1] + timedelta(days=1))
    assert len([day for day in days if unit is Unit.DAY or CALENDAR.works(day)]) == amount


@pytest.mark.parametrize("amount", [0, -1, calendars.MOST + 1])
def test_a_limit_is_bounded(amount: int) -> None:
    with pytest.raises(ValueError, match="a limit has"):
        deadline(at("2026-11-20T09:00"), Limit(amount, Unit.DAY), CALENDAR)
