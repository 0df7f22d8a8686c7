"""How an announcement stands on a page: its day, its kind, when a service stops."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.utils import timezone

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.notice.announcements import Announcement
from singlewindow.hub.portal.announcements import view
from singlewindow.kernel.clock import ZONE
from singlewindow.kernel.messages import Text

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
WORDS = Text("题", "Title")


@pytest.fixture(autouse=True)
def in_the_port() -> Iterator[None]:
    with timezone.override(ZONE):
        yield


def one(since: datetime = AT, **more: object) -> Announcement:
    return Announcement(UUID(int=1), "maintenance", WORDS, WORDS, since, **more)  # type: ignore[arg-type]


def stop(begins: datetime, hours: int) -> Text | None:
    return view.line(one(stops_at=begins, resumes_at=begins + timedelta(hours=hours)), AT).stop


def test_the_day_is_the_ports_and_of_another_year_bears_it() -> None:
    assert view.line(one(datetime(2026, 11, 22, 16, tzinfo=UTC)), AT).day.zh == "11-23"
    assert view.line(one(datetime(2025, 12, 31, 15, tzinfo=UTC)), AT).day.en == "2025-12-31"


def test_a_stop_of_one_day_says_the_day_once() -> None:
    assert stop(datetime(2026, 11, 25, 12, tzinfo=UTC), 2) == Text(
        "11-25 周三 20:00 至 22:00", "Wed 11-25 20:00 to 22:00"
    )
    assert stop(datetime(2026, 11, 25, 14, tzinfo=UTC), 4) == Text(
        "11-25 周三 22:00 至 11-26 周四 02:00", "Wed 11-25 22:00 to Thu 11-26 02:00"
    )
    assert view.line(one(), AT).stop is None


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({}, ""),
        ({"since": AT + timedelta(days=1)}, "待发布"),
        ({"shown_until": AT}, "已过期"),
        ({"shown_until": AT, "withdrawn_at": AT}, "已撤回"),
    ],
    ids=["in force", "ahead", "past", "withdrawn"],
)
def test_what_is_not_in_force_says_so(more: dict[str, datetime], word: str) -> None:
    line = view.line(one(**more), AT)
    assert (line.kind, line.word.zh, bool(line.shape)) == (Text("停机", "Maintenance"), word, bool(word))


def test_a_kind_that_is_offered_no_more_keeps_its_name() -> None:
    old = Announcement(UUID(int=1), "weather", WORDS, WORDS, AT)
    assert view.line(old, AT).kind == Text("weather", "weather")
