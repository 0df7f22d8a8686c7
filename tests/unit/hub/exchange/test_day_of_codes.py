"""A code is judged on the platform's day of the submission: Beijing midnight, not Greenwich's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from platform_under_test import context, sample
from singlewindow.hub.exchange.submission import Refused, prepare
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Problem, Text

LAST_SECOND = datetime(2026, 11, 30, 15, 59, 59, 999_999, tzinfo=UTC)  # 23:59:59 in Chongqing
MIDNIGHT = datetime(2026, 11, 30, 16, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 30), date(2026, 12, 1)
STARTING = Code("801", Text("新地区", "New district"), TOMORROW)
ENDING = Code("802", Text("旧地区", "Old district"), date(2020, 1, 1), TODAY, successor="801")


def problems(code: str, at: datetime) -> list[Problem]:
    """What a declaration for a district is told at an instant."""
    given = context()
    registry = given.knowledge.registry
    old = registry.listings["countries"]
    changed = CodeList(old.id, old.name, old.source, (*old.codes, STARTING, ENDING))
    known = replace(
        given.knowledge, registry=registry.with_lists({**registry.listings, "countries": changed})
    )
    try:
        prepare(sample(trade_country=code), replace(given, knowledge=known, at=at))
    except Refused as refused:
        return [problem for problem in refused.problems if problem.field == "trade_country"]
    return []


def test_the_platform_s_day_begins_at_its_own_midnight() -> None:
    assert (local_day(LAST_SECOND), local_day(MIDNIGHT)) == (TODAY, TOMORROW)


@pytest.mark.parametrize(("code", "at"), [("802", LAST_SECOND), ("801", MIDNIGHT)])
def test_a_code_is_taken_from_its_first_to_its_last_second(code: str, at: datetime) -> None:
    assert problems(code, at) == []


def test_a_code_that_starts_tomorrow_is_refused_until_midnight() -> None:
    (problem,) = problems("801", LAST_SECOND)
    assert problem.code == "future_code"
    for words in (problem.text.zh, problem.text.en):
        assert "2026-12-01" in words
    assert "国别（地区）" in problem.text.zh
    assert "Countries and regions" in problem.text.en


def test_a_code_that_ended_today_is_refused_from_midnight_and_names_its_successor() -> None:
    (problem,) = problems("802", MIDNIGHT)
    assert problem.code == "ended_code"
    assert "国别（地区）" in problem.text.zh
    assert "2026-11-30" in problem.text.zh
    assert "Countries and regions" in problem.text.en
    assert "2026-11-30" in problem.text.en
    assert problem.remedy == Text("请改用 801", "use 801")
