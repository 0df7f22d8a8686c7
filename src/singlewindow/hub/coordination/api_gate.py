"""What a terminal's system asks at its gates: may it leave, let it out, what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db import connection
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.coordination import api_queries as asking
from singlewindow.hub.coordination import api_shapes as shapes
from singlewindow.hub.coordination import gate, passes
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.once import once
from singlewindow.hub.identity.programs import Key, Routes, actor_in
from singlewindow.hub.identity.shapes import Given, Line, Name, Paging
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Text

READ, OPERATE = "gate.read", "gate.operate"
routes = Routes(tags=["gate"])


class CheckGiven(Given):
    """What a camera or a person read."""

    plate: Line
    container: Line
    seal: Line


class LookGiven(CheckGiven):
    """The same, and at which gate, where one asks: a truck that it turns away is then put on record."""

    gate: Annotated[Line, Field(max_length=40)] = ""


class PassageGiven(CheckGiven):
    """The same, and at which gate."""

    gate: Annotated[Name, Field(max_length=40)]


class Asked(Paging):
    """Whose moves."""

    container: Line = Field("", description="箱号 · number of a container")


@routes.act(
    "/gate/checks",
    shapes.VerdictShape,
    needs=OPERATE,
    title=Text("能否出闸", "May it leave?"),
    notes=Text(
        "核对，不使用放行。给出闸口的，拦下的车辆记录在案（读不出的除外；同一车辆同一理由，五分钟内记一次）",
        "Looks, and uses nothing up. With a gate, a truck that is turned away is put on record, but not what "
        "could not be read, and the same truck for the same reason once in five minutes",
    ),
)
def check_gate(request: HttpRequest, asked: LookGiven) -> Any:
    given = asked.model_dump()
    lane = given.pop("gate")
    with connection.cursor() as cursor:
        verdict = gate.check(cursor, **given, at=now())
        if lane:
            gate.turned_away(actor_in(request), cursor, gate=lane, verdict=verdict)
    return _verdict(verdict)


@routes.act(
    "/gate/passages",
    shapes.VerdictShape,
    needs=OPERATE,
    title=Text("出闸", "Let it out"),
    notes=Text(
        "核对、使用放行并记录，只一次；同一键再问得到同一裁定。passed 为 false 不得抬杆",
        "Checks, uses the release up and records it, once; the same key gets the same verdict. "
        "Where `passed` is false the barrier stays down",
    ),
)
def pass_gate(request: HttpRequest, asked: PassageGiven, key: Key) -> Any:
    def act() -> Any:
        with connection.cursor() as cursor:
            return _verdict(gate.gate_out(actor_in(request), cursor, **asked.model_dump(), at=now()))

    return once(request, key, shapes.VerdictShape, act)


@routes.see(
    "/gate/passages",
    shapes.GateEvents,
    needs=READ,
    title=Text("出闸记录", "What happened at gates"),
    notes=Text("放行和拒绝都在，最新的在前", "Passed and refused, newest first"),
)
def list_passages(request: HttpRequest, asked: Query[Asked]) -> Any:
    begin = paging.begin(asked.after, tuple[datetime, UUID]) or (None, None)
    rows = asking.gate_events(
        before_at=begin[0], before_id=begin[1], number=asked.container or None, most=asked.limit + 1
    )
    return paging.page(rows, asked.limit, lambda row: (row["at"], row["id"]))


@routes.see(
    "/gate/containers/{number}",
    shapes.ContainerPasses,
    needs=READ,
    title=Text("集装箱的放行", "A container's passes"),
    notes=Text(
        "有效、已用、暂停、已撤销或已过期，及应核对的封志",
        "In force, used, suspended, revoked or expired, with the seals to compare",
    ),
)
def list_container_passes(request: HttpRequest, number: Name, asked: Query[Paging]) -> Any:
    at, begin = now(), paging.begin(asked.after, tuple[bool, datetime, UUID]) or (None, None, None)
    named = dict(zip(("used", "issued_at", "place"), begin, strict=True))
    rows = asking.ask("passes", number=number, most=asked.limit + 1, **named)
    found = paging.page(rows, asked.limit, lambda row: (bool(row["used_at"]), row["issued_at"], row["place"]))
    return found | {"items": [passes.shown(row, at) for row in found["items"]]}


def _verdict(verdict: gate.Verdict) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.structs.asdict(verdict)
    named = ("reasons", "releases", "barring")
    return made | {name: list(made[name]) for name in named}
