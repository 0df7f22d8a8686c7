"""The data elements as the dictionary's page shows them: each with its codes, numbers and documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from singlewindow.hub.documents.dictionary import Use, said, uses
from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.portal import names
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.standards.elements import REFERENCES, Element
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

    ``unnumbered`` are reasons why there is none, each with the directories it is given for.
    ``agencies`` are those whose own documents have it, or are filled from it.
    """

    element: Element
    form: str
    codes: CodeList | None
    references: tuple[tuple[Text, str], ...]
    unnumbered: tuple[tuple[Text, Text], ...]
    agencies: tuple[Partner, ...]
    documents: tuple[Text, ...]


def entries(registry: Registry, query: str, of_list: str = "") -> list[Entry]:
    """The elements that say every word of a query and, where one is named, take the codes of a list."""
    used = uses(registry)
    return [
        _entry(element, registry.listings, used.get(element.code, Use()))
        for element in said(registry, query, of_list)
    ]


def _entry(element: Element, lists: Mapping[str, CodeList], used: Use) -> Entry:
    return Entry(
        element,
        str(element.representation),
        lists.get(element.codes),
        tuple((CALLED[each], element.refs[each]) for each in REFERENCES if each in element.refs),
        tuple(_unnumbered(element)),
        tuple(names.partner(user) for user in used.agencies),
        tuple(used.documents.values()),
    )


def _unnumbered(element: Element) -> Iterator[tuple[Text, Text]]:
    """Each reason once, with the directories that have no number for it."""
    for reason in dict.fromkeys(element.unnumbered.values()):
        called = [CALLED[each] for each, why in element.unnumbered.items() if why == reason]
        yield (
            Text("、".join(each.zh for each in called), ", ".join(each.en for each in called)),
            reason,
        )
