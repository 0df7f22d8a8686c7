"""What programs of agencies and terminals ask and do about joint inspections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.db import connection
from django.http import HttpRequest
from ninja import Query
from pydantic import AwareDatetime, Field

from singlewindow.hub.coordination import api_queries as asking
from singlewindow.hub.coordination import api_shapes as shapes
from singlewindow.hub.coordination import queries, services
from singlewindow.hub.coordination.api import READ
from singlewindow.hub.coordination.api_asking import Asking, requested
from singlewindow.hub.coordination.orders import State
from singlewindow.hub.exchange.api_minding import ReasonGiven
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Key, absent, viewer_in
from singlewindow.hub.identity.shapes import AS_MOMENT, Given, Line, Name, Paging, Sentence
from singlewindow.kernel.messages import Text

PLAN, REPORT = "inspections.plan", "inspections.report"
MOST_RESULTS = 200
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
WHEN = (
    "时间，带时区，如 2026-11-23T09:30:00+08:00，2000–2199 年 · "
    "when, with its offset from UTC: 2026-11-23T09:30:00+08:00, 2000–2199"
)
routes = Asking(tags=["inspections"])


class Asked(Paging):
    """Which orders."""

    state: State | None = Field(None, description="状态 · state")
    open: bool = Field(False, description="只要未结的 · those not closed or cancelled only")
    consignment: UUID | None = Field(None, description="货物档案 · of which consignment")


class AppointmentGiven(Given):
    """When it is to take place, with its offset from UTC, and where."""

    when: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST, description=WHEN), AS_MOMENT]
    place: Line = ""


class ResultGiven(Given):
    """What was found of one item of the checklist."""

    item: Name
    result: Literal["normal", "abnormal", "waived"]
    note: Sentence = ""


class ResultsGiven(Given):
    """The own agency's findings, its conclusion if it has come to one, and the seal put on afterwards."""

    results: Annotated[tuple[ResultGiven, ...], Field(max_length=MOST_RESULTS)] = ()
    conclusion: shapes.Conclusion = ""
    seal: Annotated[Line, Field(max_length=40)] = ""


@routes.see(
    "/inspections",
    shapes.Inspections,
    needs=READ,
    title=Text("查验单列表", "Inspection orders"),
    notes=Text("最新的在前", "Newest first"),
)
def list_inspections(request: HttpRequest, asked: Query[Asked]) -> Any:
    begin = paging.begin(asked.after, tuple[UUID])
    rows = asking.ask(
        "inspections",
        before=begin and begin[0],
        state=asked.state,
        open=asked.open,
        dossier=asked.consignment,
        most=asked.limit + 1,
    )
    return paging.page(
        [row | {"consignment": row["dossier"]} for row in rows], asked.limit, lambda row: (row["id"],)
    )


@routes.see(
    "/inspections/{uuid:inspection_id}",
    shapes.Inspection,
    needs=READ,
    title=Text("一张查验单", "One inspection order"),
    notes=Text("各机关分工、清单、结果、结论", "Each agency's part, the checklist, results, conclusions"),
)
def get_inspection(request: HttpRequest, inspection_id: UUID) -> Any:
    found = _seen(request, inspection_id)
    order = msgspec.structs.asdict(found.order)
    more = {
        "changed_at": found.changed_at,
        "reason": found.reason,
        "parts": list(found.parts),
        "results": list(found.results),
    }
    return order | more | {"consignment": found.order.dossier}


@routes.ask(
    "/inspections/{uuid:inspection_id}/appointment",
    needs=PLAN,
    title=Text("预约查验", "Make an appointment"),
)
def appoint_inspection(request: HttpRequest, inspection_id: UUID, asked: AppointmentGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.appoint, when=asked.when, place=asked.place)


@routes.ask(
    "/inspections/{uuid:inspection_id}/appointment/cancellation",
    needs=PLAN,
    title=Text("取消预约", "Call the appointment off"),
    notes=Text(
        "只有定下预约的一方可以取消，须有理由，各方都会收到；查验单回到“已下达”",
        "Only the party that made it, for a reason that all are told; the order is `issued` again",
    ),
)
def call_off_appointment(request: HttpRequest, inspection_id: UUID, asked: ReasonGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.call_off, reason=asked.reason)


@routes.ask(
    "/inspections/{uuid:inspection_id}/arrival",
    needs=PLAN,
    title=Text("已到查验位", "The subject stands in the yard"),
)
def report_arrival(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.ready)


@routes.ask(
    "/inspections/{uuid:inspection_id}/arrival/withdrawal",
    needs=PLAN,
    title=Text("撤回到位", "Take back that it stands in the yard"),
    notes=Text(
        "只有所报的一方可以撤回，须有理由，且查验尚未开始；查验单回到“已预约”",
        "Only the party that said so, for a reason, until the inspection has begun; the order is `scheduled`"
        " again",
    ),
)
def withdraw_arrival(request: HttpRequest, inspection_id: UUID, asked: ReasonGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.not_ready, reason=asked.reason)


@routes.ask(
    "/inspections/{uuid:inspection_id}/beginning",
    needs=REPORT,
    title=Text("开始查验", "Begin the inspection"),
)
def begin_inspection(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.start)


@routes.ask(
    "/inspections/{uuid:inspection_id}/beginning/withdrawal",
    needs=REPORT,
    title=Text("撤回开始", "Take back that it began"),
    notes=Text(
        "只有开始的一方可以撤回，须有理由，且尚无结果录入；期间到达的机关加入查验",
        "Only the party that said so, for a reason, until a result is recorded; agencies that came since take"
        " part",
    ),
)
def withdraw_beginning(request: HttpRequest, inspection_id: UUID, asked: ReasonGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.not_started, reason=asked.reason)


@routes.ask(
    "/inspections/{uuid:inspection_id}/results",
    needs=REPORT,
    title=Text("登记结果和结论", "Record results and a conclusion"),
    notes=Text(
        "本机关的；最后一家给出结论即合并",
        "The own agency's; the last conclusion consolidates the order",
    ),
)
def record_results(request: HttpRequest, inspection_id: UUID, asked: ResultsGiven, key: Key) -> Any:
    results = {one.item: (one.result, one.note) for one in asked.results}
    more = {"results": results, "conclusion": asked.conclusion, "seal": asked.seal}
    return _ask_as_agency(request, inspection_id, key, services.record_result, **more)


@routes.ask(
    "/inspections/{uuid:inspection_id}/conclusion/withdrawal",
    needs=REPORT,
    title=Text("撤回结论", "Take the conclusion back"),
    notes=Text(
        "本机关的，只在其他机关尚未全部作出结论之前；所录结果仍在，更正后再作结论",
        "The own agency's, as long as another's is to come; its results stay, to be corrected",
    ),
)
def withdraw_conclusion(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask_as_agency(request, inspection_id, key, services.reopen)


@routes.ask(
    "/inspections/{uuid:inspection_id}/recognition",
    needs=REPORT,
    title=Text("一查多认", "Recognise an earlier result"),
)
def recognise_inspection(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask_as_agency(request, inspection_id, key, services.recognise)


@routes.ask(
    "/inspections/{uuid:inspection_id}/repetition",
    needs=REPORT,
    title=Text("再次查验", "Inspect once more"),
    notes=Text("须有留档的理由", "For a reason that stays on record"),
)
def repeat_inspection(request: HttpRequest, inspection_id: UUID, asked: ReasonGiven, key: Key) -> Any:
    return _ask_as_agency(request, inspection_id, key, services.inspect_again, reason=asked.reason)


def _seen(request: HttpRequest, id_: UUID) -> queries.Detail:
    with connection.cursor() as cursor:
        found = queries.inspection(viewer_in(request), cursor, id_)
    if found is None:
        raise absent()
    return found


def _ask(request: HttpRequest, id_: UUID, key: str, verb: Callable[..., None], **given: Any) -> Any:
    _seen(request, id_)
    return requested(request, key, verb, order=id_, **given)


def _ask_as_agency(request: HttpRequest, id_: UUID, key: str, verb: Callable[..., None], **given: Any) -> Any:
    agency = asking.own_agency(viewer_in(request).party)
    return _ask(request, id_, key, verb, agency=agency, **given)
