"""What is typed of an announcement: all that is wrong at once, each beside its field, at the very bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from singlewindow.hub.notice import drafting
from singlewindow.hub.notice.drafting import FARTHEST, TYPING, Typed, made, unfit, without_reason

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 17:00 in the port
ID = UUID(int=7)
RULES = Typed("rules", "规则", "Rules", "正文", "A text")
STOP = replace(RULES, kind="maintenance", stops_at="2026-11-25T22:00", resumes_at="2026-11-26T02:00")


def wrong(typed: Typed, **changed: str) -> list[str]:
    return [problem.field for problem in unfit(replace(typed, **changed), AT)]


def typed_at(at: datetime) -> str:
    """As the field of a browser holds a moment: the port's, to the minute."""
    return f"{at + timedelta(hours=8):%Y-%m-%dT%H:%M}"


def test_both_languages_and_a_kind_are_needed_and_all_that_is_missing_is_said_at_once() -> None:
    found = unfit(Typed(text_zh=" \n "), AT)
    assert [problem.field for problem in found] == ["kind", "title_zh", "title_en", "text_zh", "text_en"]
    assert all(problem.text.zh and problem.text.en for problem in found)
    assert unfit(RULES, AT) == unfit(STOP, AT) == ()


@pytest.mark.parametrize("field", ["title_zh", "title_en", "text_zh", "text_en"])
def test_words_are_bounded(field: str) -> None:
    most: int = getattr(drafting, field.upper())
    assert wrong(RULES, **{field: "字" * most}) == []
    assert wrong(RULES, **{field: "字" * (most + 1)}) == [field]
    assert wrong(RULES, **{field: "正\u202e文"}) == [field]
    assert wrong(RULES, **{field: "\0" * (most + 1)}) == [field, field]


def test_a_kind_that_is_none_is_refused() -> None:
    assert wrong(RULES, kind="gossip") == ["kind"]


def test_a_stop_says_from_when_to_when_and_nothing_else_does() -> None:
    assert wrong(STOP, stops_at="", resumes_at="") == ["stops_at", "resumes_at"]
    assert wrong(STOP, resumes_at="") == ["resumes_at"]
    assert wrong(STOP, resumes_at=STOP.stops_at) == ["resumes_at"]
    assert wrong(STOP, stops_at="2026-11-20T22:00", resumes_at="2026-11-23T17:00") == ["resumes_at"]
    assert wrong(RULES, stops_at=STOP.stops_at) == ["stops_at"]


def test_a_stop_is_shown_before_it_ends_and_to_its_end() -> None:
    assert wrong(STOP, shown_until="2026-11-26T01:59") == ["shown_until"]
    assert wrong(STOP, shown_until=STOP.resumes_at) == []
    assert wrong(STOP, shown_from=STOP.resumes_at) == ["shown_from"]


@pytest.mark.parametrize("field", ["shown_from", "shown_until", "stops_at", "resumes_at"])
@pytest.mark.parametrize("typed", ["soon", "2026-13-01T00:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_what_is_no_time_is_refused_beside_its_field(field: str, typed: str) -> None:
    assert wrong(STOP, **{field: typed}) == [field]


def test_times_lie_ahead_and_not_too_far() -> None:
    farthest = typed_at(AT + FARTHEST)
    assert wrong(RULES, shown_until=farthest) == []
    assert wrong(RULES, shown_until=typed_at(AT + FARTHEST + timedelta(minutes=1))) == ["shown_until"]
    assert wrong(RULES, shown_until=typed_at(AT)) == ["shown_until"]
    assert wrong(RULES, shown_from="2026-11-30T00:00", shown_until="2026-11-30T00:00") == ["shown_until"]
    assert wrong(RULES, shown_from=typed_at(AT - TYPING)) == []
    assert wrong(RULES, shown_from=typed_at(AT - TYPING - timedelta(minutes=1))) == ["shown_from"]


def test_what_is_published_begins_at_once_and_a_stop_is_shown_to_its_end() -> None:
    one = made(RULES, ID, AT)
    assert (one.shown_from, one.shown_until, one.stops_at) == (AT, None, None)
    assert made(replace(RULES, shown_from=typed_at(AT - TYPING)), ID, AT).shown_from == AT
    stop = made(STOP, ID, AT)
    assert stop.stops_at == datetime(2026, 11, 25, 14, tzinfo=UTC)
    assert stop.shown_until == stop.resumes_at == datetime(2026, 11, 25, 18, tzinfo=UTC)


def test_a_title_is_one_line_and_a_text_keeps_its_paragraphs() -> None:
    one = made(replace(RULES, title_zh=" 一\r\n 行 ", text_en="One\r\n\r\nTwo\rThree \n"), ID, AT)
    assert (one.title.zh, one.text.en) == ("一 行", "One\n\nTwo\nThree")


@pytest.mark.parametrize(
    ("reason", "problems"),
    [
        ("因故", 0),
        ("字" * drafting.LONGEST_REASON, 0),
        ("", 1),
        (" \n", 1),
        ("字" * (drafting.LONGEST_REASON + 1), 1),
        ("\u200b", 1),
    ],
)
def test_one_is_withdrawn_for_a_reason(reason: str, problems: int) -> None:
    found: Any = without_reason(reason)
    assert [problem.field for problem in found] == ["reason"] * problems
