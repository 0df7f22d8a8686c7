"""What programs ask and do about consignments, instructions and releases."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field

from singlewindow.hub.coordination import api_queries as asking
from singlewindow.hub.coordination import api_shapes as shapes
from singlewindow.hub.coordination import passes, queries, services
from singlewindow.hub.coordination.api_asking import Asking, requested
from singlewindow.hub.exchange.api_minding import ReasonGiven
from singlewindow.hub.exchange.api_queries import state_name
from singlewindow.hub.identity import paging, refusals
from singlewindow.hub.identity.asking import Row, lookups
from singlewindow.hub.identity.programs import Denied, Key, absent, viewer_in
from singlewindow.hub.identity.shapes import Given, Line, Name, Paging, Sentence
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Order, Problem, Subject, Text

SEE, READ, GIVE = "consignments.read", "instructions.read", "instructions.give"
RENEW = "releases.renew"
LARGEST = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
MOST_ITEMS = 50
# Where a list of instructions goes on: what tells one from all others, behind its time.
PLACE = ("before_at", "agency", "channel", "instruction", "version")
InstructionPlace = tuple[datetime, str, str, str, LARGEST]
NOT_TOLD = Problem(
    "release.not_told",
    Text(
        "放行单整体签名，其中有贵方单证所没有的封志，原文和签名不提供",
        "the release is signed whole and names a seal that your own documents do not: neither statement nor"
        " signature is told",
    ),
    remedy=Text(
        "放行与否见 /releases/{number}；须核验原文的，请向收发货人或码头索取",
        "/releases/{number} says whether it is in force; to verify it, ask the trader or the terminal for it",
    ),
)
routes = Asking(tags=["coordination"])


class Asked(Paging):
    """Which consignments."""

    number: Line = Field("", description="任一单号或箱号 · any number of a document or container in it")


class SubjectGiven(Given):
    """What is ordered about, by the number painted on it or declared."""

    kind: shapes.Thing
    number: Name


class InstructionGiven(Given):
    """An order of the caller's agency. ``consignment`` may be the id of a submission in it."""

    consignment: UUID
    order: shapes.OrderName
    subject: SubjectGiven
    method: Literal["", "machine", "opened", "unstuffed"] = ""
    items: Annotated[tuple[Name, ...], Field(max_length=MOST_ITEMS)] = ()
    basis: Sentence = ""
    text: Sentence = ""


@routes.see(
    "/consignments",
    shapes.Consignments,
    needs=SEE,
    title=Text("货物档案列表", "Consignments"),
    notes=Text(
        "最新的在前；changed_at 是可见的单证、处置、查验或移动最近一次变动的时间",
        "Newest first; `changed_at` is when a document, decision, inspection or move that one may see last"
        " changed",
    ),
)
def list_consignments(request: HttpRequest, asked: Query[Asked]) -> Any:
    begin = paging.begin(asked.after, tuple[UUID])
    listed = "numbered" if asked.number else "consignments"
    named = {"before": begin and begin[0], "number": asked.number, "most": asked.limit + 1}
    rows = asking.ask(listed, "heads", **named)
    return paging.page(rows, asked.limit, lambda row: (row["id"],))


@routes.see(
    "/consignments/{uuid:consignment_id}",
    shapes.Consignment,
    needs=SEE,
    title=Text("一份货物档案", "One consignment"),
    notes=Text(
        "单号、载体、两条时间线、对象×机关矩阵、综合处置、放行；也可用其中一次申报的标识",
        "Numbers, objects, both tracks, object by agency, releases; also by the id of a submission in it",
    ),
)
def get_consignment(request: HttpRequest, consignment_id: UUID) -> Any:
    with lookups() as cursor:
        found = queries.matrix(viewer_in(request), cursor, consignment_id)
    heads = asking.look_up("one", "heads", id=found.dossier) if found else []
    if found is None or not heads:
        raise absent()
    id_, at = found.dossier, now()
    return {
        **heads[0],
        "disposition": str(found.whole),
        "partly_open": found.partly_open,
        "agencies": list(found.agencies),
        "keys": asking.look_up("keys", id=id_),
        "objects": asking.look_up("objects", id=id_),
        "events": asking.events(id_),
        "documents": [_document(row) for row in asking.documents(id_)],
        "matrix": [_line(line) for line in found.lines],
        "releases": found.releases,
        "passes": [passes.shown(msgspec.structs.asdict(one), at) for one in found.passes],
    }


@routes.see(
    "/consignments/{uuid:consignment_id}/instructions",
    shapes.Instructions,
    needs=READ,
    title=Text("一份档案的监管指令", "The instructions on a consignment"),
    notes=Text("每个版本一条，最新的在前", "One row a version, newest first"),
)
def list_instructions(request: HttpRequest, consignment_id: UUID, asked: Query[Paging]) -> Any:
    begin = paging.begin(asked.after, InstructionPlace) or (None,) * len(PLACE)
    named = dict(zip(PLACE, begin, strict=True))
    rows = asking.ask("instructions", id=asking.dossier_of(consignment_id), most=asked.limit + 1, **named)
    named_rows = [row | {"order": Order(row["order"]).name.lower()} for row in rows]
    return paging.page(named_rows, asked.limit, _place)


@routes.ask(
    "/instructions",
    needs=GIVE,
    title=Text("下达指令", "Give an instruction"),
    notes=Text("以本机关名义下达", "In the name of the caller's agency"),
)
def give_instruction(request: HttpRequest, asked: InstructionGiven, key: Key) -> Any:
    agency = asking.own_agency(viewer_in(request).party)
    dossier = asking.dossier_of(asked.consignment)
    return requested(
        request,
        key,
        services.issue_instruction,
        dossier=dossier,
        agency=agency,
        instruct=Order[asked.order.upper()],
        subject=Subject(asked.subject.kind, asked.subject.number),
        method=asked.method,
        items=tuple(dict.fromkeys(asked.items)),
        basis=asked.basis.strip(),
        text=asked.text.strip(),
    )


@routes.ask(
    "/instructions/{instruction_id}/withdrawal",
    needs=GIVE,
    title=Text("撤回指令", "Withdraw an instruction"),
    notes=Text(
        "只能撤回在屏幕或本接口下达的；机关系统下达的由其报文撤回",
        "One given on a screen or here; what an agency's system ordered it withdraws by its own message",
    ),
)
def withdraw_instruction(request: HttpRequest, instruction_id: Name, asked: ReasonGiven, key: Key) -> Any:
    agency = asking.own_agency(viewer_in(request).party)
    if not asking.ask("on_screen", id=instruction_id, agency=agency):
        raise absent()
    return requested(
        request,
        key,
        services.withdraw_instruction,
        agency=agency,
        instruction=instruction_id,
        reason=asked.reason,
    )


@routes.ask(
    "/consignments/{uuid:consignment_id}/releases/renewal",
    needs=RENEW,
    title=Text("换发放行单", "Issue releases anew"),
    notes=Text(
        "已过期或即将到期而尚未出闸的；先按当日规则重新判定",
        "Of what has not left, where they have expired or soon will; all is judged by today's rules first",
    ),
)
def renew_release(request: HttpRequest, consignment_id: UUID, key: Key) -> Any:
    dossier = asking.dossier_of(consignment_id)
    return requested(request, key, services.renew_release, dossier=dossier)


@routes.see(
    "/requests/{uuid:request_id}",
    shapes.RequestStanding,
    needs="",
    title=Text("请求办理结果", "What became of a request"),
    notes=Text("待办、已办，或未办及原因", "Waiting, done, or declined with the reasons"),
)
def get_request(request: HttpRequest, request_id: UUID) -> Any:
    with lookups() as cursor:
        found = queries.request(viewer_in(request), cursor, request_id)
    if found is None:
        raise absent()
    standing = "waiting" if found.applied_at is None else "declined" if found.problems else "done"
    return {
        "id": request_id,
        "verb": found.verb,
        "standing": standing,
        "asked_at": found.asked_at,
        "applied_at": found.applied_at,
        "problems": found.problems,
    }


@routes.see(
    "/releases/{number}",
    shapes.ReleaseShape,
    needs=SEE,
    title=Text("一张放行单", "One release"),
    notes=Text(
        "含签名的原始字节，第三方可用平台公钥核验；单上有不该看的封志时，原文和签名为空",
        "With the exact bytes signed, so that anybody can verify it with the platform's public key;"
        " statement and signature are null to whom a seal in it is not told",
    ),
)
def get_release(request: HttpRequest, number: Name) -> Any:
    row = _release(number)
    parts = {name: row[name] for name in ("statement", "signature")}
    return row | {name: part and b64encode(bytes(part)).decode() for name, part in parts.items()}


@routes.see(
    "/releases/{number}/statement",
    None,
    needs=SEE,
    title=Text("放行单的签名原文", "The statement of a release"),
    notes=Text(
        "被签名的原始字节；整体签名，只给能看其中每个封志的单位",
        "The exact bytes that were signed: whole, to those who are told every seal in it",
    ),
    media="application/octet-stream",
    more=(403,),
)
def get_release_statement(request: HttpRequest, number: Name) -> Any:
    return HttpResponse(_signed(number, "statement"), content_type="application/octet-stream")


@routes.see(
    "/releases/{number}/signature",
    None,
    needs=SEE,
    title=Text("放行单的签名", "The signature of a release"),
    notes=Text(
        "ECDSA P-256、SHA-256，DER 编码；随原文提供",
        "ECDSA on P-256 with SHA-256, in DER; to whom the statement is told",
    ),
    media="application/octet-stream",
    more=(403,),
)
def get_release_signature(request: HttpRequest, number: Name) -> Any:
    return HttpResponse(_signed(number, "signature"), content_type="application/octet-stream")


def _release(number: str) -> Row:
    rows = asking.ask("release", number=number)
    if not rows:
        raise absent()
    return rows[0]


def _signed(number: str, part: str) -> bytes:
    """A part of a release's signed whole; refuses where it is not told."""
    found = _release(number)[part]
    if found is None:
        raise Denied(refusals.answer(403, NOT_TOLD))
    return bytes(found)


def _document(row: Row) -> Row:
    return row | {"state": state_name(row["state"], row["receiver"])}


def _line(line: queries.Line) -> dict[str, Any]:
    made: dict[str, Any] = msgspec.structs.asdict(line)
    cells = [msgspec.structs.asdict(cell) | {"order": cell.order.name.lower()} for cell in line.cells]
    return made | {"disposition": str(line.disposition), "cells": cells}


def _place(row: Row) -> tuple[Any, ...]:
    return row["received_at"], row["agency"], row["channel"], row["id"], row["version"]
