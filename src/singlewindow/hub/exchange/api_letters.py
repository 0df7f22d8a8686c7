"""What programs of those who mind the lanes ask about messages not yet delivered, and send again."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from ninja import Path, Query
from pydantic import Field

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.api_minding import ReasonGiven, decided
from singlewindow.hub.exchange.lanes import OPERATE, READ
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Key, Routes, absent, viewer_in
from singlewindow.hub.identity.shapes import Large, Line, Paging, Sha256, Shape
from singlewindow.kernel.messages import Problem, Text

NOT_DEAD = Problem(
    "letter.not_dead",
    Text("这件报文不是死信", "this message is no dead letter"),
    remedy=Text(
        "在途的由通道自行重试，不必重发；已搁置的不必再办",
        "one on its way is tried again by its lane itself; what was laid aside is settled",
    ),
)
routes = Routes(tags=["exchange"])
Number = Annotated[Large, Path(ge=0, le=2**53)]


class LetterShape(Shape):
    """A message in the outbox, by its number there. ``dead``: it is not tried again until somebody says so.

    ``kind`` is what the partner's own document is, ``reference`` ours of the submission. ``problem`` holds
    the wire's own words, for the operator alone; ``digest`` is the SHA-256 of the message's bytes. What is
    laid aside says when, by whom and why.
    """

    seq: Large
    partner: str
    kind: str
    message_id: str
    reference: str
    submission_id: UUID
    attempts: int
    problem: str | None
    dead: bool
    ready_at: datetime
    leased_until: datetime | None
    created_at: datetime
    digest: Sha256
    aside_at: datetime | None
    aside_by: str | None
    aside_for: str | None


class Letters(Shape):
    """A page of messages that are not yet with their partners, oldest first."""

    items: list[LetterShape]
    next: str | None


class Asked(Paging):
    """Which messages."""

    partner: Line = Field("", description="哪家 · of which partner's lane")
    dead: bool = Field(True, description="死信，或 false：在途的 · dead letters, or with false what waits")
    aside: bool = Field(False, description="已搁置的死信，最近编号在前 · dead letters laid aside instead")


@routes.see(
    "/exchange/letters",
    Letters,
    needs=READ,
    title=Text("死信", "Dead letters"),
    notes=Text(
        "本方所管通道上未能送达、不再自动重发的报文，最早的在前；dead=false 为在途的；aside=true 为已搁置的，"
        "最近编号在前",
        "Messages of one's own lanes that could not be delivered and are not tried again by themselves,"
        " oldest first; with `dead=false` those on their way, with `aside=true` those laid aside, by number,"
        " the highest first",
    ),
)
def list_letters(request: HttpRequest, asked: Query[Asked]) -> Any:
    (last,) = paging.begin(asked.after, tuple[paging.Position]) or (lanes.LAST if asked.aside else 0,)
    viewer, of, most = viewer_in(request), asked.partner or None, asked.limit + 1
    with connection.cursor() as cursor:
        if asked.aside:
            found = lanes.letters_aside(viewer, cursor, of, before=last, most=most)
        else:
            found = lanes.letters(viewer, cursor, of, dead=asked.dead, beyond=last, most=most)
    return paging.page([_shape(one) for one in found], asked.limit, lambda one: (one.seq,))


@routes.see(
    "/exchange/letters/{seq}",
    LetterShape,
    needs=READ,
    title=Text("一件未送达的报文", "One message not yet delivered"),
    notes=Text(
        "死信或在途的；送达后不在此处，办理情况见该次申报",
        "Dead or on its way; once delivered it is no longer here: its submission says how it fares",
    ),
)
def get_letter(request: HttpRequest, seq: Number) -> Any:
    return _seen(request, seq)


@routes.act(
    "/exchange/letters/{seq}/replay",
    LetterShape,
    needs=OPERATE,
    title=Text("重发一件死信", "Send a dead letter again"),
    notes=Text(
        "原样、原编号重发；对方已收到的，以首次回执应答。由谁重发留存",
        "As it was, under its own number, so that a partner that took it already answers with its first"
        " receipt; who did so is on record",
    ),
)
def replay_letter(request: HttpRequest, seq: Number, key: Key) -> Any:
    act, seen = partial(services.replay, seqs=[seq]), partial(_seen, request, seq)
    return decided(request, key, LetterShape, NOT_DEAD, act, seen=seen)


@routes.act(
    "/exchange/letters/{seq}/laying-aside",
    LetterShape,
    needs=OPERATE,
    title=Text("搁置一件死信", "Lay a dead letter aside"),
    notes=Text(
        "平台自行发出的通知（查验、放行、出闸），写不成报文的也可：对方不再由报文得知，由搁置人另行告知，以后仍可按编号重发。"
        "申报单证：不再发送，也不能重发，作退单处理，申报方看到理由并须改单重报；收件机关收到新的一份并放行之前，货物不放行。"
        "姓名、时间、理由留存",
        "Of what the platform tells on its own account (orders, releases, passes), what cannot be written"
        " included: its receiver is not told by message, and whoever lays it aside sees to that; it can be"
        " sent again by its number. A declaration's document is never sent again: it counts as come back,"
        " its declarant reads the reason and has to declare anew, and nothing is released until the"
        " receiver has been sent a newer one and released that. Who, when and why are kept",
    ),
)
def lay_letter_aside(request: HttpRequest, seq: Number, asked: ReasonGiven, key: Key) -> Any:
    act, seen = partial(services.lay_letter_aside, seq=seq, reason=asked.reason), partial(_seen, request, seq)
    return decided(request, key, LetterShape, NOT_DEAD, act, seen=seen)


def _seen(request: HttpRequest, seq: int) -> LetterShape:
    with connection.cursor() as cursor:
        found = lanes.letter(viewer_in(request), cursor, seq)
    if found is None:
        raise absent()
    return _shape(found)


def _shape(one: lanes.Letter) -> LetterShape:
    return LetterShape(
        **{name: getattr(one, name) for name in LetterShape.model_fields if name != "digest"},
        digest=one.digest.hex(),
    )
