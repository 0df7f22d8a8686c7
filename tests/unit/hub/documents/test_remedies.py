"""What one click fills in is what the remedy names, where it names one value."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.documents.definition import Field
from singlewindow.hub.documents.remedies import offered
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Problem, Text

ON = date(2026, 11, 21)
ELEMENTS, LISTS = load_elements(), load()


def fill(element: str, zh: str, en: str, code: str = "x") -> str:
    field = Field(ELEMENTS[element], element)
    problem = Problem(code, Text("错", "wrong"), element, "", Text(zh, en))
    return offered(problem, field, LISTS.get(ELEMENTS[element].codes), ON)


@pytest.mark.parametrize(
    ("element", "zh", "en", "value"),
    [
        ("packing_group", "应为 2", "give 2", "2"),
        ("goods_line_numbers", "应为 1,2", "give 1,2", "1,2"),
        ("transport_mode", "水路运输应为 2，否则删去", "give 2 for water, or leave it out", "2"),
        ("package_count", "裸装、散装货物应为 1", "give 1 for goods in bulk or unpacked", "1"),
        ("goods_line_numbers", "集装箱的商品项号应为 1,2", "give 1,2 for the container", "1,2"),
        ("un_number", "应为 1133（ADHESIVES）", "give 1133 (ADHESIVES)", "1133"),
        ("origin_country", "请改用 HKG（中国香港（地区））", "use HKG (Hong Kong (China))", "HKG"),
        ("consignee_name", "应为“ABB（中国）有限公司”", "give “ABB（中国）有限公司”", "ABB（中国）有限公司"),
    ],
)
def test_the_one_value_is_offered(element: str, zh: str, en: str, value: str) -> None:
    assert fill(element, zh, en) == value


@pytest.mark.parametrize(
    ("element", "zh", "en"),
    [
        ("packing_group", "应为 1 或 2 或 3", "give 1 or 2 or 3"),
        ("dg_class", "应为 2.1 或 2.2", "give 2.1 or 2.2"),
        ("freight_mark", "请填 1 或 2 或 3", "give 1 or 2 or 3"),
        ("currency", "应为 EUR，或分单申报", "give EUR, or declare the line separately"),
        ("un_number", "填 1133（甲），或将“乙”填 1", "give 1133 (A), or 1 for not dangerous"),
    ],
)
def test_of_several_none_is_offered(element: str, zh: str, en: str) -> None:
    assert fill(element, zh, en) == ""


@pytest.mark.parametrize(
    "name",
    [
        "3M中国有限公司",
        "ABB（中国）有限公司",
        "Acme Trading Co., Ltd",
        "Acme, Inc",
        "A&B",
        "A/S Acme",
        "A股份",
    ],
)
def test_how_a_name_begins_is_no_value(name: str) -> None:
    assert fill("consignee_name", f"应为 {name}", f"give {name}") == ""
    assert fill("consignee_name", f"应为{name}", f"give {name}") == ""


def test_nothing_is_offered_that_the_field_would_not_take() -> None:
    assert fill("packing_group", "应为 7", "give 7") == ""
    assert fill("packing_group", "应为 2", "give 3") == ""
    assert fill("packing_group", "应为 2", "give 2", "wrong_form") == ""
