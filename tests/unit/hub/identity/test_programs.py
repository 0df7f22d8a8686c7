"""Cursors come back as they went out, and what does not fit is told all at once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity import paging, unfit
from singlewindow.hub.identity.programs import Denied, Routes
from singlewindow.hub.identity.shapes import (
    AS_DAY,
    AS_MOMENT,
    LONGEST_CURSOR,
    Given,
    Line,
    Paging,
    Sentence,
    Whole,
)
from singlewindow.kernel.messages import Text

PLACE = tuple[datetime, UUID]


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=st.just(UTC)), st.uuids())  # noqa: DTZ001 - the strategy's zone
def test_a_cursor_comes_back_as_it_went_out(at: datetime, id_: UUID) -> None:
    text = paging.cursor(at, id_)
    assert len(text) <= LONGEST_CURSOR
    assert Paging(after=text).after == text
    assert paging.begin(text, PLACE) == (at, id_)


@given(st.text(max_size=60))
def test_what_is_no_cursor_of_ours_is_refused(text: str) -> None:
    refused_or_empty(text)


def refused_or_empty(text: str) -> None:
    if not text:
        assert paging.begin(text, PLACE) is None
        return
    with pytest.raises(Denied) as denied:
        paging.begin(text, PLACE)
    assert denied.value.response.status_code == 422


@given(st.lists(st.integers(), max_size=9), st.integers(1, 5))
def test_a_page_ends_with_a_cursor_where_there_is_more(rows: list[int], limit: int) -> None:
    made = paging.page(rows[: limit + 1], limit, lambda row: (row,))
    assert made["items"] == rows[:limit]
    assert (made["next"] is not None) == (len(rows) > limit)


@given(st.sets(st.tuples(st.sampled_from("甲乙ab"), st.integers(0, 20)), max_size=30), st.integers(1, 9))
def test_what_is_held_in_memory_is_walked_to_its_end(rows: set[tuple[str, int]], limit: int) -> None:
    walked, after = [], ""
    for _ in range(len(rows) + 1):
        made = paging.held(rows, Paging(limit=limit, after=after), tuple[str, int], lambda row: row)
        assert len(made["items"]) <= limit
        walked += made["items"]
        after = made["next"]
        if after is None:
            break
    assert walked == sorted(rows)


class Order(Given):
    """Something to be given."""

    number: Line
    lines: tuple[Line, ...] = ()


def test_everything_that_does_not_fit_is_told_at_once_in_both_languages() -> None:
    wrong: dict[str, Any] = {"lines": ["fine", "\x00", "x" * 101], "colour": "red"}
    with pytest.raises(ValidationError) as raised:
        Order(**wrong)
    errors = [{**error, "loc": ("body", "asked", *error["loc"])} for error in raised.value.errors()]
    found = {problem.field: problem for problem in unfit.problems(errors)}
    assert set(found) == {"number", "lines[1]", "lines[2]", "colour"}
    assert found["number"].code == "missing"
    assert "100" in found["lines[2]"].text.zh
    assert all(problem.text.en and problem.remedy for problem in found.values())


def test_a_route_must_name_a_permission_that_there_is() -> None:
    with pytest.raises(ValueError, match=r"permissions\.yaml"):
        Routes().see("/x", None, needs="everything.do", title=Text("", ""), notes=Text("", ""))


SINCE = date(2000, 1, 1)
DAY = TypeAdapter(Annotated[date | None, Field(ge=SINCE), AS_DAY])
MOMENT = TypeAdapter(Annotated[AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC)), AS_MOMENT])
WHOLE = TypeAdapter(Whole)
AT = datetime(2026, 12, 31, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "written", "found"),
    [
        (DAY, "2026-12-31", date(2026, 12, 31)),
        (MOMENT, "2026-12-31T09:00:00+08:00", AT),
        (MOMENT, "2026-12-31T01:00Z", AT),
        (MOMENT, "2026-12-31t01:00:00.000z", AT),
        (WHOLE, 3, 3),
    ],
)
def test_days_times_and_numbers_are_read_as_the_description_writes_them(
    kind: TypeAdapter[Any], written: Any, found: Any
) -> None:
    assert kind.validate_python(written) == found


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        *[
            (DAY, one)
            for one in ("946684800", 946684800, "2026-12-31T00:00:00", "1999-12-31", "２０２６-12-31")
        ],
        *[(MOMENT, one) for one in (1798700000, "1798700000", "1798700000000", "2026-12-31T01:00:00", True)],
        *[(WHOLE, one) for one in ("3", "3.0", True, None)],
    ],
)
def test_what_only_a_library_takes_for_one_is_refused(kind: TypeAdapter[Any], written: Any) -> None:
    with pytest.raises(ValidationError):
        kind.validate_python(written)


@pytest.mark.parametrize("unseen", ["\x00", "\x1b", "\x85", "\u200f", "\u2028", "\u202e", "\u2066"])
def test_what_is_not_seen_does_not_stand_in_a_number_or_a_reason(unseen: str) -> None:
    for kind in (TypeAdapter(Line), TypeAdapter(Sentence)):
        assert kind.validate_python("渝A88888 · 😀") == "渝A88888 · 😀"
        with pytest.raises(ValidationError):
            kind.validate_python(f"渝A{unseen}88888")
