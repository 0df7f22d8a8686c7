"""Mappings: what each of their words does, that wrong references are refused, and their lineage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singlewindow.hub.documents.definition import DefinitionError, parse_definition
from singlewindow.hub.documents.inversion import places
from singlewindow.hub.documents.projection import Origin, Projection, compile_mapping, count_boxes
from singlewindow.kernel.messages import Document
from unit.hub.documents.parcel import DEFINITION, ELEMENTS

TARGET = parse_definition(
    """
id: note
version: "2"
valid_from: "2020-01-01"
name: {zh: 通知, en: Note}
sections:
  - id: head
    name: {zh: 头, en: Head}
    fields:
      - {element: number, as: No}
      - {element: letters, as: Land}
      - {element: mass, as: Wt}
      - {element: remark, as: Kind}
      - {element: fragile, as: Frag}
  - id: Lines
    name: {zh: 行, en: Lines}
    repeats: {min: "0", max: "50"}
    fields:
      - {element: count, as: GNo}
      - {element: item, as: Name}
      - {element: number, as: Parent}
      - {element: remark, as: Tag}
    sections:
      - id: Docs
        name: {zh: 证, en: Docs}
        repeats: {min: "0", max: "3"}
        fields:
          - {element: count, as: Seq}
          - {element: licence, as: Id}
          - {element: letters, as: Land}
""",
    ELEMENTS,
)
ENDS = {("parcel", "1"): DEFINITION, ("note", "2"): TARGET}
NAMED = {"upper": str.upper}
VALUES: dict[str, Any] = {
    "number": "p-1",
    "country": "DEU",
    "mass": "1.5",
    "fragile": "0",
    "items": [
        {"item": "a", "licences": [{"licence": "L1"}, {"licence": "L2", "note": "n"}]},
        {"price": "2"},
        {"item": "c", "price": "3"},
    ],
}


def mapping(body: str, named: Mapping[str, Any] = NAMED) -> Projection:
    text = f'source: {{id: parcel, version: "1"}}\ntarget: {{id: note, version: "2"}}\n{body}'
    return compile_mapping(text, ENDS, named)


def run(body: str, values: dict[str, Any] = VALUES) -> dict[str, Any]:
    return mapping(body).project(Document("parcel", "1", values)).values


def faults(body: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        mapping(body)
    return refused.value.faults


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("{to: No, from: number}", {"No": "p-1"}),
        ("{to: No, from: digits}", {}),
        ("{to: No, from: number, by: upper}", {"No": "P-1"}),
        ("{to: No, const: 'X\\'\"'}", {"No": "X\\'\""}),
        ("{to: No, const: X, when: digits}", {}),
        ("{to: No, const: X, when: items}", {"No": "X"}),
        ("{to: No, from: number, when: fragile}", {"No": "p-1"}),
        ("{to: No, from: number, when: digits}", {}),
        ("{to: No, from: digits, when: number}", {}),
        ("{to: Land, from: country, codes: {DEU: D}}", {"Land": "D"}),
        ("{to: Land, from: country, codes: {CHN: C}}", {"Land": "DEU"}),
        ("{to: Land, from: country, codes: {DEU: d}, by: upper}", {"Land": "D"}),
        ("{to: Frag, from: fragile}", {"Frag": "0"}),
        ("{to: No, from: /number}", {"No": "p-1"}),
    ],
)
def test_each_word_of_a_field_does_what_it_says(field: str, expected: dict[str, str]) -> None:
    field = field.replace("'X\\'\"'", '"X\\\\\'\\""')
    assert run(f"fields:\n  - {field}") == expected


GROUPS = """
fields:
  - {to: No, from: number}
groups:
  - to: Lines
    from: items
    number: GNo
    fields:
      - {to: Name, from: item}
      - {to: Parent, from: /number}
      - {to: Tag, const: T, when: price}
    groups:
      - to: Docs
        from: licences
        number: Seq
        fields:
          - {to: Id, from: licence}
          - {to: Land, from: /country}
"""


def test_groups_are_numbered_nested_and_may_read_from_the_top() -> None:
    assert run(GROUPS) == {
        "No": "p-1",
        "Lines": [
            {
                "Name": "a",
                "Parent": "p-1",
                "GNo": "1",
                "Docs": [{"Id": "L1", "Land": "DEU", "Seq": "1"}, {"Id": "L2", "Land": "DEU", "Seq": "2"}],
            },
            {"Parent": "p-1", "Tag": "T", "GNo": "2"},
            {"Name": "c", "Parent": "p-1", "Tag": "T", "GNo": "3"},
        ],
    }


def test_only_lines_that_have_a_value_are_taken_and_numbered() -> None:
    body = "groups:\n  - {to: Lines, from: items, only: price, number: GNo, fields: [{to: Name, from: item}]}"
    assert run(body) == {"Lines": [{"GNo": "1"}, {"Name": "c", "GNo": "2"}]}


def test_lines_that_would_be_empty_are_left_out() -> None:
    assert run("groups:\n  - {to: Lines, from: items, fields: [{to: Name, from: item}]}") == {
        "Lines": [{"Name": "a"}, {"Name": "c"}]
    }
    assert run(GROUPS, {"number": "1"}) == {"No": "1"}


def test_the_source_is_not_touched() -> None:
    before = repr(VALUES)
    run(GROUPS)
    assert repr(VALUES) == before


def test_all_wrong_references_are_named_at_once() -> None:
    body = """
fields:
  - {to: Nowhere, from: number}
  - {to: No, from: nothing}
  - {to: Land, from: letters, when: neither}
  - {to: Wt, from: mass, by: missing}
  - {to: Kind}
groups:
  - {to: Lines, from: things, fields: [{to: Name, from: item}]}
"""
    assert faults(body) == [
        "no target field Nowhere",
        "no source field nothing",
        "no source field neither",
        "no function missing",
        "target field Kind has neither from nor const",
        "no source section things",
        "no source field things.item",
    ]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("fields: [{to: No, from: items.item}]", "no source field items.item"),
        ("fields: [{to: No, from: items}]", "no source field items"),
        ("fields: [{to: Lines.Name, from: number}]", "no target field Lines.Name"),
        ("fields: [{to: No, from: number}, {to: No, const: X}]", "target field No stands twice"),
        ("fields: [{to: Land, from: country, codes: lands}]", "no code map lands"),
        ("groups: [{to: Lines, from: number, fields: []}]", "no source section number"),
        ("groups: [{to: Lines, from: items.licences, fields: []}]", "no source section items.licences"),
        ("groups: [{to: Lines, from: items, only: nix, fields: []}]", "no source field items.nix"),
        ("groups: [{to: Lines, from: items, number: Nr, fields: []}]", "no target field Lines.Nr"),
        (
            "groups: [{to: Lines, from: items, fields: [{to: Name, from: number}]}]",
            "no source field items.number",
        ),
    ],
)
def test_a_reference_across_levels_is_refused_not_read_as_absent(body: str, fault: str) -> None:
    assert faults(body) == [fault]


def test_an_unknown_end_is_refused() -> None:
    with pytest.raises(DefinitionError, match="no definition note 2"):
        compile_mapping(
            'source: {id: parcel, version: "1"}\ntarget: {id: note, version: "2"}',
            {("parcel", "1"): DEFINITION},
            {},
        )


def test_lineage_says_for_every_filled_box_where_it_comes_from() -> None:
    projection = mapping(GROUPS)
    filled = set(paths(projection.project(Document("parcel", "1", VALUES)).values))
    assert filled <= set(projection.lineage)
    assert projection.lineage["Lines.Docs.Land"] == Origin("country")
    assert projection.lineage["Lines.Docs.Id"] == Origin("items.licences.licence")
    assert projection.lineage["Lines.GNo"] == Origin("items", by="number")
    assert projection.lineage["Lines.Tag"] == Origin(constant="T")


@pytest.mark.parametrize(
    ("path", "box"),
    [
        ("number", "No"),
        ("items[2].item", "Lines[2].Name"),
        ("items[1].licences[3].licence", "Lines[1].Docs[3].Id"),
        ("items[1].price", ""),
        ("items[1]", ""),
        ("country", ""),
        ("nothing", ""),
    ],
)
def test_a_path_of_the_source_has_its_place_on_the_wire(path: str, box: str) -> None:
    assert places(mapping(GROUPS))(path) == box


def test_boxes_are_counted_in_lines_too() -> None:
    assert count_boxes(run(GROUPS)) == 17


def paths(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    found = []
    for name, value in values.items():
        if isinstance(value, str):
            found.append(prefix + name)
        else:
            found += [path for line in value for path in paths(line, f"{prefix}{name}.")]
    return found
