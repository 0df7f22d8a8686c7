"""The working-day calendar: days of rest, make-up days, deadlines. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml

MOST = 3660  # days or hours of one limit
_DAY = timedelta(days=1)
_SATURDAY = 5
_LAST_SECOND = time(23, 59, 59)


class Unit(StrEnum):
    """What a limit counts."""

    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    DAY = "day"
    WORKING_DAY = "working_day"


class Limit(Struct, frozen=True):
    """So many days or hours; ``rolls``: a last day of rest moves to the next working day."""

    amount: int
    unit: Unit
    rolls: bool = False


class Calendar(Struct, frozen=True):
    """Where days begin, office hours, and the days that differ from their weekday (True: worked)."""

    zone: ZoneInfo
    office_hours: tuple[tuple[time, time], ...]
    exceptions: Mapping[date, bool]
    first: date
    last: date

    def works(self, day: date) -> bool:
        """Whether it is a working day; outside the published years weekends alone decide."""
        return self.exceptions.get(day, day.weekday() < _SATURDAY)

    def covers(self, day: date) -> bool:
        """Whether the holidays of that day's year are published and known."""
        return self.first <= day <= self.last

    def day_of(self, at: datetime) -> date:
        """The port's day."""
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """The last second of a day."""
        return datetime.combine(day, _LAST_SECOND, self.zone)


def shipped() -> Calendar:
    """The calendar of ``facts/``; raises ValueError where a day is named twice or no weekday's exception."""
    facts = files(__package__).joinpath("facts")
    settings = parse_yaml(facts.joinpath("calendar.yaml").read_text("utf-8"))
    hours = settings["office_hours"]
    return Calendar(
        ZoneInfo(settings["zone"]),
        tuple((time.fromisoformat(h["opens"]), time.fromisoformat(h["closes"])) for h in hours),
        _exceptions(facts.joinpath("holidays.csv").read_text("utf-8")),
        date.fromisoformat(settings["published"]["first"]),
        date.fromisoformat(settings["published"]["last"]),
    )


def _exceptions(table: str) -> dict[date, bool]:
    found: dict[date, bool] = {}
    for row in csv.DictReader(io.StringIO(table, newline="")):
        day, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        while day <= last:
            if day in found:
                raise ValueError(f"{day} is named twice")
            found[day] = {"work": True, "rest": False}[row["kind"]]
            day += _DAY
    return found


def deadline(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """When a limit that begins at ``start`` has run out.

    Days: the first does not count, and the last one lasts until 23:59:59. Hours run to the second;
    working hours only while offices are open.
    """
    if not 1 <= limit.amount <= MOST:
        raise ValueError(f"a limit has 1 to {MOST} units, not {limit.amount}")
    if limit.unit is Unit.HOUR:
        return start + timedelta(hours=limit.amount)
    if limit.unit is Unit.WORKING_HOUR:
        return _after(start, timedelta(hours=limit.amount), calendar)
    left, day = limit.amount, calendar.day_of(start)
    while left:
        day += _DAY
        left -= limit.unit is Unit.DAY or calendar.works(day)
    while limit.rolls and not calendar.works(day):
        day += _DAY
    return calendar.end_of(day)


def _after(start: datetime, length: timedelta, calendar: Calendar) -> datetime:
    hours = _open(start, calendar)
    opens, closes = next(hours)
    while closes - opens < length:
        length -= closes - opens
        opens, closes = next(hours)
    return opens + length


def _open(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Office hours from an instant on."""
    day = calendar.day_of(start)
    while True:
        for opens, closes in calendar.office_hours if calendar.works(day) else ():
            end = datetime.combine(day, closes, calendar.zone)
            if end > start:
                yield max(start, datetime.combine(day, opens, calendar.zone)), end
        day += _DAY
