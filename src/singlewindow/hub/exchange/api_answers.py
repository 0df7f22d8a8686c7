"""What programs of those who mind the lanes ask and do about answers that nobody could read or apply."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db import connection
from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field, StringConstraints

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.identity import paging, refusals
from singlewindow.hub.identity.once import once
from singlewindow.hub.identity.programs import Denied, Key, Routes, absent
from singlewindow.hub.identity.shapes import Given, Line, Paging, Sentence, Shape
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text

READ, OPERATE = lanes.READ, lanes.OPERATE
SETTLED = Problem(
    "answer.settled",
    Text("这份回执不再等人处理", "this answer waits for nobody any more"),
    remedy=Text("由谁、为何搁置，见该回执", "the answer says who laid it aside, and why"),
)
routes = Routes(tags=["exchange"])
Number = Annotated[int, Path(ge=0, le=2**53)]


class AnswerShape(Shape):
    """An answer that could not be read, or not applied (``again``: applying it may be tried once more).

    Gates refuse while one waits, as an order may be in it that bars. ``source`` and ``problem`` are the
    wire's own words, for the operator alone. What is laid aside says when, by whom and why.
    """

    id: int
    partner: str
    received_at: datetime
    digest: str
    again: bool
    source: str | None
    problem: str | None
    aside_at: datetime | None
    aside_by: str | None
    aside_for: str | None


class Answers(Shape):
    """A page of answers that wait for a person, oldest first."""

    items: list[AnswerShape]
    next: str | None


class Asked(Paging):
    """Which answers."""

    partner: Line = Field("", description="哪家 · of which partner's lane")


class AsideGiven(Given):
    """Why it may be taken for settled: what the partner said it was, for one."""

    reason: Annotated[
        Sentence,
        StringConstraints(min_length=1, max_length=services.LONGEST_REASON, strip_whitespace=True),
    ]


@routes.see(
    "/exchange/answers",
    Answers,
    needs=READ,
    title=Text("无法处理的回执", "Answers that cannot be taken"),
    notes=Text(
        "本方所管通道上等人处理的，最早的在前；未了结前各闸口拒绝放行",
        "Those of one's own lanes that wait for a person, oldest first; until then gates refuse",
    ),
)
def list_answers(request: HttpRequest, asked: Query[Asked]) -> Any:
    (beyond,) = paging.begin(asked.after, tuple[paging.Position]) or (0,)
    with connection.cursor() as cursor:
        viewer: Any = request.viewer  # type: ignore[attr-defined]
        found = lanes.unread(viewer, cursor, asked.partner or None, beyond=beyond, most=asked.limit + 1)
    return paging.page([_shape(one) for one in found], asked.limit, lambda one: (one.id,))


@routes.see(
    "/exchange/answers/{answer_id}",
    AnswerShape,
    needs=READ,
    title=Text("一份无法处理的回执", "One of them"),
    notes=Text("等人处理的，或已搁置的", "One that waits for a person or was laid aside"),
)
def answer(request: HttpRequest, answer_id: Number) -> Any:
    return _shape(_seen(request, answer_id))


@routes.act(
    "/exchange/answers/{answer_id}/laying-aside",
    AnswerShape,
    needs=OPERATE,
    title=Text("搁置一份回执", "Lay an answer aside"),
    notes=Text(
        "闸口从此不再等它：其中若有暂扣，平台不知道、不会拦，由搁置人负责；姓名、时间、理由留存",
        "Gates wait for it no longer: should a hold be in it, nothing bars, and that is on whoever laid it"
        " aside; who, when and why are kept",
    ),
)
def lay_answer_aside(request: HttpRequest, answer_id: Number, asked: AsideGiven, key: Key) -> Any:
    _seen(request, answer_id)

    def act() -> AnswerShape:
        actor: Any = request.actor  # type: ignore[attr-defined]
        with connection.cursor() as cursor:
            done = services.lay_aside(actor, cursor, answer=answer_id, reason=asked.reason, at=now())
        if not done:
            raise Denied(refusals.answer(422, SETTLED))
        return _shape(_seen(request, answer_id))

    return once(request, key, AnswerShape, act)


def _seen(request: HttpRequest, id_: int) -> lanes.Unread:
    with connection.cursor() as cursor:
        found = lanes.answer(request.viewer, cursor, id_)  # type: ignore[attr-defined]
    if found is None:
        raise absent()
    return found


def _shape(one: lanes.Unread) -> AnswerShape:
    return AnswerShape(
        **{name: getattr(one, name) for name in AnswerShape.model_fields if name != "digest"},
        digest=one.digest.hex(),
    )
