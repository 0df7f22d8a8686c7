"""Until when a duty is to be done: its limit, counted from the state, a state before it, or the document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from msgspec import Struct

from singlewindow.hub.process import calendar as calendars
from singlewindow.hub.process.calendar import Calendar
from singlewindow.hub.process.limits import LimitVersion, TimeLimit
from singlewindow.hub.process.workflow import DutyRule, Standing

_MIDNIGHT = time(0)


class Deadlines(Struct, frozen=True):
    """The limits in force and the calendar they count by."""

    limits: Mapping[str, TimeLimit]
    calendar: Calendar

    def version(self, rule: DutyRule, since: datetime) -> LimitVersion | None:
        """The wording of a duty's limit in force when it began; None where it has no limit."""
        limit = self.limits.get(rule.limit)
        return limit.on(self.calendar.day_of(since)) if limit else None

    def due(
        self, rule: DutyRule, since: datetime, standing: Standing, values: Mapping[str, Any]
    ) -> datetime | None:
        """The deadline of what is owed since then.

        None without a limit, if it concerns other documents, or its start is unknown. Nor is there one past
        the end of all calendars: a partner's clock may say anything.
        """
        version = self.version(rule, since)
        if version is None or not version.concerns(values):
            return None
        start = self._start(version.starts, since, standing, values)
        try:
            return calendars.deadline(start, version.limit, self.calendar) if start else None
        except OverflowError:
            return None

    def begins(self, rule: DutyRule, since: datetime, standing: Standing) -> datetime:
        """What the receipts say of its beginning: changes when a deadline has to be counted anew."""
        version = self.version(rule, since)
        start = self._start(version.starts, since, standing, {}) if version else None
        return start or since

    def _start(
        self, starts: str, since: datetime, standing: Standing, values: Mapping[str, Any]
    ) -> datetime | None:
        kind, _, name = starts.partition(":")
        if kind == "field":
            day = values.get(name)
            return datetime.combine(date.fromisoformat(day), _MIDNIGHT, self.calendar.zone) if day else None
        begun = standing.marks.get(name)
        return begun.first if begun else since
