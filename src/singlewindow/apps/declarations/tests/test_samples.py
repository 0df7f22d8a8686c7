"""The samples are what they say: the story and the minimum are sound, the faulty one is faulty all over."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.hub.documents.checking import Checked, compile_check
from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.codes import container, uscc

HERE = Path(__file__).parent.parent
DAY = date(2025, 11, 17)
SAMPLES = sorted(path.stem for path in (HERE / "samples").glob("*.json"))


def definition() -> Definition:
    text = (HERE / "documents" / "goods_declaration.yaml").read_text(encoding="utf-8")
    return parse_definition(text, load_elements())


def sample(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((HERE / "samples" / f"{name}.json").read_text(encoding="utf-8"))
    assert (content["document"], content["version"]) == ("goods_declaration", "1")
    values: dict[str, Any] = content["values"]
    return values


def checked(values: dict[str, Any]) -> Checked:
    return compile_check(definition(), load(), RULES)(values, DAY)


def test_there_are_three() -> None:
    assert SAMPLES == ["guoyuan_sea_import", "many_errors", "minimal"]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_value_is_a_text(name: str) -> None:
    for key, value in sample(name).items():
        lines = value if isinstance(value, list) else [{key: value}]
        assert all(isinstance(field, str) for line in lines for field in line.values()), key


@pytest.mark.parametrize("name", ["guoyuan_sea_import", "minimal"])
def test_sound_samples_are_canonical_in_the_definitions_order(name: str) -> None:
    values = sample(name)
    found = checked(values)
    assert found.problems == ()
    assert json.dumps(found.document.values) == json.dumps(values)


def test_the_minimum_is_minimal() -> None:
    values = sample("minimal")
    for key in values:
        left = {name: value for name, value in values.items() if name != key}
        assert checked(left).errors, f"{key} could be left out"


def test_the_faulty_one_is_faulty_in_every_way() -> None:
    found = {(problem.code, problem.field) for problem in checked(sample("many_errors")).problems}
    assert {
        ("unknown_code", "declaration_office"),
        ("wrong_form", "entry_exit_date"),
        ("ended_code", "departure_country"),
        ("wrong_form", "package_count"),
        ("missing", "entry_port"),
        ("missing", "end_user_name"),
        ("missing", "inspection_office"),
        ("wrong_form", "goods[0].commodity_code"),
        ("wrong_form", "goods[1].quantity"),
        ("unknown_code", "goods[1].origin_country"),
        ("unknown_element", "unknown_box"),
    } <= found


def test_codes_of_the_story_carry_right_check_digits() -> None:
    values = sample("guoyuan_sea_import")
    for field in ("consignee_code", "declarant_code", "end_user_code", "ship_agent_code"):
        assert uscc.check(values[field]) is None, field
    for line in values["containers"]:
        assert container.check(line["container_number"]) is None
    weighted = sum(
        int(digit) * weight for digit, weight in zip(values["imo_number"], range(7, 1, -1), strict=False)
    )
    assert weighted % 10 == int(values["imo_number"][-1])


def test_sums_of_the_story_agree() -> None:
    values = sample("guoyuan_sea_import")
    goods, containers = values["goods"], values["containers"]

    def total(lines: list[dict[str, str]], field: str) -> Decimal:
        return sum((Decimal(line[field]) for line in lines), Decimal(0))

    assert (
        total(goods, "line_gross_mass")
        == total(containers, "container_goods_mass")
        == Decimal(values["gross_mass"])
    )
    assert total(goods, "line_net_mass") == Decimal(values["net_mass"])
    assert total(goods, "line_package_count") == total(containers, "container_package_count") == 46
    assert total(goods, "line_amount") == 150_000
    for line in goods:
        assert Decimal(line["quantity"]) * Decimal(line["unit_price"]) == Decimal(line["line_amount"])
    for line in containers:
        assert Decimal(line["tare_mass"]) + Decimal(line["container_goods_mass"]) == Decimal(
            line["container_gross_mass"]
        )


def test_the_definition_asks_each_element_once() -> None:
    elements = [path.rpartition(".")[2] for path, _ in definition().paths()]
    assert len(elements) == len(set(elements))
    assert len(elements) > 200
