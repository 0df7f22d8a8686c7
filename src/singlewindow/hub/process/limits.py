"""Time limits as facts: what counts from when, on which legal basis, and what being late costs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from importlib.resources import files
from itertools import pairwise
from typing import Any

from msgspec import Struct

from singlewindow.hub.process.calendar import MOST, Calendar, Limit, Unit
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text
from singlewindow.kernel.periods import Period, period

_DAY = timedelta(days=1)


class LateFee(Struct, frozen=True):
    """A share of the base for every day late, in steps; below ``minimum`` nothing is due (CNY).

    What is no whole step is cut off, or rounded half up where the fee ``rounds`` to the nearest. Where it
    ``rolls`` it begins on a working day: days of rest right after the last day are free.
    """

    rate: Decimal
    minimum: Decimal
    step: Decimal
    rounds: bool = False
    rolls: bool = False

    def due(self, base: Decimal, days: int) -> Decimal:
        """The fee on ``base`` CNY after so many days."""
        steps = base * self.rate * max(days, 0) / self.step
        fee = steps.to_integral_value(ROUND_HALF_UP if self.rounds else ROUND_DOWN) * self.step
        return fee if fee >= self.minimum else Decimal(0)


class LimitVersion(Struct, frozen=True):
    """One wording of a time limit and the days it is in force; ``starts`` as in ``limits.yaml``."""

    limit: Limit
    starts: str
    when: Mapping[str, tuple[str, ...]]
    unless: Mapping[str, tuple[str, ...]]
    period: Period
    late_fee: LateFee | None
    source: Text

    def concerns(self, values: Mapping[str, Any]) -> bool:
        """Whether it is meant for a source document with these values."""
        asked = all(values.get(element) in wanted for element, wanted in self.when.items())
        return asked and not any(values.get(element) in other for element, other in self.unless.items())

    @property
    def asks_document(self) -> bool:
        """Whether the source document's values are needed."""
        return bool(self.when or self.unless) or self.starts.startswith("field:")


class TimeLimit(Struct, frozen=True):
    """A named time limit in all its versions."""

    id: str
    name: Text
    versions: tuple[LimitVersion, ...]

    def on(self, day: date) -> LimitVersion | None:
        """The version in force on a day."""
        return next((version for version in self.versions if version.period.holds(day)), None)


def days_late(fee: LateFee, due: datetime, done: datetime, calendar: Calendar) -> int:
    """Days that a late fee counts: from its first, after ``due``, up to the day of ``done``; 0 if before."""
    first = calendar.day_of(due) + _DAY
    while fee.rolls and not calendar.works(first):
        first += _DAY
    return max((calendar.day_of(done) - first).days + 1, 0)


def shipped() -> dict[str, TimeLimit]:
    """The limits of ``facts/limits.yaml`` by id."""
    return read(files(__package__).joinpath("facts/limits.yaml").read_text("utf-8"))


def read(text: str) -> dict[str, TimeLimit]:
    """Limits written in YAML; raises ValueError where two versions are in force on one day."""
    found = {
        each: TimeLimit(each, Text(**row["name"]), tuple(map(_version, row["versions"])))
        for each, row in parse_yaml(text).items()
    }
    for limit in found.values():
        ordered = sorted(limit.versions, key=lambda version: version.period.first)
        for earlier, later in pairwise(ordered):
            if earlier.period.holds(later.period.first):
                raise ValueError(f"{limit.id}: two versions are in force on {later.period.first}")
    return found


def _version(row: Mapping[str, Any]) -> LimitVersion:
    amount = int(row["amount"])
    if not 1 <= amount <= MOST:
        raise ValueError(f"a limit has 1 to {MOST} units, not {amount}")
    if row["starts"] != "receipt" and not row["starts"].startswith(("state:", "field:")):
        raise ValueError(f"a limit cannot start at {row['starts']}")
    return LimitVersion(
        limit=Limit(amount, Unit(row["unit"]), row.get("rolls") == "yes"),
        starts=row["starts"],
        when=_tests(row.get("when", {})),
        unless=_tests(row.get("unless", {})),
        period=period(row),
        late_fee=_late_fee(row["late_fee"]) if "late_fee" in row else None,
        source=Text(**row["source"]),
    )


def _tests(row: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {element: tuple(wanted) for element, wanted in row.items()}


def _late_fee(row: Mapping[str, str]) -> LateFee:
    if row.get("rounds") not in (None, "nearest"):
        raise ValueError(f"a late fee cannot round to {row['rounds']}")
    rate, minimum, step = (Decimal(row[part]) for part in ("rate", "minimum", "step"))
    return LateFee(rate, minimum, step, row.get("rounds") == "nearest", row.get("rolls") == "yes")
