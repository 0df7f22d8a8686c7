"""A small document with every kind of field, two levels of lines and conditions, to try the engine on."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from singlewindow.hub.documents.checking import Check, compile_check
from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.hub.standards.elements import Element
from singlewindow.hub.standards.representation import parse_representation
from singlewindow.kernel.messages import Problem, Text

ON = date(2026, 11, 21)


def element(code: str, notation: str, codes: str = "") -> Element:
    name = Text(f"甲{code}", f"the {code}")
    return Element(
        code, name, name, Text(f"定义{code}", f"what {code} is"), parse_representation(notation), codes
    )


ELEMENTS = {
    each.code: each
    for each in (
        element("number", "an..12"),
        element("letters", "a..5"),
        element("digits", "n4"),
        element("remark", "text..20"),
        element("mass", "d9,3"),
        element("count", "d5"),
        element("sent_on", "date"),
        element("due_at", "time"),
        element("fragile", "flag"),
        element("country", "a3", "countries"),
        element("item", "text..30"),
        element("price", "d9,2"),
        element("licence", "an..10"),
        element("note", "text..10"),
    )
}
COUNTRIES = CodeList(
    "countries",
    Text("国别", "countries"),
    Text("试", "a test"),
    [
        Code("CHN", Text("中国", "China")),
        Code("DEU", Text("德国", "Germany")),
        Code("ROM", Text("罗", "Romania"), valid_to=date(2002, 2, 1), successor="ROU"),
        Code("ROU", Text("罗", "Romania")),
        Code("YUG", Text("南", "Yugoslavia"), valid_to=date(2003, 7, 23)),
    ],
)
LISTS = {"countries": COUNTRIES}
TEXT = """
id: parcel
version: "1"
valid_from: "2020-01-01"
name: {zh: 包裹, en: Parcel}
reference: number
keys: {item: items.item}
conditions:
  abroad: {country: [DEU, ROU]}
  priced: {items.price: ["*"]}
  licensed: {items.licences.licence: ["*"]}
sections:
  - id: head
    name: {zh: 头, en: Head}
    fields:
      - {element: number, required: "yes"}
      - {element: letters}
      - {element: digits}
      - {element: remark}
      - {element: mass, required: "yes"}
      - {element: count}
      - {element: sent_on, required: abroad}
      - {element: due_at}
      - {element: fragile}
      - {element: country, required: "yes"}
  - id: items
    name: {zh: 物品, en: Items}
    repeats: {min: "1", max: "50"}
    fields:
      - {element: item, required: "yes"}
      - {element: price}
      - {element: digits, required: priced}
      - {element: remark, required: abroad}
    sections:
      - id: licences
        name: {zh: 证, en: Licences}
        repeats: {min: "0", max: "3"}
        fields:
          - {element: licence, required: "yes"}
          - {element: note, required: priced}
"""
DEFINITION: Definition = parse_definition(TEXT, ELEMENTS)
CHECK: Check = compile_check(DEFINITION, LISTS)
GOOD: dict[str, Any] = {
    "number": "P-1",
    "mass": "1.5",
    "country": "CHN",
    "items": [{"item": "书", "licences": [{"licence": "L1"}]}, {"item": "pen"}],
}


def mended(**changes: Any) -> dict[str, Any]:
    """The good parcel with some values changed."""
    return GOOD | changes


def brief(problems: tuple[Problem, ...]) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in problems]


def with_condition(name: str, tests: dict[str, tuple[str, ...]]) -> Definition:
    """The definition with one condition put differently."""
    return replace(DEFINITION, conditions=DEFINITION.conditions | {name: tests})
