"""Announcements as pages show them: the day, the kind, how each stands, when a service stops. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.timezone import localtime
from msgspec import Struct

from singlewindow.hub.notice.announcements import AHEAD, PAST, WITHDRAWN, Announcement, kinds
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

ON_HOME = 6
STATES = {
    AHEAD: ("wait", Text("待发布", "Not shown yet")),
    PAST: ("off", Text("已过期", "Past")),
    WITHDRAWN: ("off", Text("已撤回", "Withdrawn")),
}


class Line(Struct, frozen=True):
    """One announcement on a page. ``shape`` and ``word`` say how it stands, empty of one that is in force."""

    one: Announcement
    kind: Text
    day: Text
    pressing: bool
    shape: str
    word: Text
    stop: Text | None


def line(one: Announcement, at: datetime) -> Line:
    """One as a row, and as a page of its own."""
    known = kinds().get(one.kind)
    kind = known.name if known else Text(one.kind, one.kind)
    shape, word = STATES.get(one.state(at), ("", Text("", "")))
    return Line(one, kind, _day(one.shown_from, at), one.pressing(at), shape, word, _stop(one))


def lines(several: Iterable[Announcement], at: datetime) -> list[Line]:
    """Several, in their order."""
    return [line(one, at) for one in several]


def _day(shown: datetime, at: datetime) -> Text:
    """``11-18``, of another year the year too."""
    day, today = localtime(shown), localtime(at)
    said = f"{day:%m-%d}" if day.year == today.year else f"{day:%Y-%m-%d}"
    return Text(said, said)


def _stop(one: Announcement) -> Text | None:
    """``11-25 周三 22:00 至 11-26 周四 02:00``; on one day the day once."""
    if one.stops_at is None or one.resumes_at is None:
        return None
    begins, ends = moments.appointment(one.stops_at), moments.appointment(one.resumes_at)
    if localtime(one.stops_at).date() == localtime(one.resumes_at).date():
        clock = moments.clock_time(one.resumes_at)
        ends = Text(clock, clock)
    return Text(f"{begins.zh} 至 {ends.zh}", f"{begins.en} to {ends.en}")
