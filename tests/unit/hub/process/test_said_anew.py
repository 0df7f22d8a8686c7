"""A term counts from when it was asked anew, and is not put off by being told of it once more."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.process import calendar
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.workflow import (
    MOST_SAID,
    Mark,
    Standing,
    duties_of,
    happened,
    since,
    told,
)
from singlewindow.kernel.messages import Receipt
from unit.hub.process.shipped import CUSTOMS, LIMITS, START, answer

DEADLINES = Deadlines(LIMITS, calendar.shipped())
DAY = 24 * 60  # minutes


def on(letter: str, day: int, text: str = "") -> Receipt:
    return answer(letter, minute=day * DAY, text=text)


def standing(said: list[Receipt]) -> Standing:
    return reduce(Standing.join, [told(CUSTOMS, one) for one in said], Standing(1, {}))


def begun(code: str, said: list[Receipt]) -> int:
    """The day from which a duty is owed."""
    stood = standing(said)
    duty = duties_of(CUSTOMS, stood)[code]
    return (since(CUSTOMS, duty, stood.marks) - START) // timedelta(days=1)


@pytest.mark.parametrize(
    ("letters", "day"),
    [
        ("C", 0),
        ("CC", 0),
        ("CCC", 0),
        ("CTC", 0),
        ("CHC", 0),
        ("JC", 1),
        ("CGC", 2),
        ("CGCC", 2),
        ("CGCJ", 2),
        ("CPC", 2),
        ("CPCC", 2),
        ("CCPCC", 3),
        ("CPCPC", 4),
        ("PC", 1),
    ],
)
def test_goods_are_presented_since_they_were_asked_for_anew(letters: str, day: int) -> None:
    said = [on(letter, number) for number, letter in enumerate(letters)]
    assert begun("present_goods", said) == begun("present_goods", said[::-1]) == day


def test_the_second_inspection_has_a_term_of_its_own() -> None:
    first = datetime(2026, 3, 2, 1, tzinfo=START.tzinfo)
    day = (first - START).days
    said = [on("C", day, "A"), on("G", day + 2), on("C", day + 21, "B")]
    stood = standing(said)
    state, rule = duty = duties_of(CUSTOMS, stood)["present_goods"]
    due = DEADLINES.due(rule, since(CUSTOMS, duty, stood.marks), stood, {})
    assert due is not None
    assert (stood.marks[state.id].reason, due.astimezone(DEADLINES.calendar.zone).date()) == (
        "B",
        date(2026, 3, 24),
    )


def test_of_one_instant_an_inspection_comes_after_what_was_concluded() -> None:
    assert begun("present_goods", [on("J", 0), on("C", 0), on("C", 5)]) == 0
    assert begun("present_goods", [on("C", 0), on("J", 5), on("C", 5)]) == 5
    assert begun("present_goods", [on("C", 0), on("P", 0), on("C", 5)]) == 5


def test_what_our_own_clock_tells_is_in_between_of_nothing() -> None:
    issued = happened(CUSTOMS, "document.issued", START + timedelta(days=1))
    stood = standing([on("C", 0), on("C", 2)]).join(issued)
    duty = duties_of(CUSTOMS, stood)["present_goods"]
    assert since(CUSTOMS, duty, stood.marks) == START


def test_what_is_owed_under_a_guarantee_is_owed_since_it_was_given() -> None:
    assert begun("pay_tax", [on("K", 0), on("C", 1), on("K", 2)]) == 0
    assert begun("pay_tax", [on("K", 0), on("P", 1), on("C", 2)]) == 0


def test_what_is_sent_back_after_a_release_is_to_be_mended_since_then() -> None:
    assert begun("correct", [on("Z", 0), on("P", 1), on("Z", 2)]) == 2
    assert begun("correct", [on("Z", 0), on("Z", 2)]) == 0


@given(
    said=st.lists(st.integers(0, 60), min_size=1, max_size=3 * MOST_SAID),
    cut=st.integers(0, 3 * MOST_SAID),
    shuffled=st.randoms(),
)
def test_more_moments_than_are_kept_come_to_the_same_in_any_order(
    said: list[int], cut: int, shuffled: Any
) -> None:
    marks = [Mark(at, at) for at in (START + timedelta(minutes=each) for each in said)]
    whole = reduce(Mark.join, marks)
    shuffled.shuffle(marks)
    parts = [reduce(Mark.join, part) for part in (marks[:cut], marks[cut:]) if part]
    assert reduce(Mark.join, parts) == whole
    assert whole.join(whole) == whole
    latest = sorted({START + timedelta(minutes=each) for each in said})[-MOST_SAID:]
    assert sorted(set(whole.moments))[-MOST_SAID:] == latest
    assert (whole.first, whole.last) == (min(START + timedelta(minutes=each) for each in said), latest[-1])
