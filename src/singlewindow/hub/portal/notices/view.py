"""The message box as its pages show it: lines in the words of their day, when, and where they lead. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from msgspec import Struct

from singlewindow.hub.notice.queries import PAGE, Line, Unread
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

LATEST = 7  # lines in the hall


class Shown(Struct, frozen=True):
    """One notice on a page."""

    line: Line
    when: Text

    @property
    def place(self) -> str:
        """Its place, as paths bear it."""
        return str(self.line.place)


class Page(Struct, frozen=True):
    """A page of the box; ``following`` is where the next begins, ``newest`` up to where all may be read."""

    lines: tuple[Shown, ...]
    unread: Unread
    following: str = ""
    newest: int = -1


def page(lines: Sequence[Line], unread: Unread, now: datetime, most: int = PAGE) -> Page:
    """What was read with one line more than is shown: that one says that more follow."""
    shown = tuple(Shown(line, when(line.at, now)) for line in lines[:most])
    following = str(shown[-1].line.place) if len(lines) > most else ""
    return Page(shown, unread, following, max((one.line.position for one in shown), default=-1))


def when(at: datetime, now: datetime) -> Text:
    """``14:29`` today, ``昨 18:00`` yesterday, else the day as well."""
    clock = moments.clock_time(at)
    day, today = localtime(at).date(), localtime(now).date()
    if day == today:
        return Text(clock, clock)
    if day == today - timedelta(days=1):
        return Text(f"昨 {clock}", f"yesterday {clock}")
    name = day.strftime("%m-%d") if day.year == today.year else day.isoformat()
    return Text(f"{name} {clock}", f"{name} {clock}")
