"""Dangerous goods and goods to be inspected."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.apps.declarations.tables import ATTRIBUTES, DANGEROUS_COMMODITIES, SUBSTANCES
from singlewindow.hub.standards.codelists import load
from singlewindow.kernel.messages import Problem, Severity, Text

ON = date(2026, 11, 21)
ADHESIVE = {
    "commodity_code": "3506919090",
    "un_number": "1133",
    "proper_shipping_name": "ADHESIVES containing flammable liquid",
    "dg_class": "3",
    "packing_group": "3",
    "flash_point": "26",
    "emergency_phone": "+86 23 0000 0119",
}
ACID = {"un_number": "1830", "dg_class": "8", "proper_shipping_name": "SULPHURIC ACID"}
BATTERY = {"un_number": "3480", "dg_class": "9", "dangerous_name": "锂离子电池组"}
PLAIN = {"commodity_code": "8482102000"}


def found(rule: str, line: dict[str, Any], **head: str) -> list[Problem]:
    return list(RULES[rule]({**head, "goods": [PLAIN, line]}, ON))


def brief(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.code.partition(".")[2], problem.field.removeprefix("goods[1].")) for problem in problems]


def without(line: dict[str, Any], *fields: str) -> dict[str, Any]:
    return {field: value for field, value in line.items() if field not in fields}


@pytest.mark.parametrize(
    "line",
    [
        ADHESIVE,
        PLAIN,
        {},
        {"commodity_code": "3506919090", "not_dangerous": "1"},
        {**ADHESIVE, "not_dangerous": "0"},
        {"un_number": "2794", "dg_class": "8", "proper_shipping_name": "BATTERIES, WET, FILLED WITH ACID"},
        {"un_number": "9999", "dg_class": "9", "dangerous_name": "某物"},
    ],
)
def test_consistent_lines_are_accepted(line: dict[str, Any]) -> None:
    assert found("dangerous_goods", line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (without(ADHESIVE, "un_number"), [("un_number", "un_number")]),
        (
            without(ADHESIVE, "un_number", "emergency_phone"),
            [("missing", "emergency_phone"), ("un_number", "un_number")],
        ),
        ({**ADHESIVE, "not_dangerous": "1"}, [("denied", "not_dangerous")]),
        ({**without(ADHESIVE, "un_number"), "not_dangerous": "1"}, [("denied", "not_dangerous")]),
        ({"commodity_code": "3506919090"}, [("unanswered", "un_number")]),
        ({"commodity_code": "3506919090", "not_dangerous": "0"}, [("unanswered", "un_number")]),
        (without(ADHESIVE, "flash_point"), [("flash_point", "flash_point")]),
        ({**ADHESIVE, "dg_class": "8"}, [("class", "dg_class")]),
        ({**ACID, "packing_group": "3"}, [("packing_group", "packing_group")]),
        (ACID, [("packing_group", "packing_group")]),
        ({**BATTERY, "packing_group": "2"}, [("packing_group", "packing_group")]),
        (without(BATTERY, "dangerous_name"), [("missing", "proper_shipping_name")]),
        (
            {"dg_class": "8"},
            [
                ("missing", "proper_shipping_name"),
                ("missing", "emergency_phone"),
                ("un_number", "un_number"),
            ],
        ),
    ],
)
def test_inconsistent_lines_are_named(line: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert brief(found("dangerous_goods", line)) == expected


def test_dangerous_goods_may_be_no_dangerous_chemical() -> None:
    batteries = {**BATTERY, "commodity_code": "8507600090", "not_dangerous": "1"}
    (problem,) = found("dangerous_goods", batteries)
    assert (problem.field, problem.severity) == ("goods[1].not_dangerous", Severity.WARNING)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        ("1830", Text("UN 1830 在清单中为“SULPHURIC ACID”", "the list calls UN 1830 “SULPHURIC ACID”")),
        ("9999", Text("请填写英文正确运输名称", "give the proper shipping name in English")),
    ],
)
def test_dangerous_goods_have_a_name_and_the_list_offers_it(number: str, remedy: Text) -> None:
    problem = found("dangerous_goods", {"un_number": number})[0]
    assert (problem.field, problem.severity) == ("goods[1].proper_shipping_name", Severity.ERROR)
    assert problem.remedy == remedy


def test_what_a_dec_message_cannot_say_stops_nothing() -> None:
    problems = found("dangerous_goods", without(ADHESIVE, "un_number", "dg_class", "emergency_phone"))
    assert [(problem.field[9:], problem.severity) for problem in problems] == [
        ("dg_class", Severity.WARNING),
        ("emergency_phone", Severity.WARNING),
        ("un_number", Severity.ERROR),
    ]


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ({"proper_shipping_name": "paint related, flammable"}, "1263"),
        ({"dg_class": "9", "commodity_code": "8507600090"}, "3480"),
        ({"dg_class": "9", "commodity_code": "1234567890"}, "four-digit"),
    ],
)
def test_the_likely_number_is_offered(line: dict[str, Any], number: str) -> None:
    problem = found("dangerous_goods", line)[-1]
    assert problem.remedy is not None
    assert number in problem.remedy.en


def test_the_right_class_and_group_are_offered() -> None:
    problems = found("dangerous_goods", {**ACID, "dg_class": "9", "packing_group": "1"})
    assert [problem.remedy.en for problem in problems if problem.remedy] == ["give 8", "give 2"]


def test_an_aerosol_is_never_of_class_2_3() -> None:
    aerosol = {"un_number": "1950", "proper_shipping_name": "AEROSOLS", "emergency_phone": "119"}
    assert brief(found("dangerous_goods", aerosol | {"dg_class": "2.1"})) == []
    assert brief(found("dangerous_goods", aerosol | {"dg_class": "2.3"})) == [("class", "dg_class")]


def test_a_declaration_before_the_edition_is_not_compared_with_it() -> None:
    wrong, likely = {**ADHESIVE, "dg_class": "8"}, {"commodity_code": "3506919090"}
    before = date(2024, 12, 31)
    assert list(RULES["dangerous_goods"]({"goods": [wrong, likely]}, before)) == []
    first = list(RULES["dangerous_goods"]({"goods": [wrong, likely]}, date(2025, 1, 1)))
    assert [problem.code for problem in first] == ["dangerous_goods.class", "dangerous_goods.unanswered"]


def test_every_listed_commodity_names_a_listed_substance() -> None:
    substances, commodities = SUBSTANCES.at(ON), DANGEROUS_COMMODITIES.at(ON)
    assert set(commodities.values()) <= set(substances)
    assert all(len(commodity) == 6 and commodity.isdigit() for commodity in commodities)
    assert all(len(number) == 4 and substance.classes for number, substance in substances.items())


def test_what_the_list_of_substances_says_can_be_filled_in() -> None:
    lists = load()
    for substance in SUBSTANCES.at(ON).values():
        assert set(substance.classes) <= lists["dangerous_goods_classes"].active(ON), substance
        assert set(substance.packing_groups) <= lists["packing_groups"].active(ON), substance


@pytest.mark.parametrize(
    "line",
    [
        {},
        {"ciq_code": "101", "goods_attributes": "19"},
        {"ciq_code": "101", "goods_attributes": "12,14,19,31"},
        {"production_date": "2025-09-08", "expiry_date": "2026-09-07"},
        {"production_date": "2025-09-08", "expiry_date": "2025-09-08"},
        {"purpose": "99"},
    ],
)
def test_complete_inspection_details_are_accepted(line: dict[str, Any]) -> None:
    assert found("inspection_of_goods", line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"goods_attributes": "19"}, [("code", "ciq_code")]),
        ({"ciq_name": "橡胶基胶粘剂"}, [("code", "ciq_code")]),
        ({"product_licences": [{"product_licence_type": "1"}]}, [("code", "ciq_code")]),
        ({"ciq_code": "101"}, [("attributes", "goods_attributes")]),
        ({"ciq_code": "101", "goods_attributes": "19,21"}, [("contradiction", "goods_attributes")]),
        ({"ciq_code": "101", "goods_attributes": "19，31"}, [("attribute", "goods_attributes")]),
        (
            {"ciq_code": "101", "goods_attributes": "33", "un_number": "1133"},
            [("chemical", "goods_attributes")],
        ),
        ({"production_date": "2026-09-08", "expiry_date": "2026-09-07"}, [("order", "expiry_date")]),
    ],
)
def test_incomplete_inspection_details_are_named(
    line: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert brief(found("inspection_of_goods", line)) == expected


def test_goods_are_not_discharged_before_they_departed() -> None:
    head = {"departure_date": "2025-11-19", "discharge_date": "2025-11-18"}
    (problem,) = found("inspection_of_goods", {}, **head)
    assert (problem.field, problem.value) == ("discharge_date", "2025-11-18")
    assert found("inspection_of_goods", {}, departure_date="2025-11-18", discharge_date="2025-11-18") == []


def test_a_hostile_attribute_is_shown_short() -> None:
    problem = found("inspection_of_goods", {"ciq_code": "101", "goods_attributes": "x" * 500})[0]
    assert len(problem.value) < 70


def test_every_attribute_has_both_names() -> None:
    attributes = ATTRIBUTES.at(ON)
    assert len(attributes) == 30
    assert all(a.name.zh and a.name.en for a in attributes.values())
    assert all(len(code) == 2 and code.isdigit() for code in attributes)
