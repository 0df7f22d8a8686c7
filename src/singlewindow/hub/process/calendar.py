"""The working-day calendar: days of rest, make-up days, deadlines, clocks that stop and start. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from importlib.resources import files
from zoneinfo import ZoneInfo

from msgspec import Struct

from singlewindow.kernel.facts import parse_yaml

MOST = 3660  # days or hours of one limit
MOST_PAUSES = 1000
_DAY = timedelta(days=1)
_SATURDAY = 5
_LAST_SECOND = time(23, 59, 59)
_END_OF_TIME = date.max - timedelta(days=1)


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


class Pause(Struct, frozen=True):
    """While a clock stood still; ``resumed`` is None while it still does."""

    stopped: datetime
    resumed: datetime | None = None


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


def pauses(
    entries: Iterable[tuple[str, datetime]], stops: frozenset[str], starts: frozenset[str]
) -> tuple[Pause, ...]:
    """The pauses that journal entries (verb, at) tell of, in any order and repeated."""
    told = sorted({(at, verb in starts) for verb, at in entries if verb in stops | starts})
    found: list[Pause] = []
    stopped: datetime | None = None
    for at, resumes in told:
        if not resumes and stopped is None:
            stopped = at
        elif resumes and stopped is not None:
            found.append(Pause(stopped, at))
            stopped = None
    if stopped is not None:
        found.append(Pause(stopped))
    return tuple(found)


def deadline(
    start: datetime, limit: Limit, calendar: Calendar, stood: Sequence[Pause] = ()
) -> datetime | None:
    """When a limit that begins at ``start`` has run out; None while its clock stands still for good.

    Days: the first does not count, a day counts if the clock runs at its end, and the last one lasts
    until 23:59:59. Hours run to the second; working hours only while offices are open.
    """
    if not 1 <= limit.amount <= MOST:
        raise ValueError(f"a limit has 1 to {MOST} units, not {limit.amount}")
    if len(stood) > MOST_PAUSES:
        raise ValueError(f"a clock has at most {MOST_PAUSES} pauses")
    if limit.unit in (Unit.HOUR, Unit.WORKING_HOUR):
        return _after(start, timedelta(hours=limit.amount), limit.unit, calendar, stood)
    left, day = limit.amount, calendar.day_of(start)
    while left:
        day += _DAY
        if _standing_for_good(calendar.end_of(day), stood):
            return None
        left -= _counts(day, limit.unit, calendar, stood)
    while limit.rolls and not calendar.works(day):
        day += _DAY
    return calendar.end_of(day)


def _counts(day: date, unit: Unit, calendar: Calendar, stood: Sequence[Pause]) -> bool:
    if unit is Unit.WORKING_DAY and not calendar.works(day):
        return False
    end = calendar.end_of(day)
    return not any(p.stopped <= end and (p.resumed is None or end < p.resumed) for p in stood)


def _standing_for_good(at: datetime, stood: Sequence[Pause]) -> bool:
    return any(p.resumed is None and p.stopped <= at for p in stood)


def _after(
    start: datetime, length: timedelta, unit: Unit, calendar: Calendar, stood: Sequence[Pause]
) -> datetime | None:
    spans = _open(start, calendar) if unit is Unit.WORKING_HOUR else iter([(start, None)])
    for opens, closes in _without(spans, sorted(stood, key=lambda p: p.stopped)):
        if closes is None or closes - opens >= length:
            return opens + length
        length -= closes - opens
    return None


def _open(start: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime | None]]:
    """Office hours from an instant on."""
    day = calendar.day_of(start)
    while day < _END_OF_TIME:
        for opens, closes in calendar.office_hours if calendar.works(day) else ():
            end = datetime.combine(day, closes, calendar.zone)
            if end > start:
                yield max(start, datetime.combine(day, opens, calendar.zone)), end
        day += _DAY


def _without(
    spans: Iterator[tuple[datetime, datetime | None]], stood: Sequence[Pause]
) -> Iterator[tuple[datetime, datetime | None]]:
    """The parts of spans in which the clock ran; pauses in order of time."""
    for opens, closes in spans:
        at = opens
        for pause in stood:
            if closes is not None and pause.stopped >= closes:
                break
            if pause.stopped > at:
                yield at, pause.stopped
            if pause.resumed is None:
                return
            at = max(at, pause.resumed)
        if closes is None or at < closes:
            yield at, closes
