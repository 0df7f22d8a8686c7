"""A definition with every trait of a form, and one of a partner made from it."""

from __future__ import annotations

from datetime import date

from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.hub.standards.elements import Element
from singlewindow.kernel.messages import Text
from unit.hub.documents.parcel import element

ON = date(2026, 11, 21)
_ELEMENTS = (
    ("sender_code", "an18", ""),
    ("sender", "text..70", ""),
    ("fragile", "flag", ""),
    ("cooled", "flag", ""),
    ("kind", "a1", "kinds"),
    ("country", "an3", "countries"),
    ("remark", "text..255", ""),
    ("name", "text..70", ""),
    ("mass", "d19,5", ""),
    ("number", "n..4", ""),
    ("digest", "an64", ""),
)


def elements() -> dict[str, Element]:
    return {code: named(code, notation, codes) for code, notation, codes in _ELEMENTS}


def named(code: str, notation: str, codes: str) -> Element:
    made = element(code, notation, codes)
    text = Text(code, code)
    return Element(code, text, text, made.definition, made.representation, codes)


def lists() -> dict[str, CodeList]:
    kinds = [Code(each, Text(each, each)) for each in "AB"]
    kinds += [Code(each, Text(each, each), valid_to=date(2002, 1, 1)) for each in "CDEFGH"]
    countries = [Code(f"C{at:02}", Text(f"国{at}", f"country {at}")) for at in range(1, 30)]
    return {
        "kinds": CodeList("kinds", Text("种类", "kinds"), Text("试", "a test"), kinds),
        "countries": CodeList("countries", Text("国别", "countries"), Text("试", "a test"), countries),
    }


PARCEL = """
id: parcel
version: "1"
valid_from: "2020-01-01"
name: {zh: 包裹, en: Parcel}
reference: sender
sections:
  - id: head
    name: {zh: 头, en: Head}
    form: {key: "1"}
    fields:
      - {element: sender_code, required: "yes", box: sender, width: "2"}
      - {element: remark, seldom: "yes"}
      - {element: sender, required: "yes", box: sender, width: "2"}
  - id: rest
    name: {zh: 续, en: Rest}
    form: {joined: "yes", boxes: {options: {zh: 事项, en: Options}}}
    fields:
      - {element: fragile, box: options}
      - {element: kind}
  - id: more
    name: {zh: 另, en: More}
    fields:
      - {element: country}
  - id: items
    name: {zh: 物品, en: Items}
    form: {editor: "yes"}
    repeats: {min: "0", max: "9"}
    fields:
      - {element: name, required: "yes", column: "yes"}
      - {element: mass, column: "yes", unit: kg}
      - {element: cooled}
    sections:
      - id: marks
        name: {zh: 标记, en: Marks}
        repeats: {min: "0", max: "9"}
        fields:
          - {element: number}
  - id: seals
    name: {zh: 封志, en: Seals}
    form: {half: "yes"}
    repeats: {min: "0", max: "9"}
    fields:
      - {element: number}
      - {element: digest, filled_by: system, seldom: "yes"}
"""
CUSTOMS = """
id: customs_parcel
version: "1"
valid_from: "2020-01-01"
name: {zh: 海关包裹, en: Customs parcel}
sections:
  - id: head
    name: {zh: 头, en: Head}
    fields:
      - {element: country, as: Country}
      - {element: remark, as: CountryAgain}
  - id: List
    name: {zh: 表, en: List}
    repeats: {min: "0", max: "9"}
    fields:
      - {element: number, as: No}
      - {element: name, as: Name}
"""
