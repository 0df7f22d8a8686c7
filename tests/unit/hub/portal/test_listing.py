"""Counts filter, pages follow one another without gap or repetition."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from singlewindow.hub.portal.listing import FILTERS, listing
from singlewindow.hub.portal.queries import Cursor
from singlewindow.hub.portal.states import states

NEWEST = datetime(2025, 11, 18, 8, tzinfo=UTC)


def row(number: int, phase: str) -> dict[str, Any]:
    document = {"partner": "customs", "kind": "k", "phase": phase, "code": "", "delivery": None}
    return {
        "submission_id": UUID(int=1000 - number),
        "kind": "goods_declaration",
        "title": f"CQX{number}",
        "version": 1,
        "created_at": NEWEST - timedelta(minutes=number),
        "name_zh": "乙",
        "name_en": "Yi",
        "documents": [document],
        "keys": [["bill", f"CQX{number}"], ["unheard_of", "1"]],
    }


ROWS = [row(number, "returned" if number % 4 == 0 else "released") for number in range(20)]


def test_every_state_is_counted_once() -> None:
    filtered = [state for _, _, _, several in FILTERS for state in several]
    assert sorted(filtered) == sorted(states().keys() - {"mended"}), "what was declared again asks nothing"


def test_what_was_sent_back_and_declared_again_is_nobodys_to_act_on() -> None:
    returned = next(row for row in ROWS if listing([row], "all").lines[0].state.id == "returned")
    again = listing([returned | {"mended": True}], "all")
    assert again.lines[0].state.id == "mended"
    assert {count.id: count.number for count in again.counts}["act"] == 0
    released = next(row for row in ROWS if listing([row], "all").lines[0].state.id != "returned")
    assert listing([released | {"mended": True}], "all").lines[0].state.id != "mended"


def test_counts_filter() -> None:
    found = listing(ROWS, "act", page=3, window=50)
    assert {count.id: count.number for count in found.counts}["act"] == 5
    assert [line.state.id for line in found.lines] == ["returned"] * 3


def test_an_unknown_filter_is_no_filter() -> None:
    assert listing(ROWS, "'; --").chosen == "all"


def test_pages_follow_one_another() -> None:
    seen: list[UUID] = []
    before: Cursor | None = None
    while True:
        rows = [
            each
            for each in ROWS
            if not before or (each["created_at"], each["submission_id"]) < (before.at, before.id)
        ]
        found = listing(rows[:8], "act", page=2, window=8)
        seen += [line.id for line in found.lines]
        before = found.following
        if before is None:
            break
    assert seen == [each["submission_id"] for each in ROWS[::4]]


def test_a_title_is_not_repeated_among_the_keys() -> None:
    line = listing(ROWS[:1], "all").lines[0]
    assert line.title.zh == "提运单 CQX0"
    assert line.keys == ()


@pytest.mark.parametrize(
    "text", ["", "~", "2025-11-18T08:00:00+00:00~x", "2025-11-18T08:00:00~" + str(UUID(int=1)), "x" * 500]
)
def test_an_unreadable_cursor_means_the_beginning(text: str) -> None:
    assert Cursor.read(text) is None


def test_a_cursor_survives_its_address() -> None:
    cursor = Cursor(NEWEST, UUID(int=7))
    assert Cursor.read(str(cursor)) == cursor


def test_words_leave_what_mentions_all_of_them() -> None:
    rows = [one | {"for_zh": "甲岚精密", "for_en": "Jialan"} for one in ROWS[:8]] + ROWS[8:]
    assert len(listing(rows, "all", words="jiaLAN 甲岚").lines) == 8
    assert [line.title.en for line in listing(rows, "all", words="qx7 jialan").lines] == ["Bill CQX7"]
    assert listing(rows, "all", words="nobody").lines == ()
    found = listing(rows, "act", words="甲岚")
    assert {count.id: count.number for count in found.counts} | {"all": 8, "act": 2} == {
        count.id: count.number for count in found.counts
    }


def test_words_that_nothing_mentions_still_lead_to_earlier_ones() -> None:
    found = listing(ROWS, "all", window=20, words="nobody")
    assert found.cut
    assert found.following == Cursor(ROWS[-1]["created_at"], ROWS[-1]["submission_id"])
