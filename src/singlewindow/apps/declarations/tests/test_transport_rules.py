"""Container numbers, the lines in containers, and the call of the ship."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from singlewindow.apps.declarations.rules import RULES
from singlewindow.kernel.messages import Problem, Severity

ON = date(2026, 11, 21)


def found(rule: str, values: dict[str, Any]) -> list[Problem]:
    return list(RULES[rule](values, ON))


def numbered(*numbers: str) -> dict[str, Any]:
    return {"containers": [{"container_number": number} for number in numbers]}


def stowed(lines: int, *named: str) -> dict[str, Any]:
    containers = [{"goods_line_numbers": numbers} for numbers in named]
    return {"goods": [{} for _ in range(lines)], "containers": containers}


def test_right_container_numbers_are_accepted() -> None:
    assert found("container_numbers", numbered("CQXU2045171", "CQXU3188623", "CSQU3054383")) == []
    assert found("container_numbers", {}) == []
    assert found("container_numbers", {"containers": [{}]}) == []


def test_a_wrong_check_digit_comes_with_the_right_number() -> None:
    (problem,) = found("container_numbers", numbered("CQXU2045171", "CQXU3188627"))
    assert problem.remedy is not None
    assert (problem.field, problem.value) == ("containers[1].container_number", "CQXU3188627")
    assert "CQXU3188623" in problem.remedy.en
    assert "CQXU3188623" in problem.remedy.zh


def test_a_malformed_number_is_explained() -> None:
    (problem,) = found("container_numbers", numbered("cqxu2045171"))
    assert (problem.code, problem.field) == ("container.form", "containers[0].container_number")


def test_a_container_stands_once() -> None:
    problems = found("container_numbers", numbered("CQXU2045171", "CSQU3054383", "CQXU2045171"))
    assert [(p.code, p.field) for p in problems] == [
        ("container_numbers.twice", "containers[2].container_number")
    ]


@pytest.mark.parametrize(
    "values",
    [stowed(3, "1,3", "2"), stowed(1, "1", "1"), stowed(3), stowed(12, "1,2,3,4,5,6,7,8,9,10,11,12"), {}],
)
def test_lines_that_exist_are_accepted(values: dict[str, Any]) -> None:
    assert found("container_lines", values) == []


@pytest.mark.parametrize(
    ("named", "right"),
    [
        ("1,2,9", "give 1,2"),
        ("1,1,2", "give 1,2"),
        ("1，2", "give 1,2"),
        ("2、1", "give 1,2"),
        ("1, 2", "give 1,2"),
        ("01,2", "give 2"),
        ("0", "give line numbers from 1 to 2"),
        ("-1", "give line numbers from 1 to 2"),
        ("１", "give line numbers from 1 to 2"),
        ("²", "give line numbers from 1 to 2"),
        (",", "give line numbers from 1 to 2"),
    ],
)
def test_wrong_lines_come_with_those_that_exist(named: str, right: str) -> None:
    problems = found("container_lines", stowed(2, named))
    assert problems[0].field == "containers[0].goods_line_numbers"
    assert problems[0].remedy is not None
    assert problems[0].remedy.en == right


def test_a_line_in_no_container_is_a_warning_with_the_whole_list_for_one_container() -> None:
    (problem,) = found("container_lines", stowed(3, "1,3"))
    assert problem.remedy is not None
    assert (problem.field, problem.severity) == ("goods[1]", Severity.WARNING)
    assert "1,2,3" in problem.remedy.en


def test_a_line_in_none_of_two_containers_names_no_container() -> None:
    (problem,) = found("container_lines", stowed(3, "1", "3"))
    assert problem.remedy is not None
    assert "container that holds it" in problem.remedy.en


@pytest.mark.parametrize(
    "values",
    [
        {"imo_number": "9999993", "transport_mode": "2"},
        {"imo_number": "9074729"},
        {"transport_mode": "5"},
        {"estimated_arrival": "2025-11-17T06:00:00+08:00", "pickup_time": "2025-11-17T06:00+08:00"},
        {"estimated_arrival": "2025-11-17T06:00:00+08:00", "pickup_time": "2025-11-17T06:00"},
        {"estimated_arrival": "2025-11-17T06:00Z", "pickup_time": "2025-11-17T15:00"},
        {
            "estimated_arrival": "2025-11-19T06:00Z",
            "actual_arrival": "2025-11-17T06:00Z",
            "pickup_time": "2025-11-18T06:00Z",
        },
    ],
)
def test_a_consistent_call_is_accepted(values: dict[str, str]) -> None:
    assert found("seaborne_call", values) == []


def test_a_wrong_imo_number_comes_with_the_right_one() -> None:
    (problem,) = found("seaborne_call", {"imo_number": "9999990", "transport_mode": "2"})
    assert problem.remedy is not None
    assert (problem.code, problem.field) == ("seaborne_call.imo_number", "imo_number")
    assert problem.remedy.en.endswith("give 9999993")


def test_an_imo_number_away_from_water_is_a_warning() -> None:
    (problem,) = found("seaborne_call", {"imo_number": "9999993", "transport_mode": "4"})
    assert (problem.field, problem.severity) == ("transport_mode", Severity.WARNING)


def test_nothing_is_picked_up_before_arrival() -> None:
    values = {"estimated_arrival": "2025-11-17T06:00:00Z", "pickup_time": "2025-11-17T13:59:00+08:00"}
    assert [p.field for p in found("seaborne_call", values)] == ["pickup_time"]


@pytest.mark.parametrize("day", ["2026-08-21", "2026-11-21", "2027-03-21"])
def test_a_day_of_entry_within_the_bounds_is_accepted(day: str) -> None:
    assert found("day_of_entry", {"entry_exit_date": day}) == []


@pytest.mark.parametrize(
    ("day", "code", "days"),
    [("2026-08-20", "past", 93), ("2025-11-21", "past", 365), ("2027-03-22", "ahead", 121)],
)
def test_a_day_of_entry_far_away_is_a_warning(day: str, code: str, days: int) -> None:
    (problem,) = found("day_of_entry", {"entry_exit_date": day})
    assert (problem.code, problem.field) == (f"day_of_entry.{code}", "entry_exit_date")
    assert (problem.value, problem.severity) == (day, Severity.WARNING)
    assert f" {days} 天" in problem.text.zh
    assert f"{days} days" in problem.text.en
