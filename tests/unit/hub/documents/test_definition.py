"""Definitions: what they say is read, and every loose end is named at once."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from singlewindow.hub.documents.definition import MOST_LINES, DefinitionError, parse_definition
from unit.hub.documents.parcel import DEFINITION, ELEMENTS, TEXT


def faults(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(text, ELEMENTS)
    return refused.value.faults


def test_a_definition_is_read_as_published() -> None:
    assert (DEFINITION.id, DEFINITION.version, DEFINITION.valid_from) == ("parcel", "1", date(2020, 1, 1))
    assert DEFINITION.hash == hashlib.sha256(TEXT.encode()).digest()
    assert [field.name for field in DEFINITION.head()][:3] == ["number", "letters", "digits"]
    assert [(s.id, s.least, s.most) for s in DEFINITION.groups()] == [("items", 1, 50)]
    assert "items.licences.licence" in dict(DEFINITION.paths())


def test_a_field_goes_by_the_name_of_its_wire() -> None:
    text = TEXT.replace("{element: number, required", "{element: number, as: EntryNo, required").replace(
        "reference: number", "reference: EntryNo"
    )
    field = next(parse_definition(text, ELEMENTS).head())
    assert (field.name, field.element.code, field.required) == ("EntryNo", "number", "yes")


def test_every_loose_end_is_named_at_once() -> None:
    text = (
        TEXT.replace("{element: letters}", "{element: lettres}")
        .replace("reference: number", "reference: nummer\nprincipal: owner")
        .replace("items.item}", "items.thing}")
        .replace("[DEU, ROU]", "[DEU], planet: [X]")
        .replace("{element: remark, required: abroad}", "{element: remark, required: sometimes}")
        .replace("{element: due_at}", "{element: mass}")
        .replace("{element: price}", "{element: price, total: weight}")
        .replace('max: "3"', f'max: "{MOST_LINES + 1}"')
    )
    assert faults(text) == [
        "no data element lettres",
        f"section licences allows more than {MOST_LINES} lines",
        "mass stands twice",
        "key item: no field items.thing",
        "reference: no field nummer",
        "principal: no field owner",
        "items.price: no field weight",
        "items.remark: no condition sometimes",
        "condition abroad: no field planet",
    ]


def test_a_section_and_a_field_cannot_share_a_name() -> None:
    assert faults(TEXT.replace("- id: items", "- id: mass").replace("items.", "mass.")) == [
        "mass stands twice"
    ]
    inner = TEXT.replace("- id: licences", "- id: item").replace("items.licences.", "items.item.")
    assert faults(inner) == ["items.item stands twice"]


def test_two_repeating_sections_cannot_share_a_name() -> None:
    again = """  - id: items
    name: {zh: 又, en: Again}
    repeats: {min: "0", max: "1"}
    fields:
      - {element: mass}
"""
    assert faults(TEXT + again) == ["items stands twice"]


@pytest.mark.parametrize(
    "key", ["id", "version", "valid_from", "name", "sections"], ids=lambda key: f"without {key}"
)
def test_a_definition_without_its_parts_is_refused(key: str) -> None:
    lines = TEXT.splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{key}:"))
    end = len(lines) if key == "sections" else start + 1
    assert faults("".join(lines[:start] + lines[end:])) == [f"no {key}"]


def test_sections_inside_a_section_that_does_not_repeat_are_refused() -> None:
    text = TEXT.replace('    repeats: {min: "1", max: "50"}\n', "")
    assert "section items holds sections but does not repeat" in faults(text)


def test_more_lines_asked_than_allowed_are_refused() -> None:
    text = TEXT.replace('{min: "1", max: "50"}', '{min: "51", max: "50"}')
    assert faults(text) == ["section items asks for more lines than it allows"]
