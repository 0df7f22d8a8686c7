"""From receipts and versions to columns of one ordinal axis: one column an event, the gap printed between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from msgspec import Struct

from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

MAX_COLUMNS = 48
TOGETHER = timedelta(seconds=2)  # the same word from several agencies within this is one column
NOTHING = Text("", "")


class Mark(Struct, frozen=True):
    """An agency beside an event, with the letter it gave on the wire."""

    seal: str
    name: Text
    letter: str = ""


class Event(Struct, frozen=True):
    """Something that happened: on which track, what, by whom, with which shape."""

    at: datetime
    track: str  # documents | logistics
    kind: str
    title: Text
    note: Text = NOTHING
    detail: Text = NOTHING
    seals: tuple[Mark, ...] = ()
    order: tuple[datetime, int] | None = None  # when we heard of it, and how far it reaches


class Column(Struct, frozen=True):
    """An event as the axis draws it."""

    at: datetime
    track: str
    kind: str
    title: Text
    note: Text
    detail: Text
    seals: tuple[Mark, ...]
    time: str
    day: Text | None
    gap: Text | None
    latest: bool


def columns(events: Iterable[Event]) -> tuple[list[Column], int]:
    """The newest columns in order, and how many earlier ones were left out."""
    merged = _merge(sorted(events, key=_order))
    shown = merged[-MAX_COLUMNS:]
    return [_column(shown, at) for at in range(len(shown))], len(merged) - len(shown)


def _order(event: Event) -> tuple[datetime, datetime, int]:
    # Many partners' clocks know no fractions: within a second our own clock decides, then the outcome.
    heard, reach = event.order or (event.at, -1)
    return event.at.replace(microsecond=0), heard, reach


def _merge(events: Sequence[Event]) -> list[Event]:
    merged: list[Event] = []
    for event in events:
        last = merged[-1] if merged else None
        if last and _belong_together(last, event):
            seals = last.seals + tuple(seal for seal in event.seals if seal not in last.seals)
            merged[-1] = Event(last.at, last.track, last.kind, last.title, last.note, last.detail, seals)
        else:
            merged.append(event)
    return merged


def _belong_together(last: Event, event: Event) -> bool:
    alike = (last.track, last.kind, last.title) == (event.track, event.kind, event.title)
    others = {(mark.seal, mark.name) for mark in last.seals}.isdisjoint((m.seal, m.name) for m in event.seals)
    # A version has no seal and never joins another; an agency's reason is not hidden behind another's.
    return (
        alike
        and others
        and bool(event.seals)
        and event.at - last.at <= TOGETHER
        and last.detail == event.detail
    )


def _column(events: Sequence[Event], at: int) -> Column:
    event = events[at]
    before = events[at - 1] if at else None
    after = events[at + 1] if at + 1 < len(events) else None
    racing = any(other and _minute(other) == _minute(event) for other in (before, after))
    new_day = not before or localtime(before.at).date() != localtime(event.at).date()
    return Column(
        *(event.at, event.track, event.kind, event.title, event.note, event.detail, event.seals),
        time=moments.clock_time(event.at, seconds=racing),
        day=moments.day(event.at) if new_day else None,
        gap=moments.span(event.at - before.at) if before else None,
        latest=after is None,
    )


def _minute(event: Event) -> datetime:
    return event.at.replace(second=0, microsecond=0)
