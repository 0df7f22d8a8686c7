"""A stored document for reading: the form's order, names of codes, nothing that was declared left out."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from msgspec.structs import replace

from singlewindow.hub.documents.definition import parse_definition
from singlewindow.hub.documents.form import layout
from singlewindow.hub.documents.paper import Paper, Said, Sheet, Table, paper
from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.messages import Text
from singlewindow.server import rooms
from singlewindow.server.composition import registry
from unit.hub.documents.documents_form import ON, PARCEL, elements, lists

SAMPLE = json.loads((rooms.PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json").read_text("utf-8"))
VALUES = {
    "sender": "甲",
    "kind": "A",
    "fragile": "1",
    "items": [{"name": "杯", "mass": "2.5", "cooled": "0"}, {"name": "碗", "marks": [{"number": "7"}]}],
}


def printed(values: dict[str, Any]) -> Paper:
    return paper(layout(parse_definition(PARCEL, elements()), lists(), ON), values, {"kinds": {"A": "甲类"}})


def test_codes_have_names_and_ticks_only_show_when_ticked() -> None:
    head = printed(VALUES).sheets[0]
    assert [box.label.en for box in head.boxes] == ["sender", "Options", "kind"]
    assert [one.path for one in head.boxes[1].said] == ["fragile"]
    assert head.boxes[2].said[0].called == "甲类"


def test_what_is_seldom_is_shown_once_it_is_filled() -> None:
    assert "remark" not in {one.path for one in _of(printed(VALUES).sheets[0])}
    head = printed(VALUES | {"remark": "小心"}).sheets[0]
    assert {one.path: one.value for one in _of(head)}["remark"] == "小心"


def test_tables_without_lines_are_left_out_and_flags_are_words() -> None:
    (table,) = printed(VALUES).tables
    assert [row.number for row in table.rows] == [1, 2]
    said = {one.path: one for one in _said(table)}
    assert said["items[0].cooled"].called == Text("否", "No")
    assert said["items[1].marks[0].number"].value == "7"
    assert printed({"sender": "甲"}).tables == ()


def test_of_the_goods_declaration_nothing_that_was_declared_is_left_out() -> None:
    definition = registry().current(SAMPLE["document"])
    found = paper(layout(definition, _listings(), date(2025, 11, 18)), SAMPLE["values"], {})
    shown = {one.path: one.value for sheet in found.sheets for one in _of(sheet) if one.value}
    shown |= {one.path: one.value for table in found.tables for one in _said(table) if one.value}
    declared = dict(_leaves(SAMPLE["values"], ""))
    assert shown.items() <= declared.items()
    assert {declared[path] for path in declared.keys() - shown.keys()} == {"0"}, "boxes nobody ticked"


def test_what_the_system_fills_is_no_part_of_a_copy() -> None:
    definition = registry().current(SAMPLE["document"])
    system = {field.name: "1" for field in definition.head() if field.filled_by}
    given = SAMPLE["values"] | system
    given["goods"] = [line | {"line_number": "9"} for line in SAMPLE["values"]["goods"]]
    assert system
    assert definition.typed(given) == SAMPLE["values"]


def test_quantities_are_grouped_and_identifiers_are_not() -> None:
    listings = load()
    form = layout(registry().current(SAMPLE["document"]), listings, ON)
    shown = {one.entry.path: one for one in _of_all(paper(form, SAMPLE["values"], {}))}
    assert shown["gross_mass"].shown == "12,946.5"
    assert shown["consignee_code"].shown == shown["consignee_code"].value
    one = shown["gross_mass"]
    assert replace(one, value="1234567.00100").shown == "1,234,567.00100"
    assert replace(one, value="n/a").shown == "n/a"
    assert replace(one, value="006", called="套").brief == "套"
    assert replace(one, value="EUR", called="欧元").brief == "EUR"


def _of_all(printed: Any) -> list[Said]:
    return [one for sheet in printed.sheets for one in _of(sheet)]


def _listings() -> Any:
    return load()


def _of(sheet: Sheet) -> list[Said]:
    return [one for box in sheet.boxes for one in box.said]


def _said(table: Table) -> list[Said]:
    found = []
    for row in table.rows:
        found += [one for column in row.columns for one in column]
        found += _of(row.rest) if row.rest else []
        found += [one for inner in row.inner for one in _said(inner)]
    return found


def _leaves(values: dict[str, Any], at: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if isinstance(value, list):
            for n, line in enumerate(value):
                found += _leaves(line, f"{at}{name}[{n}].")
        else:
            found.append((at + name, value))
    return found
