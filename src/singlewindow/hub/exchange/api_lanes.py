"""What programs of those who mind a lane ask about it, and decide: it rests, goes on, is tried at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from django.db import connection
from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from singlewindow.hub.exchange import lanes, operating
from singlewindow.hub.exchange.api_minding import ReasonGiven, decided
from singlewindow.hub.exchange.lanes import OPERATE, READ
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Key, Routes, absent, viewer_in
from singlewindow.hub.identity.shapes import Paging, Shape
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text

MINUTES = 15  # of what a lane carried
SEE = Text("现状见该通道", "the lane says how it stands")
NEVER_RAN = Text("从未启动的通道也不能暂停", "nor can one be paused that never ran")
RESTS = Problem("lane.paused", Text("该通道已暂停", "this lane is paused already"), remedy=NEVER_RAN)
GOES = Problem(
    "lane.not_paused",
    Text("该通道未暂停，或已停止对接", "this lane is not paused, or is disconnected"),
    remedy=Text(
        "现状见该通道；已停止对接的，由平台运行单位在机器上恢复",
        "the lane says how it stands; the operator connects one again on the platform's machine",
    ),
)
ANSWERS = Problem(
    "lane.not_failing",
    Text(
        "对方应答（或发送已暂停），其回执也取得到",
        "the partner answers, or sending is paused, and its answers are fetched",
    ),
    remedy=SEE,
)
routes = Routes(tags=["exchange"])
Partner = Annotated[str, Path(max_length=60)]


class LaneShape(Shape):
    """How one partner's lane fares. ``breaker`` is null where it never ran.

    ``waiting``, ``dead`` and ``unread`` are counted up to 10,000. ``problem`` holds the wire's own words,
    for the operator alone, and so does ``fetch_problem``. While ``paused_at`` is set nothing is taken up for
    sending; answers are fetched all the same, unless it is ``disconnected``.
    """

    partner: str
    breaker: Literal["closed", "half", "open"] | None
    failures: int | None
    since: datetime | None = Field(description="自何时不应答 · since when the partner does not answer")
    probe_at: datetime | None = Field(description="下次试发 · the next try, where it does not")
    problem: str | None
    fetched_at: datetime | None = Field(
        description="最近一次取回执（每半分钟记一次）· when answers were last fetched, to half a minute"
    )
    unfetched_since: datetime | None = Field(
        description="自何时起取不到回执；其间的指令无人知晓"
        " · since when answers cannot be fetched, so that what they order is not known here"
    )
    fetch_failures: int | None
    fetch_problem: str | None
    paused_at: datetime | None
    paused_by: str | None
    paused_for: str | None
    disconnected: bool = Field(
        description="运行单位已停止与其对接，此后取不到回执不算故障"
        " · the operator speaks with it no more, so that nothing is fetched is no fault"
    )
    waiting: int
    oldest_at: datetime | None
    dead: int
    unread: int
    answered_at: datetime | None


class Lanes(Shape):
    """A page of the lanes that one's people mind, by partner."""

    items: list[LaneShape]
    next: str | None


@routes.see(
    "/exchange/lanes",
    Lanes,
    needs=READ,
    title=Text("所管通道", "The lanes one minds"),
    notes=Text("平台看全部，机关看自己的", "The operator's are all, an agency's its own"),
)
def list_lanes(request: HttpRequest, asked: Query[Paging]) -> Any:
    with connection.cursor() as cursor:
        found = lanes.lanes(viewer_in(request), cursor, now(), MINUTES)
    return paging.held(map(_shape, found), asked, tuple[str], lambda one: (one.partner,))


@routes.see(
    "/exchange/lanes/{partner}",
    LaneShape,
    needs=READ,
    title=Text("一条通道", "One lane"),
    notes=Text("断路器、排队、暂停", "Its breaker, what waits, whether it rests"),
)
def get_lane(request: HttpRequest, partner: Partner) -> Any:
    return _seen(request, partner)


@routes.act(
    "/exchange/lanes/{partner}/pausing",
    LaneShape,
    needs=OPERATE,
    title=Text("暂停一条通道", "Pause a lane"),
    notes=Text(
        "不再取出新的报文发送，已取出的发完；回执照收，其他通道不受影响；申报人看到暂停和起始时间，看不到理由",
        "Nothing more is taken up for sending, what was is sent to its end; answers are fetched as ever and"
        " no other lane is touched; traders see that it is paused and since when, not why",
    ),
)
def pause_lane(request: HttpRequest, partner: Partner, asked: ReasonGiven, key: Key) -> Any:
    return _decided(request, partner, key, RESTS, partial(operating.pause, reason=asked.reason))


@routes.act(
    "/exchange/lanes/{partner}/resuming",
    LaneShape,
    needs=OPERATE,
    title=Text("恢复一条通道", "Resume a lane"),
    notes=Text("排队的按原顺序发出", "What waits is sent in its order"),
)
def resume_lane(request: HttpRequest, partner: Partner, asked: ReasonGiven, key: Key) -> Any:
    return _decided(request, partner, key, GOES, partial(operating.resume, reason=asked.reason))


@routes.act(
    "/exchange/lanes/{partner}/probing",
    LaneShape,
    needs=OPERATE,
    title=Text("立即试发", "Try a partner that does not answer now"),
    notes=Text(
        "不等退避结束：试发排在最前的一件，并取一次回执；只是取不到回执时也可以；结果见该通道",
        "Instead of when the back-off ends: what is next is sent and answers are looked for, also where only"
        " these cannot be fetched; the lane says how it went",
    ),
)
def probe_lane(request: HttpRequest, partner: Partner, key: Key) -> Any:
    return _decided(request, partner, key, ANSWERS, operating.probe)


def _decided(request: HttpRequest, of: str, key: str, refusal: Problem, act: Callable[..., bool]) -> Any:
    seen = partial(_seen, request, of)
    return decided(request, key, LaneShape, refusal, partial(act, partner=of), seen=seen)


def _seen(request: HttpRequest, partner: str) -> LaneShape:
    with connection.cursor() as cursor:
        found = lanes.lane(viewer_in(request), cursor, partner, now(), MINUTES)
    if found is None:
        raise absent()
    return _shape(found)


def _shape(one: lanes.Lane) -> LaneShape:
    return LaneShape(**{name: getattr(one, name) for name in LaneShape.model_fields})
