"""One column an event; the gap printed; seconds where receipts race."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from singlewindow.hub.portal.timeline import MAX_COLUMNS, Event, Mark, columns
from singlewindow.kernel.messages import Text

pytestmark = pytest.mark.usefixtures("pages")
START = datetime(2025, 11, 18, 1, 52, 50, tzinfo=UTC)
CUSTOMS, BORDER = (Mark(name[0], Text(name, name)) for name in ("customs", "border"))


def event(after: float, word: str = "放行", *seals: Mark, detail: str = "") -> Event:
    at = START + timedelta(seconds=after)
    return Event(at, "documents", "ok", Text(word, word), detail=Text(detail, detail), seals=seals)


def test_columns_stand_in_the_order_of_events() -> None:
    found, _ = columns([event(7200, "b", CUSTOMS), event(0, "a", CUSTOMS)])
    assert [column.title.zh for column in found] == ["a", "b"]
    assert [column.latest for column in found] == [False, True]


def test_times_are_to_the_second_only_where_events_race() -> None:
    found, _ = columns([event(0, "a"), event(8, "b"), event(7200, "c")])
    assert [column.time for column in found] == ["09:52:50", "09:52:58", "11:52"]


def test_the_gap_to_the_event_before_is_printed() -> None:
    found, _ = columns([event(0, "a"), event(8, "b")])
    assert [column.gap for column in found] == [None, Text("8 秒", "8 s")]


def test_a_new_day_is_marked_where_it_begins_at_the_port() -> None:
    found, _ = columns([event(0, "a"), event(60, "b"), event(15 * 3600, "c")])
    assert [bool(column.day) for column in found] == [True, False, True]


def test_the_same_word_of_several_agencies_is_one_column() -> None:
    found, _ = columns([event(0, "放行", CUSTOMS), event(1, "放行", BORDER)])
    assert [column.seals for column in found] == [(CUSTOMS, BORDER)]


def test_two_answers_of_one_agency_stay_two_columns() -> None:
    entered, examined = (Mark("关", Text("海关", "Customs"), letter) for letter in "LJ")
    found, _ = columns([event(0, "已受理", entered), event(0, "已受理", examined)])
    assert [column.seals for column in found] == [(entered,), (examined,)]


def test_an_agencys_own_reason_is_never_hidden_behind_anothers() -> None:
    found, _ = columns(
        [event(0, "退回", CUSTOMS, detail="件数不符"), event(1, "退回", BORDER, detail="缺箱号")]
    )
    assert [column.detail.zh for column in found] == ["件数不符", "缺箱号"]


def test_within_a_second_our_clock_decides() -> None:
    declared = event(0.6, "申报")
    answered = Event(
        START,
        "documents",
        "run",
        Text("受理", "a"),
        seals=(CUSTOMS,),
        order=(START + timedelta(seconds=0.7), 10),
    )
    assert [column.title.zh for column in columns([answered, declared])[0]] == ["申报", "受理"]


def test_the_axis_is_bounded_and_says_what_it_left_out() -> None:
    found, earlier = columns([event(60 * at, f"{at}") for at in range(MAX_COLUMNS + 5)])
    assert len(found) == MAX_COLUMNS
    assert earlier == 5
    assert found[-1].latest
