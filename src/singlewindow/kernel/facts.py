"""Facts shipped as YAML and CSV, read strictly: every scalar is a text, so 0100 stays 0100 and NO Norway.

A fact holds from a first to a last day, both included; the day that is asked about decides.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

import yaml
from msgspec import Struct

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
_MOST_DAYS = 16  # days a table remembers what held on

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc]
    """The safe loader without implicit types; a key may stand once."""


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    loader.flatten_mapping(node)
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in result:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Strict.yaml_implicit_resolvers = {}
_Strict.add_constructor("tag:yaml.org,2002:map", _mapping)


def parse_yaml(text: str) -> Any:
    """Texts, lists and mappings of one YAML document; raises ``yaml.YAMLError``."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader made stricter


class Period(Struct, frozen=True):
    """From a first to a last day, both included; without a last one it is open."""

    first: date
    last: date | None

    def holds(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)


def period(row: Mapping[str, str]) -> Period:
    """The ``valid_from`` and ``valid_to`` of a row; raises ValueError where they are no days in order."""
    first, last = row["valid_from"], row["valid_to"]
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
