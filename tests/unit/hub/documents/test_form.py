"""The form follows from the definition alone: grids, cells, tables, places of problems, remedies, lineage."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.documents.definition import Definition, DefinitionError, parse_definition
from singlewindow.hub.documents.form import bands, layout, where
from singlewindow.hub.documents.lineage import destinations
from singlewindow.hub.documents.projection import compile_mapping
from singlewindow.hub.documents.registry import Route
from singlewindow.hub.documents.remedies import offered
from singlewindow.hub.documents.urls import form_paths, urlpatterns
from singlewindow.hub.identity.routes import undeclared
from singlewindow.kernel.messages import Problem, Text
from singlewindow.server.composition import registry
from unit.hub.documents.documents_form import CUSTOMS, ON, PARCEL, elements, lists


def parsed(text: str = PARCEL) -> Definition:
    return parse_definition(text, elements())


def test_joined_sections_are_one_sheet_and_fields_of_a_box_one_cell() -> None:
    form = layout(parsed(), lists(), ON)
    assert [grid.id for grid in form.grids] == ["head", "more"]
    head = form.grids[0]
    assert [cell.label.en for cell in head.usual] == ["sender", "Options", "kind"]
    assert [entry.name for entry in head.usual[0].entries] == ["sender_code", "sender"]
    assert head.usual[0].width == 2
    assert [cell.label.en for cell in head.folded] == ["remark"]


def test_controls_follow_representation_and_length_of_list() -> None:
    controls = {entry.path: entry.control for entry in layout(parsed(), lists(), ON).entries()}
    assert controls["kind"] == "choice"
    assert controls["country"] == "code"
    assert controls["fragile"] == "tick"
    assert controls["items.cooled"] == "flag"
    assert controls["items.name"] == "text"


def test_a_telephone_shows_keys_of_digits_where_no_minus_is_needed() -> None:
    form = layout(registry().current("goods_declaration"), registry().listings, ON)
    digits = {entry.path for entry in form.entries() if entry.digits}
    assert {"gross_mass", "package_count", "goods.quantity"} <= digits
    assert digits.isdisjoint({"goods.flash_point", "other_rate", "marks", "bill_number"})


def test_a_short_list_is_short_on_its_day() -> None:
    before = layout(parsed(), lists(), date(2001, 1, 1))
    assert {entry.path: entry.control for entry in before.entries()}["kind"] == "code"


def test_lines_show_chosen_columns_beside_an_editor_and_usual_ones_without() -> None:
    items, seals = layout(parsed(), lists(), ON).lines
    assert [[entry.name for entry in cells] for cells in items.columns] == [["name"], ["mass"]]
    assert items.editor is not None
    assert [inner.path for inner in items.inner] == ["items.marks"]
    assert [[entry.name for entry in cells] for cells in seals.columns] == [["number"]]


def test_two_narrow_tables_stand_side_by_side() -> None:
    lines = layout(parsed(), lists(), ON).lines
    assert [[each.id for each in band] for band in bands([*lines, lines[1]])] == [
        ["items"],
        ["seals", "seals"],
    ]


@pytest.mark.parametrize(
    ("path", "section", "field"),
    [
        ("sender", "Head", "sender"),
        ("country", "More", "country"),
        ("items[2].name", "Items 3", "name"),
        ("items[0].marks[4].number", "Marks 5", "number"),
        ("items", "Items", ""),
        ("unheard_of", "", "unheard_of"),
    ],
)
def test_a_problem_is_placed_by_what_people_call_it(path: str, section: str, field: str) -> None:
    found = where(layout(parsed(), lists(), ON), path)
    assert (found[0].en, found[1].en) == (section, field)


def test_faulty_places_are_refused_all_at_once() -> None:
    wrong = PARCEL.replace('width: "2"', 'width: "9"').replace("box: options", "box: nowhere")
    with pytest.raises(DefinitionError) as refused:
        parsed(wrong)
    assert any("1 to 4 columns" in fault for fault in refused.value.faults)
    assert any("no box nowhere" in fault for fault in refused.value.faults)


def said(zh: str, en: str, code: str = "rule", value: str = "") -> Problem:
    return Problem(code, Text("错", "wrong"), "country", value, Text(zh, en))


@pytest.mark.parametrize(
    ("problem", "value"),
    [
        (said("请改用 C02", "use C02"), "C02"),
        (said("前三位无误时应为 C03", "if the first are right, give C03"), "C03"),
        (said("应为 C02（某国）", "give C02 (some country)"), "C02"),
        (said("请改用 C02", "use C03"), ""),  # the languages disagree: nothing is offered
        (said("请改用 XXX", "use XXX"), ""),  # not in the list
        (said("应为 C02", "give C02", value="C02"), ""),  # it stands there already
        (said("应为3 个字母", "give 3 letters", code="wrong_form"), ""),
        (said("请从国别中选取", "choose from countries"), ""),
        (Problem("missing", Text("缺", "missing"), "country"), ""),
    ],
)
def test_only_a_value_that_both_languages_name_and_the_field_takes_is_offered(
    problem: Problem, value: str
) -> None:
    field = dict(parsed().paths())["country"]
    assert offered(problem, field, lists()["countries"], ON) == value


def test_lineage_names_every_box_an_entry_fills() -> None:
    source, target = parsed(), parsed(CUSTOMS)
    known = {(each.id, each.version): each for each in (source, target)}
    route = Route("customs", source.id, source.version, target.id)
    found = destinations({route: compile_mapping(MAPPING, known, {})})
    assert [(box.partner, box.wire, box.changed) for box in found["country"]] == [
        ("customs", "Country", False),
        ("customs", "CountryAgain", True),
    ]
    assert [box.wire for box in found["items.name"]] == ["List.Name"]
    assert "items" not in found  # a number counted is no entry of anybody


MAPPING = """
source: {id: parcel, version: "1"}
target: {id: customs_parcel, version: "1"}
fields:
  - {to: Country, from: country}
  - {to: CountryAgain, from: country, codes: {C01: C02}}
groups:
  - to: List
    from: items
    number: No
    fields:
      - {to: Name, from: name}
"""


def test_every_path_says_who_may_use_it() -> None:
    assert undeclared([*urlpatterns, *form_paths("parcel", "parcels/")]) == []
