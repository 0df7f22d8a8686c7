"""A fact holds from a first to a last day, both included; the day that is asked about decides."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Generic, TypeVar

from msgspec import Struct

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
_MOST_DAYS = 16  # days a table remembers what held on


class Period(Struct, frozen=True):
    """From a first to a last day, both included; without a last one it is open."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def period(row: Mapping[str, str]) -> Period:
    """The ``valid_from`` and ``valid_to`` of a row, the latter "" or absent where it is open.

    Raises ValueError where they are no days in order.
    """
    first, last = row["valid_from"], row.get("valid_to")
    found = Period(date.fromisoformat(first), date.fromisoformat(last) if last else None)
    if not found.holds(found.first):
        raise ValueError(f"valid from {first} to {last}: the last day is before the first")
    return found


class Dated(Generic[Key, Value]):
    """Values by key, each in its period; raises ValueError where a key has two values on one day."""

    def __init__(self, rows: Iterable[tuple[Key, Period, Value]]) -> None:
        self._rows = tuple(rows)
        self._days: dict[date, Mapping[Key, Value]] = {}
        for begins in {each.first for _, each, _ in self._rows}:
            held = [key for key, each, _ in self._rows if each.holds(begins)]
            if twice := {key for key in held if held.count(key) > 1}:
                raise ValueError(f"{twice} stand twice on {begins}")

    def at(self, day: date) -> Mapping[Key, Value]:
        """What holds on a day; not to be changed."""
        found = self._days.get(day)
        if found is None:
            found = {key: value for key, each, value in self._rows if each.holds(day)}
            if len(self._days) >= _MOST_DAYS:
                self._days.clear()
            self._days[day] = found
        return found
