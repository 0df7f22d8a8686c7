"""Which announcements are in force at a moment, and which of them stands first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from singlewindow.hub.notice.announcements import NEAR, Announcement, kinds, ordered
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
WORDS = Text("题", "Title")


def one(
    number: int = 1, since: timedelta = -DAY, until: timedelta | None = None, **more: object
) -> Announcement:
    ends = None if until is None else AT + until
    return Announcement(UUID(int=number), "rules", WORDS, WORDS, AT + since, ends, **more)  # type: ignore[arg-type]


def stop(number: int, begins: timedelta, lasts: timedelta = 2 * DAY) -> Announcement:
    return one(number, -9 * DAY, 30 * DAY, stops_at=AT + begins, resumes_at=AT + begins + lasts)


def test_kinds_are_few_and_of_them_maintenance_alone_stops_a_service() -> None:
    assert [kind.id for kind in kinds().values() if kind.stops] == ["maintenance"]
    assert {*kinds()} == {"maintenance", "rules", "service"}


@pytest.mark.parametrize(
    ("since", "until", "state"),
    [
        (-DAY, None, "in_force"),
        (-DAY, MINUTE, "in_force"),
        (-DAY, 0 * MINUTE, "past"),
        (0 * MINUTE, None, "in_force"),
        (MINUTE, None, "ahead"),
    ],
)
def test_one_is_in_force_from_its_first_moment_until_its_last(
    since: timedelta, until: timedelta | None, state: str
) -> None:
    assert one(since=since, until=until).state(AT) == state


def test_withdrawn_it_is_nothing_else() -> None:
    assert one(withdrawn_at=AT - DAY).state(AT) == "withdrawn"


@pytest.mark.parametrize(
    ("begins", "presses"),
    [(NEAR + MINUTE, False), (NEAR, True), (-DAY, True), (MINUTE - 2 * DAY, True), (-2 * DAY, False)],
)
def test_a_stop_presses_while_it_is_near_or_lasts(begins: timedelta, presses: bool) -> None:
    assert stop(1, begins).pressing(AT) is presses


def test_what_is_not_in_force_presses_nobody() -> None:
    assert not one(since=MINUTE, stops_at=AT + DAY, resumes_at=AT + 2 * DAY).pressing(AT)


def test_stops_that_press_stand_first_by_their_beginning_then_the_newest() -> None:
    old, new, far = one(1, -3 * DAY), one(2, -DAY), stop(3, NEAR + DAY)
    near, lasting = stop(4, DAY), stop(5, -DAY)
    assert [each.id.int for each in ordered([old, far, near, new, lasting], AT)] == [5, 4, 2, 1, 3]


def test_two_of_one_moment_stand_in_one_order_whichever_was_read_first() -> None:
    first, second = one(1), one(2)
    assert ordered([first, second], AT) == ordered([second, first], AT) == [second, first]
