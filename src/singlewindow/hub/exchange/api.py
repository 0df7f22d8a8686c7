"""What programs ask about submissions; ``POST /api/v1/submissions`` itself is the door's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from msgspec.structs import asdict
from ninja import Query
from pydantic import Field

from singlewindow.hub.documents import desk, stretches
from singlewindow.hub.documents.boxes import Filled
from singlewindow.hub.documents.carrying import boxes_sent
from singlewindow.hub.documents.visible import Seen, visible
from singlewindow.hub.exchange import api_queries as queries
from singlewindow.hub.exchange import api_shapes as shapes
from singlewindow.hub.exchange.doors.http import SCOPE
from singlewindow.hub.exchange.queries import submission_status
from singlewindow.hub.exchange.submission import Context, Knowledge, Reader, Refused, prepare
from singlewindow.hub.identity import paging, refusals
from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.identity.directory import StaleDirectoryError
from singlewindow.hub.identity.programs import Denied, Routes, absent, actor_in, viewer_in
from singlewindow.hub.identity.shapes import AS_DAY, Line, Paging
from singlewindow.hub.process.queries import Duty, Place, duties_of_submission, open_duties
from singlewindow.kernel.clock import now
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_values

READ = "declarations.read"
CHECKED = "check"  # stands for the message id of what is only checked
routes = Routes(tags=["submissions"])
_knowledge: Callable[[], Knowledge] | None = None
_readers: tuple[Reader, ...] = ()
Day = Annotated[date | None, Field(ge=stretches.FIRST_DAY, le=stretches.LAST_DAY), AS_DAY]
_OF_THE_WHOLE, _OF_ONE = (", ".join(queries.states(partner)) for partner in (None, "one"))


class Asked(Paging):
    """Which submissions."""

    state: Line = Field(
        "",
        description=(
            f"状态 · state of the whole ({_OF_THE_WHOLE}), or for an agency of its own document ({_OF_ONE})"
        ),
    )
    document: Line = Field("", description="单证种类 · kind of document")
    bill: Line = Field("", description="提运单号 · number of a bill, as declared")
    container: Line = Field("", description="箱号 · number of a container")
    number: Line = Field("", description="任一单号 · any number that it carries")
    part: Line = Field("", description="号码或企业名称的一部分 · parts of its numbers or of a firm's name")
    sort: Literal["newest", "oldest"] = Field("newest", description="排序 · order, by time received")
    since: Day = Field(
        None,
        description="从哪天起（北京时间），2000–2199 年 · received on this day or later (UTC+8), 2000–2199",
    )
    until: Day = Field(
        None,
        description="到哪天止（北京时间），2000–2199 年 · received on this day or earlier (UTC+8), 2000–2199",
    )


def use(knowledge: Callable[[], Knowledge] | None) -> None:
    """State, once a process, what the doors know by heart: checks rest on the same."""
    global _knowledge
    _knowledge = knowledge


def readers() -> tuple[Reader, ...]:
    """The formats that have a response of their own, as last known: identity need not be known for them."""
    global _readers
    with suppress(StaleDirectoryError):
        _readers = _knowledge().readers if _knowledge else ()
    return _readers


@routes.see(
    "/submissions",
    shapes.Submissions,
    needs=READ,
    title=Text("申报列表", "Submissions"),
    notes=Text(
        "机关和作业单位看到的是发给自己的单证。每页查找有限，条目可以不满甚至为空；next 不为空就接着查",
        "An agency or operator sees the documents it was sent. A page is looked for among so many: it may"
        " hold fewer than asked for, even none; while there is a `next`, the list goes on",
    ),
)
def list_submissions(request: HttpRequest, asked: Query[Asked]) -> Any:
    viewer = viewer_in(request)
    partner = queries.own_partner(viewer.party)
    numbers = {"bill": asked.bill or None, "container": asked.container or None}
    which = queries.Asked(
        since=stretches.midnight(asked.since) or stretches.EARLIEST,
        until=stretches.midnight(asked.until, 1) or stretches.NEVER,
        oldest=asked.sort == "oldest",
        numbers=tuple(filter(None, (asked.number or asked.bill or asked.container,))),
        words=asked.part,
        most=asked.limit + 1,
        place=paging.begin(asked.after, queries.Place),
        fits=numbers | {"kind": asked.document or None, "state": _number(asked.state, partner)},
    )
    rows, ended = queries.listed(partner, which)
    named = [row | {"state": queries.state_name(row["state"], row["receiver"])} for row in rows]
    found = paging.page(named, asked.limit, lambda row: (row["received_at"], row["submission_id"]))
    return found if found["next"] or not ended else found | {"next": paging.cursor(*ended)}


@routes.see(
    "/submissions/{uuid:submission_id}",
    shapes.SubmissionShape,
    needs=READ,
    title=Text("一次申报在各家的办理情况", "How a submission fares with each receiver"),
    notes=Text(
        "各家单证、状态、回执、待办和期限", "Documents, states, receipts, duties and their time limits"
    ),
)
def get_submission(request: HttpRequest, submission_id: UUID) -> Any:
    viewer = viewer_in(request)
    with lookups() as cursor:
        found = submission_status(viewer, cursor, submission_id)
        if found is None:
            raise absent()
        duties = duties_of_submission(viewer, cursor, submission_id)
    return found | _figures(found) | {"duties": [_duty(kept.duty, kept.done_at) for kept in duties]}


def _figures(found: dict[str, Any]) -> dict[str, int | None]:
    """How much was entered, and what was filled from it: both stand with the documents already."""
    entries = (one["boxes"] for one in found["documents"] if one["receiver"] is None)
    filled = (one["boxes"] for one in found["documents"] if one["receiver"] is not None)
    return {"entries": next(entries, None), "boxes": sum(filled)}


@routes.see(
    "/submissions/{uuid:submission_id}/content",
    shapes.ContentShape,
    needs=READ,
    title=Text("申报内容", "What was declared"),
    notes=Text(
        "规范形式的内容；取其中的 document 和 values 即可再次提交",
        "Its canonical values; of this answer `document` and `values` may be submitted again as they are",
    ),
)
def get_content(request: HttpRequest, submission_id: UUID) -> Any:
    found = visible(submission_id, viewer_in(request))
    if found is None:
        raise absent()
    return asdict(found) | {"document": found.kind}


@routes.see(
    "/submissions/{uuid:submission_id}/documents/{uuid:document_id}",
    shapes.ReceiverDocument,
    needs=READ,
    title=Text("一家的单证及每栏来源", "A receiver's document, box by box"),
    notes=Text(
        "每栏取自哪一项录入；看不到原申报的一方只得到报文",
        "Each box with the entry it was made from; who may not see the declaration gets the message alone",
    ),
)
def get_document(request: HttpRequest, submission_id: UUID, document_id: UUID) -> Any:
    row, source = queries.document(submission_id, document_id), visible(submission_id, viewer_in(request))
    if row is None:
        raise absent()
    filled = _boxes(source, row["receiver"], row["document"]) if source else ()
    return row | {"digest": bytes(row["digest"]).hex(), "boxes": [asdict(box) for box in filled]}


def _boxes(source: Seen, partner: str, target: str) -> Iterable[Filled]:
    projection = desk.current().registry.mapping(source.document, partner, target)
    return boxes_sent(projection, source.document, source.format) if projection else ()


@routes.see(
    "/submissions/{uuid:submission_id}/documents/{uuid:document_id}/message",
    None,
    needs=READ,
    title=Text("发出的报文", "The message that was sent"),
    notes=Text("发给该家的原始字节", "The exact bytes that went to the receiver"),
    media="application/octet-stream",
)
def get_message(request: HttpRequest, submission_id: UUID, document_id: UUID) -> Any:
    row = queries.document(submission_id, document_id)
    if row is None:
        raise absent()
    return HttpResponse(queries.payload(row), content_type="application/octet-stream")


@routes.see(
    "/duties",
    shapes.Duties,
    needs=READ,
    title=Text("待办和期限", "What has to be done, and until when"),
    notes=Text("最急的在前", "The most pressing first"),
)
def list_duties(request: HttpRequest, asked: Query[Paging]) -> Any:
    with connection.cursor() as cursor:
        work = open_duties(viewer_in(request), cursor, asked.limit + 1, paging.begin(asked.after, Place))
    found = paging.page(work.lines, asked.limit, lambda line: line.place)
    return found | {"items": [_duty(line.duty, None) for line in found["items"]], "number": work.number}


@routes.act(
    "/checks",
    shapes.Finding,
    needs=SCOPE,
    title=Text("只检查不申报", "Check only"),
    notes=Text(
        "与申报同样的检查，全部问题一次给出，什么也不保存；XML 以 XML 作答",
        "The very check of the door, every problem at once; nothing is kept; XML is answered in XML",
    ),
)
def check(request: HttpRequest) -> Any:
    try:
        prepared = prepare(request.body, _context(request))
    except Refused as refused:
        return _finding(refused.problems)
    receivers = [
        {"receiver": each.partner, "document": each.kind, "boxes": each.boxes} for each in prepared.issued
    ]
    kind, entries = prepared.checked.document.kind, prepared.checked.boxes
    found = _finding(prepared.checked.problems)
    return found | {"fit": True, "document": kind, "entries": entries, "receivers": receivers}


def _finding(problems: tuple[Problem, ...]) -> dict[str, Any]:
    said = problem_values(problems)
    return {"fit": False, "document": None, "entries": 0, "problems": said, "receivers": []}


def _context(request: HttpRequest) -> Context:
    if _knowledge is None:
        raise LookupError("no door is open in this process")
    known, actor = _knowledge(), actor_in(request)
    party = known.directory.party(actor.party)
    if party is None:
        raise StaleDirectoryError(f"party {actor.party} is not known yet")
    return Context(known, actor, party, "check", CHECKED, now(), lambda: uuid7(now()))


def _number(state: str, partner: str | None) -> int | None:
    """A state's number; a name that there is not is refused with those that there are."""
    known = queries.states(partner)
    if not state or state in known:
        return known.get(state)
    listed = ", ".join(known)
    problem = Problem(
        "not_one_of", Text(f"state 应为 {listed} 之一", f"state must be one of {listed}"), "state", state[:60]
    )
    raise Denied(refusals.answer(422, problem))


def _duty(duty: Duty, done_at: datetime | None) -> dict[str, Any]:
    return {
        "submission_id": duty.submission_id,
        "document_id": duty.document_id,
        "code": duty.code,
        "receiver": duty.partner,
        "state": duty.state,
        "text": duty.text,
        "action": duty.action,
        "reason": duty.reason,
        "since": duty.since,
        "deadline": duty.deadline,
        "done_at": done_at,
    }
