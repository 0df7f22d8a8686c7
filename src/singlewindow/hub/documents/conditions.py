"""What must be filled in only where a named condition of the definition is met."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from singlewindow.hub.documents import faults
from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.kernel.messages import Problem

Condition = Mapping[str, tuple[str, ...]]
_Narrow = Callable[[list[dict[str, Any]]], Mapping[str, Any]]


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Whether a condition is met: every path has one of its values; ``*`` is any value."""
    return all(
        any(found in wanted or "*" in wanted for found in values_at(values, path))
        for path, wanted in condition.items()
    )


def values_at(values: Mapping[str, Any], path: str) -> list[str]:
    """The values at a path such as ``goods.un_number``, one a line that has it."""
    head, _, rest = path.partition(".")
    found = values.get(head)
    if found is None:
        return []
    if not rest:
        return [found]
    return [value for line in found for value in values_at(line, rest)]


class Conditions:
    """The conditional fields of a definition, asked of a document's canonical values."""

    def __init__(self, definition: Definition) -> None:
        self.conditions = definition.conditions
        self.head = self._conditional(tuple(definition.head()))
        self.groups = tuple(section for section in definition.groups() if self._asks(section))

    def unmet(self, values: dict[str, Any]) -> Iterator[Problem]:
        """Every field that a met condition asks for and that has no value.

        A condition on a section's own fields is asked of each line, any other of the document.
        """
        met = {name for name, condition in self.conditions.items() if holds(condition, values)}
        for spec in self.head:
            if spec.required in met and spec.name not in values:
                yield faults.missing(spec.name, spec.element.name)
        for section in self.groups:
            yield from self._lines(section, values, section.id, _within(_only, values, section.id), met)

    def _lines(
        self, section: Section, holder: Mapping[str, Any], path: str, narrow: _Narrow, met: set[str]
    ) -> Iterator[Problem]:
        fields = [spec for spec in self._conditional(section.fields) if spec.required in met]
        for i, line in enumerate(holder.get(section.id, ())):
            alone = narrow([line])
            for spec in fields:
                if spec.name not in line and holds(self.conditions[spec.required], alone):
                    yield faults.missing(f"{path}[{i}].{spec.name}", spec.element.name)
            for inner in section.sections:
                if self._asks(inner):
                    below = f"{path}[{i}].{inner.id}"
                    yield from self._lines(inner, line, below, _within(narrow, line, inner.id), met)

    def _conditional(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        return tuple(spec for spec in fields if spec.required in self.conditions)

    def _asks(self, section: Section) -> bool:
        return bool(self._conditional(section.fields)) or any(map(self._asks, section.sections))


def _only(documents: list[dict[str, Any]]) -> Mapping[str, Any]:
    return documents[0]


def _within(narrow: _Narrow, holder: Mapping[str, Any], section: str) -> _Narrow:
    return lambda lines: narrow([{**holder, section: lines}])
