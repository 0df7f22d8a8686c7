"""What must be filled in only where a named condition of the definition is met."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from singlewindow.hub.documents import faults
from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.kernel.messages import Problem

Condition = Mapping[str, tuple[str, ...]]
_Narrow = Callable[[list[dict[str, Any]]], Mapping[str, Any]]


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a condition is met: every path has one of its values; ``*`` is any value."""
    for path, wanted in condition.items():
        head, _, rest = path.partition(".")
        if not _has(values, head, rest, wanted):
            return False
    return True


def _has(values: Mapping[str, Any], head: str, rest: str, wanted: tuple[str, ...]) -> bool:
    found = values.get(head)
    if found is None:
        return False
    if not rest:
        return found in wanted or "*" in wanted
    head, _, rest = rest.partition(".")
    for line in found:  # noqa: SIM110 - asked seven times a submission, where any() takes twice as long
        if _has(line, head, rest, wanted):
            return True
    return False


def values_at(values: Mapping[str, Any], path: str) -> list[str]:
    """The values at a path such as ``goods.un_number``, one a line that has it."""
    head, _, rest = path.partition(".")
    found = values.get(head)
    if found is None:
        return []
    if not rest:
        return [found]
    return [value for line in found for value in values_at(line, rest)]


class _Asking(NamedTuple):
    """A section with conditional fields, its own or further down."""

    section: Section
    fields: tuple[Field, ...]
    inner: tuple[_Asking, ...]


class Conditions:
    """The conditional fields of a definition, asked of a document's canonical values."""

    def __init__(self, definition: Definition) -> None:
        self.conditions = definition.conditions
        self.head = self._conditional(tuple(definition.head()))
        self.groups = self._asking(definition.groups())

    def unmet(self, values: dict[str, Any]) -> Iterator[Problem]:
        """Every field that a met condition asks for and that has no value.

        A condition on a section's own fields is asked of each line, any other of the document.
        """
        met = {name for name, condition in self.conditions.items() if holds(condition, values)}
        for spec in self.head:
            if spec.required in met and spec.name not in values:
                yield faults.missing(spec.name, spec.element.name)
        for asking in self.groups:
            section = asking.section.id
            yield from self._lines(asking, values, section, _within(_only, values, section), met)

    def _lines(
        self, asking: _Asking, holder: Mapping[str, Any], path: str, narrow: _Narrow, met: set[str]
    ) -> Iterator[Problem]:
        fields = [spec for spec in asking.fields if spec.required in met]
        for i, line in enumerate(holder.get(asking.section.id, ())):
            lacking = [spec for spec in fields if spec.name not in line]
            alone = narrow([line]) if lacking else {}
            for spec in lacking:
                if holds(self.conditions[spec.required], alone):
                    yield faults.missing(f"{path}[{i}].{spec.name}", spec.element.name)
            for inner in asking.inner:
                section = inner.section.id
                yield from self._lines(
                    inner, line, f"{path}[{i}].{section}", _within(narrow, line, section), met
                )

    def _conditional(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(spec for spec in fields if spec.required in self.conditions)

    def _asking(self, sections: Iterable[Section]) -> tuple[_Asking, ...]:
        asked = (_Asking(s, self._conditional(s.fields), self._asking(s.sections)) for s in sections)
        return tuple(each for each in asked if each.fields or each.inner)


def _only(documents: list[dict[str, Any]]) -> Mapping[str, Any]:
    return documents[0]


def _within(narrow: _Narrow, holder: Mapping[str, Any], section: str) -> _Narrow:
    return lambda lines: narrow([{**holder, section: lines}])
