"""The data elements as the dictionary's page shows them: each with its codes, numbers and documents."""

from __future__ import annotations

from collections.abc import Mapping, Set

from msgspec import Struct

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.portal import names
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.standards.elements import REFERENCES, Element
from singlewindow.hub.standards.finding import folded
from singlewindow.kernel.messages import Text

PAGE = 100
CALLED = {
    "wco": Text("WCO 数据模型", "WCO data model"),
    "untded": Text("UNTDED", "UNTDED"),
    "gb": Text("国家标准", "GB"),
    "dec": Text("报关单报文", "Customs message"),
}


class Entry(Struct, frozen=True):
    """One element; ``references`` are its numbers elsewhere, ``documents`` the kinds that have it.

    ``agencies`` are those whose own documents have it, or are filled from it.
    """

    element: Element
    form: str
    codes: CodeList | None
    references: tuple[tuple[Text, str], ...]
    agencies: tuple[Partner, ...]
    documents: tuple[Text, ...]


def entries(registry: Registry, query: str, of_list: str = "") -> list[Entry]:
    """The elements that say every word of a query and, where one is named, take the codes of a list."""
    words = [folded(word) for word in query.split()]
    used, users = _documents(registry), _users(registry)
    return [
        _entry(element, registry.listings, used.get(element.code, {}), users.get(element.code, set()))
        for element in registry.elements.values()
        if of_list in ("", element.codes) and _says(element, words)
    ]


def _says(element: Element, words: list[str]) -> bool:
    if not words:
        return True
    texts = (element.name, element.short, element.definition)
    parts = [element.code, element.codes, *(word for text in texts for word in (text.zh, text.en))]
    text = folded(" ".join([*parts, *element.refs.values()]))
    return all(word in text for word in words)


def _entry(
    element: Element, lists: Mapping[str, CodeList], documents: Mapping[str, Text], users: Set[str]
) -> Entry:
    return Entry(
        element,
        str(element.representation),
        lists.get(element.codes),
        tuple((CALLED[each], element.refs[each]) for each in REFERENCES if each in element.refs),
        tuple(names.partner(user) for user in sorted(users)),
        tuple(documents.values()),
    )


def _documents(registry: Registry) -> dict[str, dict[str, Text]]:
    """For each element the documents that have it, by kind."""
    used: dict[str, dict[str, Text]] = {}
    for definition in registry.definitions.values():
        for _, field in definition.paths():
            used.setdefault(field.element.code, {})[definition.id] = definition.name
    return used


def _users(registry: Registry) -> dict[str, set[str]]:
    """For each element the partners whose own documents have it, or are filled from it."""
    used: dict[str, set[str]] = {}
    for version, partner in registry.receivers.items():
        for _, field in registry.definitions[version].paths():
            used.setdefault(field.element.code, set()).add(partner)
    for (partner, *_), projection in registry.projections.items():
        fields = dict(projection.source.paths())
        for origin in projection.lineage.values():
            if origin.source in fields:
                used.setdefault(fields[origin.source].element.code, set()).add(partner)
    return used
