"""The work-list of the hall: what the viewer's parties have to do, and how long is left. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from msgspec import Struct

from singlewindow.hub.portal import names
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.process.queries import MENDS, Duty, Place, Work, WorkList
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

MOST = 12  # lines of the hall
PAGE = 30  # of its list, gone on with
SOON = timedelta(days=2)  # what is due sooner is marked
TODAY = Text("今天", "Today")
DAY_END = (23, 59)
NONE = Text("未设期限", "No deadline")


class Also(Struct, frozen=True):
    """Who else asks for the same, and why."""

    partner: Partner
    state: Text
    kind: str
    reason: str


class Task(Struct, frozen=True):
    """A line: what is to be done for whom, at which receiver's word, until when."""

    duty: Duty
    partner: Partner
    kind: str
    document: Text
    title: str
    party: Text | None
    when: Text
    left: Text | None
    pressing: bool
    late: bool
    also: tuple[Also, ...] = ()

    @property
    def mends(self) -> bool:
        """Whether declaring again is what is asked."""
        return self.duty.code == MENDS


class Tasks(Struct, frozen=True):
    """The lines shown, how many there are in all, and where the list goes on; ``first`` is its beginning."""

    lines: tuple[Task, ...]
    number: int
    first: bool = True
    following: Place | None = None


def tasks(work: WorkList, now: datetime, most: int = MOST, first: bool = True) -> Tasks:
    """At most ``most`` lines of a work-list as they stand at an instant."""
    shown = work.lines[:most]
    following = shown[-1].place if len(work.lines) > most else None
    return Tasks(tuple(_lines(shown, now)), work.number, first, following)


def _lines(lines: Iterable[Work], now: datetime) -> Iterable[Task]:
    for line in lines:
        due = line.duty.deadline
        yield Task(
            duty=line.duty,
            partner=names.partner(line.duty.partner),
            kind=line.document,
            document=names.document(line.document),
            title=line.title,
            party=line.party,
            when=when(due, now) if due else NONE,
            left=left(due, now) if due else None,
            pressing=due is not None and due - now < SOON,
            late=due is not None and due < now,
            also=tuple(Also(names.partner(o.partner), o.state, o.kind, o.reason) for o in line.also),
        )


def when(due: datetime, now: datetime) -> Text:
    """A deadline as people say it: the day, and the hour unless it is the day's end."""
    local, today = localtime(due), localtime(now)
    day = TODAY if local.date() == today.date() else moments.day(due)
    if local.year != today.year:
        day = Text(f"{local.year}-{day.zh}", f"{day.en} {local.year}")
    if (local.hour, local.minute) == DAY_END:
        return day
    return Text(f"{day.zh} {moments.clock_time(due)}", f"{day.en} {moments.clock_time(due)}")


def left(due: datetime, now: datetime) -> Text:
    """What is left of a term, or how long it has been over."""
    length = moments.span(abs(due - now))
    if due < now:
        return Text(f"逾期 {length.zh}", f"{length.en} late")
    return Text(f"余 {length.zh}", f"{length.en} left")
