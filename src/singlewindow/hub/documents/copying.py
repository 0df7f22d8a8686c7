"""A new document like an earlier one: with what holds again, without what was said of that one alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.kernel.messages import Text

Row = dict[str, Any]


class Copied(Struct, frozen=True):
    """``values`` to begin with, all that stood there as ``whole``, and what people call what was left out."""

    values: Row
    whole: Row
    left: tuple[Text, ...]


def copied(definition: Definition, values: Mapping[str, Any]) -> Copied:
    """A copy of what somebody may type; the number that people call a document by is always left out:
    handed in untouched, it would be declared twice."""
    whole = definition.typed(values)
    left: dict[str, Text] = {}
    fields = [field for field in definition.head() if field.once or field.name == definition.reference]
    made = _copied(fields, definition.groups(), whole, left)
    return Copied(made, whole, tuple(left.values()))


def _copied(
    once: Iterable[Field], groups: Iterable[Section], values: Mapping[str, Any], left: dict[str, Text]
) -> Row:
    names = {field.name: field.element.short for field in once}
    sections = {section.id: section for section in groups}
    left |= {name: short for name, short in names.items() if name in values}
    made: Row = {}
    for name, value in values.items():
        if name in sections:
            made[name] = _lines(sections[name], value, left)
        elif name not in names:
            made[name] = value
    return {name: value for name, value in made.items() if value != []}


def _lines(section: Section, lines: list[Row], left: dict[str, Text]) -> list[Row]:
    """The lines of a section; one that said nothing else goes."""
    once = [field for field in section.fields if field.once]
    made = [_copied(once, section.sections, line, left) for line in lines]
    return [line for line in made if line]
