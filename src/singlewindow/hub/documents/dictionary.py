"""The data elements as documents use them: found by what they say, each with who has it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.standards.elements import Element
from singlewindow.hub.standards.finding import folded
from singlewindow.kernel.messages import Text


class Use(Struct, frozen=True):
    """Where an element is used: ``documents`` by kind, ``agencies`` by partner, in order.

    An agency uses what its own document has, and what that is filled from.
    """

    documents: Mapping[str, Text] = {}
    agencies: tuple[str, ...] = ()


def said(registry: Registry, query: str, of_list: str = "") -> list[Element]:
    """The elements that say every word of a query and, where one is named, take the codes of a list."""
    words = [folded(word) for word in query.split()]
    return [
        element
        for element in registry.elements.values()
        if of_list in ("", element.codes) and _says(element, words)
    ]


def uses(registry: Registry) -> dict[str, Use]:
    """By code, of every element that some document has."""
    documents: dict[str, dict[str, Text]] = defaultdict(dict)
    for definition in registry.definitions.values():
        for _, field in definition.paths():
            documents[field.element.code][definition.id] = definition.name
    agencies: dict[str, set[str]] = defaultdict(set)
    for element, partner in _users(registry):
        agencies[element].add(partner)
    return {
        code: Use(documents.get(code, {}), tuple(sorted(agencies.get(code, ()))))
        for code in documents.keys() | agencies.keys()
    }


def _says(element: Element, words: list[str]) -> bool:
    if not words:
        return True
    texts = (element.name, element.short, element.definition)
    parts = [element.code, element.codes, *(word for text in texts for word in (text.zh, text.en))]
    text = folded(" ".join([*parts, *element.refs.values()]))
    return all(word in text for word in words)


def _users(registry: Registry) -> Iterator[tuple[str, str]]:
    """Each element with a partner whose own document has it, or is filled from it."""
    for version, partner in registry.receivers.items():
        for _, field in registry.definitions[version].paths():
            yield field.element.code, partner
    for (partner, *_), projection in registry.projections.items():
        fields = dict(projection.source.paths())
        for origin in projection.lineage.values():
            if origin.source in fields:
                yield fields[origin.source].element.code, partner
