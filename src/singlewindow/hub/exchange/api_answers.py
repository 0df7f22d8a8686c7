"""What programs of those who mind the lanes ask and do about answers that nobody could read or apply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from django.db import connection
from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.api_minding import ReasonGiven, decided
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Key, Routes, absent, viewer_in
from singlewindow.hub.identity.shapes import Large, Line, Paging, Sha256, Shape
from singlewindow.kernel.messages import Problem, Text

READ, OPERATE = lanes.READ, lanes.OPERATE
SETTLED = Problem(
    "answer.settled",
    Text("这份回执不再等人处理", "this answer waits for nobody any more"),
    remedy=Text("由谁、为何搁置，见该回执", "the answer says who laid it aside, and why"),
)
WAITS = Problem(
    "answer.not_aside",
    Text("这份回执未被搁置", "this answer is not laid aside"),
    remedy=Text("只能重新受理已搁置的", "only what is laid aside is taken up again"),
)
UNREAD = Problem(
    "answer.not_again",
    Text("这份回执不能重新应用", "this answer cannot be applied again"),
    remedy=Text("未读出的，请处理后搁置", "one that was never read is dealt with and laid aside"),
)
routes = Routes(tags=["exchange"])
Number = Annotated[Large, Path(ge=0, le=2**53)]


class AnswerShape(Shape):
    """An answer that could not be read, or not applied (``again``: applying it may be tried once more).

    Gates refuse while one waits, as an order may be in it that bars. ``source`` and ``problem`` are the
    wire's own words, for the operator alone. What is laid aside says when, by whom and why.
    """

    id: Large
    partner: str
    received_at: datetime
    digest: Sha256
    again: bool
    source: str | None
    problem: str | None
    aside_at: datetime | None
    aside_by: str | None
    aside_for: str | None


class Answers(Shape):
    """A page of answers: those that wait for a person, oldest first, or those laid aside, the last first."""

    items: list[AnswerShape]
    next: str | None


class AppliedShape(Shape):
    """An answer that is applied once more: by whose word, since when; ``applied``: it was."""

    id: Large
    partner: str
    received_at: datetime
    applied: bool
    again_at: datetime
    again_by: str


class Asked(Paging):
    """Which answers."""

    partner: Line = Field("", description="哪家 · of which partner's lane")
    aside: bool = Field(False, description="已搁置的 · those laid aside instead of those that wait")


@routes.see(
    "/exchange/answers",
    Answers,
    needs=READ,
    title=Text("无法处理的回执", "Answers that cannot be taken"),
    notes=Text(
        "本方所管通道上等人处理的，最早的在前，未了结前各闸口拒绝放行；或已搁置的，最近编号在前",
        "Those of one's own lanes that wait for a person, oldest first (until then gates refuse);"
        " or those laid aside, by number, the highest first",
    ),
)
def list_answers(request: HttpRequest, asked: Query[Asked]) -> Any:
    first = lanes.LAST if asked.aside else 0
    (last,) = paging.begin(asked.after, tuple[paging.Position]) or (first,)
    viewer, of, most = viewer_in(request), asked.partner or None, asked.limit + 1
    with connection.cursor() as cursor:
        if asked.aside:
            found = lanes.aside(viewer, cursor, of, before=last, most=most)
        else:
            found = lanes.unread(viewer, cursor, of, beyond=last, most=most)
    return paging.page([_shape(one) for one in found], asked.limit, lambda one: (one.id,))


@routes.see(
    "/exchange/answers/{answer_id}",
    AnswerShape,
    needs=READ,
    title=Text("一份无法处理的回执", "One of them"),
    notes=Text("等人处理的，或已搁置的", "One that waits for a person or was laid aside"),
)
def get_answer(request: HttpRequest, answer_id: Number) -> Any:
    return _seen(request, answer_id)


@routes.act(
    "/exchange/answers/{answer_id}/replay",
    AppliedShape,
    needs=OPERATE,
    title=Text("重新应用一份回执", "Apply an answer again"),
    notes=Text(
        "只限已读出而未能应用的（again）；仍不能应用的，重新等人处理",
        "One that was read and could not be applied (`again`); if it cannot now either, it waits as before",
    ),
)
def replay_answer(request: HttpRequest, answer_id: Number, key: Key) -> Any:
    act, seen = partial(services.apply_again, answers=[answer_id]), partial(_seen, request, answer_id)
    told = partial(_applied, request, answer_id)
    return decided(request, key, AppliedShape, UNREAD, act, seen=seen, afterwards=told)


@routes.act(
    "/exchange/answers/{answer_id}/laying-aside",
    AnswerShape,
    needs=OPERATE,
    title=Text("搁置一份回执", "Lay an answer aside"),
    notes=Text(
        "闸口从此不再等它：其中若有挂起，平台不知道、不会拦，由搁置人负责；姓名、时间、理由留存",
        "Gates wait for it no longer: should a hold be in it, nothing bars, and that is on whoever laid it"
        " aside; who, when and why are kept",
    ),
)
def lay_answer_aside(request: HttpRequest, answer_id: Number, asked: ReasonGiven, key: Key) -> Any:
    return _decided(request, answer_id, key, SETTLED, partial(services.lay_aside, reason=asked.reason))


@routes.act(
    "/exchange/answers/{answer_id}/taking-up",
    AnswerShape,
    needs=OPERATE,
    title=Text("重新受理一份已搁置的回执", "Take an answer up again that was laid aside"),
    notes=Text(
        "它重新等人处理，各闸口重新等它；搁置期间已放出的不因此追回",
        "It waits for a person again, and every gate for it; what was let out meanwhile is out",
    ),
)
def take_answer_up(request: HttpRequest, answer_id: Number, asked: ReasonGiven, key: Key) -> Any:
    return _decided(request, answer_id, key, WAITS, partial(services.take_up, reason=asked.reason))


def _applied(request: HttpRequest, of: int) -> lanes.Applied | None:
    with connection.cursor() as cursor:
        return lanes.applied_again(viewer_in(request), cursor, of)


def _decided(request: HttpRequest, of: int, key: str, refusal: Problem, act: Callable[..., bool]) -> Any:
    seen = partial(_seen, request, of)
    return decided(request, key, AnswerShape, refusal, partial(act, answer=of), seen=seen)


def _seen(request: HttpRequest, id_: int) -> AnswerShape:
    with connection.cursor() as cursor:
        found = lanes.answer(viewer_in(request), cursor, id_)
    if found is None:
        raise absent()
    return _shape(found)


def _shape(one: lanes.Unread) -> AnswerShape:
    return AnswerShape(
        **{name: getattr(one, name) for name in AnswerShape.model_fields if name != "digest"},
        digest=one.digest.hex(),
    )
