"""Lanes as their page shows them: how each fares in a shape and a word, its line of the last minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from singlewindow.hub.exchange.lanes import MOST_COUNTED, Lane
from singlewindow.hub.portal import names
from singlewindow.hub.portal.names import Partner
from singlewindow.hub.ui import moments
from singlewindow.kernel.messages import Text

SPANS = {
    15: Text("15 分钟", "15 min"),
    60: Text("1 小时", "1 h"),
    1440: Text("24 小时", "24 h"),
}
POINTS = 60  # of a line, at most
WIDTH, HEIGHT, TOP = 104, 28, 4
SLOW = timedelta(seconds=60)  # what waits longer while the partner answers is a backlog
CLOSED, OPEN = "closed", "open"

RUNNING = ("ok", Text("正常", "Running"))
RETRYING = ("warn", Text("重试中", "Retrying"))
PROBING = ("warn", Text("试探中", "Trying again"))
UNHEARD = ("deny", Text("收不到回执", "Not heard"))
REFETCHING = ("warn", Text("重取回执", "Fetching again"))
BROKEN = ("deny", Text("对端不应答", "No answer"))
BEHIND = ("warn", Text("积压", "Behind"))
PAUSED = ("hold", Text("已暂停", "Paused"))
DISCONNECTED = ("off", Text("已停止对接", "Disconnected"))
IDLE = ("wait", Text("未启动", "Not started"))
SWITCH = {
    "ok": Text("接通", "Closed"),
    "try": Text("试探", "Half-open"),
    "cut": Text("断开", "Open"),
}


class Line(Struct, frozen=True):
    """One lane as a row. ``switch`` is ok, try or cut; empty where the component never ran."""

    partner: Partner
    shape: str
    word: Text
    switch: str
    switch_word: Text | None
    problem: str
    since: datetime | None
    probe_at: datetime | None
    unheard_since: datetime | None
    unfetched: bool  # by a component that tries
    fetch_problem: str
    paused_at: datetime | None
    paused_by: str
    paused_for: str
    disconnected: bool
    points: str
    sent: str
    waiting: int
    waiting_more: bool
    oldest: Text | None
    answered_at: datetime | None
    failed: str
    dead: int
    unread: int

    @property
    def failing(self) -> bool:
        """Whether its next try may be asked for: it does not answer, or its answers do not get here."""
        if self.disconnected:
            return False
        return self.unfetched or (self.paused_at is None and self.since is not None)

    @property
    def dead_and_unread(self) -> int:
        """What waits for a person."""
        return self.dead + self.unread


class Board(Struct, frozen=True):
    """All lanes together, as the figures above them say it."""

    lines: tuple[Line, ...]
    answered: str
    sent: str
    waiting: int
    waiting_more: bool
    most: Line | None
    share: int
    oldest: Text | None
    failed: str
    dead: int
    dead_for: Text | None
    cut: tuple[Line, ...]
    unheard: tuple[Line, ...]
    paused: tuple[Line, ...]
    disconnected: tuple[Line, ...]
    idle: tuple[Line, ...]
    unsettled: int


def board(lanes: Sequence[Lane], at: datetime, minutes: int) -> Board:
    """Everything the page shows of the lanes over a span of minutes."""
    lines = tuple(line(lane, at, minutes) for lane in lanes)
    waiting = sum(each.waiting for each in lines)
    most = max(lines, key=lambda each: each.waiting, default=None)
    oldest = min((lane.oldest_at for lane in lanes if lane.oldest_at), default=None)
    dead_since = min((lane.dead_since for lane in lanes if lane.dead_since), default=None)
    sent, failed, answered = (
        sum(_total(lane, name) for lane in lanes) for name in ("sent", "failed", "answered")
    )
    return Board(
        lines=lines,
        answered=rate(answered, minutes),
        sent=rate(sent, minutes),
        waiting=waiting,
        waiting_more=any(each.waiting_more for each in lines),
        most=most if most and most.waiting else None,
        share=round(100 * most.waiting / waiting) if most and waiting else 0,
        oldest=moments.span(at - oldest) if oldest else None,
        failed=share(failed, sent),
        dead=sum(each.dead_and_unread for each in lines),
        dead_for=moments.span(at - dead_since) if dead_since else None,
        cut=tuple(each for each in lines if each.switch == "cut" and not each.paused_at),
        unheard=tuple(each for each in lines if each.unheard_since),
        paused=tuple(each for each in lines if each.paused_at and not each.disconnected),
        disconnected=tuple(each for each in lines if each.disconnected),
        idle=tuple(each for each in lines if not (each.switch or each.disconnected)),
        unsettled=sum(each.shape == "warn" for each in lines),
    )


def line(lane: Lane, at: datetime, minutes: int) -> Line:
    """One lane over a span of minutes."""
    shape, word = state(lane, at)
    switch = position(lane, at)
    return Line(
        partner=names.partner(lane.partner),
        shape=shape,
        word=word,
        switch=switch,
        switch_word=SWITCH.get(switch),
        problem="" if lane.disconnected else lane.problem or "",
        since=lane.since,
        probe_at=lane.probe_at if switch == "cut" and not lane.paused_at else None,
        unheard_since=lane.unheard_since(at),
        unfetched=bool(lane.fetch_failures),
        fetch_problem="" if lane.disconnected else lane.fetch_problem or "",
        paused_at=lane.paused_at,
        paused_by=lane.paused_by or "",
        paused_for=lane.paused_for or "",
        disconnected=lane.disconnected,
        points=points(lane, at, minutes),
        sent=rate(_total(lane, "sent"), minutes),
        waiting=lane.waiting,
        waiting_more=lane.waiting >= MOST_COUNTED,
        oldest=moments.span(at - lane.oldest_at) if lane.oldest_at else None,
        answered_at=lane.answered_at,
        failed=share(_total(lane, "failed"), _total(lane, "sent")),
        dead=lane.dead,
        unread=lane.unread,
    )


def state(lane: Lane, at: datetime) -> tuple[str, Text]:
    """How a lane fares, the worst that is true of it; what somebody let rest fares no way at all."""
    if lane.breaker is None:
        return IDLE
    if lane.paused_at is not None:
        return DISCONNECTED if lane.disconnected else PAUSED
    switch = position(lane, at)
    if switch != "ok":
        return BROKEN if switch == "cut" else PROBING
    if lane.unheard_since(at):
        return UNHEARD
    if lane.failures:
        return RETRYING
    if lane.fetch_failures:
        return REFETCHING
    if lane.oldest_at is not None and at - lane.oldest_at > SLOW:
        return BEHIND
    return RUNNING


def position(lane: Lane, at: datetime) -> str:
    """The breaker now: none where nobody is to be reached; an open one whose time has come is trying."""
    if lane.breaker is None or lane.disconnected:
        return ""
    if lane.breaker == CLOSED:
        return "ok"
    return "cut" if lane.breaker == OPEN and lane.probe_at is not None and at < lane.probe_at else "try"


def points(lane: Lane, at: datetime, minutes: int) -> str:
    """What was sent, as the points of a line; the present minute is not over and left out."""
    now = int(at.timestamp()) // 60
    size = max(minutes // POINTS, 1)
    bins = [0] * (minutes // size)
    for minute in lane.minutes:
        place = (minute.at - (now - minutes)) // size
        if 0 <= place < len(bins):
            bins[place] += minute.sent
    highest = max(bins) or 1
    step = WIDTH / (len(bins) - 1)
    drop = HEIGHT - 2 - TOP
    return " ".join(f"{n * step:.1f},{HEIGHT - 2 - drop * each / highest:.1f}" for n, each in enumerate(bins))


def rate(number: int, minutes: int) -> str:
    """Messages a second, as exact as the number is large."""
    each = number / (minutes * 60)
    if each >= 10 or not number:
        return f"{each:,.0f}"
    return f"{each:.1f}" if each >= 0.1 else f"{each:.3f}"


def share(failed: int, sent: int) -> str:
    """Tries that failed among all tries; empty where nothing was tried."""
    tried = failed + sent
    if not tried:
        return ""
    if failed in (0, tried):
        return f"{100 * failed / tried:.0f}%"
    return f"{max(100 * failed / tried, 0.01):.2f}%"  # not none, however few


def _total(lane: Lane, name: str) -> int:
    return sum(getattr(minute, name) for minute in lane.minutes)
