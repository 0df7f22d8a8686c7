"""Filing numbers and levies: what each supervision mode has to say, must not say, and is asked after."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.apps.declarations.tables import FILINGS, LEVY_NAMES, MODE_NAMES
from singlewindow.kernel.messages import Problem, Severity, Text

ON = date(2026, 11, 21)
FILED = "C53097450089"
DOUBT = Severity.WARNING


def found(rule: str, lines: tuple[dict[str, str], ...] = ({},), **head: str) -> list[Problem]:
    values: dict[str, Any] = {**head, "goods": [dict(line) for line in lines]}
    return list(RULES[rule](values, ON))


def brief(problems: list[Problem]) -> list[tuple[str, str, Severity]]:
    return [(one.code.partition(".")[2], one.field, one.severity) for one in problems]


def test_the_facts_name_modes_and_natures_that_there_are() -> None:
    filings, natures = FILINGS.at(ON), LEVY_NAMES.active(ON)
    assert filings.keys() <= MODE_NAMES.active(ON)
    assert {filing for filing, _ in filings.values()} == {"handbook", "certificate", "none"}
    assert {levy for _, levy in filings.values()} - {""} <= natures


@pytest.mark.parametrize("mode", ["0214", "0615", "0644", "0654", "0845"])
def test_processing_trade_names_its_handbook(mode: str) -> None:
    (problem,) = found("filed_goods", supervision_mode=mode)
    assert (problem.code, problem.field) == ("filed_goods.missing", "handbook_number")
    assert problem.severity is DOUBT
    assert mode in problem.text.zh
    assert mode in problem.text.en
    assert problem.remedy == Text(
        "请填写加工贸易手册或账册编号", "give the number of the processing handbook or account book"
    )


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"supervision_mode": "0110"}, []),
        ({"supervision_mode": "9700", "levy_nature": "101"}, []),
        ({"supervision_mode": "0345"}, [("missing", "handbook_number", DOUBT)]),
        ({"supervision_mode": "2225", "levy_nature": "789"}, []),
        ({"supervision_mode": "0815"}, []),
        ({"supervision_mode": "0815", "handbook_number": FILED}, [("needless", "handbook_number", DOUBT)]),
        ({"supervision_mode": "0110", "handbook_number": FILED}, []),
        ({}, []),
    ],
)
def test_who_has_no_handbook_names_none(
    head: dict[str, str], expected: list[tuple[str, str, Severity]]
) -> None:
    line = {"handbook_line_number": "1"} if "handbook_number" in head else {}
    assert brief(found("filed_goods", (line,), **head)) == expected


def test_the_line_of_the_filing_and_its_number_go_together() -> None:
    lines = ({"handbook_line_number": "17"}, {})
    filed = {"supervision_mode": "0615", "handbook_number": FILED}
    assert brief(found("filed_goods", lines, **filed)) == [("line", "goods[1].handbook_line_number", DOUBT)]
    (problem,) = found("filed_goods", lines, supervision_mode="0110")
    assert (problem.field, problem.value) == ("goods[0].handbook_line_number", "17")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ({"supervision_mode": "0110", "levy_nature": "101"}, []),
        ({"supervision_mode": "0214"}, []),
        ({"supervision_mode": "0654", "levy_nature": "503"}, []),
        ({"supervision_mode": "0615", "levy_nature": "503"}, []),
        ({"supervision_mode": "0615", "levy_nature": "101"}, [("nature", "levy_nature", DOUBT)]),
        ({"supervision_mode": "0214", "levy_nature": "503"}, [("nature", "levy_nature", DOUBT)]),
        ({"supervision_mode": "0245", "levy_nature": "101"}, []),
        ({}, []),
    ],
)
def test_the_nature_of_levy_goes_with_the_mode(
    head: dict[str, str], expected: list[tuple[str, str, Severity]]
) -> None:
    assert brief(found("levies", **head)) == expected


def test_the_usual_nature_is_offered_unless_the_handbook_says_otherwise() -> None:
    (problem,) = found("levies", supervision_mode="0214", levy_nature="503")
    assert problem.remedy is not None
    assert problem.remedy.zh.endswith("应为 502")
    assert "来料加工" in problem.text.zh


@pytest.mark.parametrize("manner", ["6", "7"])
def test_what_a_handbook_secures_is_declared_as_exempt(manner: str) -> None:
    lines = ({"duty_mode": "3"}, {"duty_mode": manner}, {})
    filed = {"supervision_mode": "0615", "levy_nature": "503"}
    assert brief(found("levies", lines, **filed)) == [("secured", "goods[1].duty_mode", DOUBT)]
    assert found("levies", lines, supervision_mode="0110", levy_nature="101") == []


def test_before_the_announcement_nothing_of_it_is_asked() -> None:
    values = {"supervision_mode": "0615", "levy_nature": "101", "goods": []}
    before = date(2019, 1, 31)
    assert [*RULES["filed_goods"](values, before), *RULES["levies"](values, before)] == []
