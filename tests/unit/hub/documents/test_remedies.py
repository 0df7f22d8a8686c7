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
    ],
)
def test_of_several_none_is_offered(element: str, zh: str, en: str) -> None:
    assert fill(element, zh, en) == ""


def test_nothing_is_offered_that_the_field_would_not_take() -> None:
    assert fill("packing_group", "应为 7", "give 7") == ""
    assert fill("packing_group", "应为 2", "give 3") == ""
    assert fill("packing_group", "应为 2", "give 2", "wrong_form") == ""
