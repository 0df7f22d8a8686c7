"""The quick way through one level of a document: values that are all canonical are recognised together.

Only what is present is looked at, and no Python is run per value: one ``map`` asks a pattern or a set of
codes for each. Whatever it does not recognise goes the long way, which is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import call
from typing import Any, NamedTuple, Protocol

from singlewindow.hub.documents.definition import Field, Section
from singlewindow.hub.documents.forms import form_of

SHAPES_MOST = 4_096  # of one level; software that fills in a form leaves few combinations of boxes empty
_NO_DAY = date.min


class Codes(Protocol):
    """A code list, asked for the codes of a day."""

    def active(self, on: date) -> frozenset[str]: ...


class _Shape(NamedTuple):
    """How lines with these elements, in this order, are looked at."""

    tests: tuple[Callable[[Any], Any], ...]
    order: tuple[str, ...]  # the definition's; empty where they stand in it already
    groups: tuple[str, ...]


class _Day(NamedTuple):
    """What a level is asked of on one day, whole: another thread may turn to another day at any moment."""

    on: date
    tests: dict[str, Callable[[Any], Any]]
    shapes: dict[tuple[str, ...], _Shape | None]


class Clean:
    """Recognises the clean lines of one level: those whose values need neither mending nor a problem."""

    def __init__(
        self, fields: Iterable[Field], groups: Iterable[Section], listings: Mapping[str, Codes]
    ) -> None:
        self._fields = {spec.name: spec for spec in fields}
        self._places = {name: place for place, name in enumerate(self._fields)}
        self._groups = frozenset(section.id for section in groups)
        self._required = frozenset(name for name, spec in self._fields.items() if spec.required == "yes")
        self._matches = {name: _match(spec) for name, spec in self._fields.items() if not spec.element.codes}
        self._listings = {
            name: listings[spec.element.codes] for name, spec in self._fields.items() if spec.element.codes
        }
        self._day = _Day(_NO_DAY, {}, {})

    def __call__(self, raw: dict[str, Any], on: date) -> dict[str, Any] | None:
        """The fields' values in the definition's order; None if any of them is not clean.

        Where all stand in it already, this is the level as it was given.
        """
        day = self._day
        if on != day.on:
            day = self._day = self._turned(on)
        names = tuple(raw)
        try:
            shape = day.shapes[names]
        except KeyError:
            shape = self._shape(names, day)
        if shape is None:
            return None
        try:
            if not all(map(call, shape.tests, raw.values())):
                return None
        except TypeError:  # no text
            return None
        if shape.order:
            return {name: raw[name] for name in shape.order}
        if not shape.groups:
            return raw
        values = raw.copy()
        for name in shape.groups:
            del values[name]
        return values

    def lines(self, value: Any, section: Section, on: date) -> list[dict[str, Any]] | None:
        """All lines of a section; None if one is not clean or holds lines itself, or if they are too many."""
        if type(value) is not list or not section.least <= len(value) <= section.most:
            return None
        rows = []
        for line in value:
            row = self(line, on) if type(line) is dict else None
            if row is None or len(row) != len(line):
                return None
            rows.append(row)
        return rows

    def _turned(self, on: date) -> _Day:
        """Another day has other codes in force."""
        codes = {name: listing.active(on).__contains__ for name, listing in self._listings.items()}
        # Whatever stands for a group is looked at line by line later; ``type`` is true of everything.
        return _Day(on, {**self._matches, **codes, **dict.fromkeys(self._groups, type)}, {})

    def _shape(self, names: tuple[str, ...], day: _Day) -> _Shape | None:
        """What is known of these elements that day; None if one is unknown or one is missing."""
        shape = None
        if day.tests.keys() >= set(names) >= self._required:
            filled = tuple(name for name in names if name in self._places)
            ordered = tuple(sorted(filled, key=self._places.__getitem__))
            groups = tuple(name for name in names if name in self._groups)
            tests = tuple(day.tests[name] for name in names)
            shape = _Shape(tests, () if ordered == filled else ordered, groups)
        if len(day.shapes) < SHAPES_MOST:
            day.shapes[names] = shape
        return shape


def _match(spec: Field) -> Callable[[Any], Any]:
    return re.compile(form_of(spec.element.representation).pattern).fullmatch
