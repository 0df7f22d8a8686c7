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
from singlewindow.hub.coordination.api import READ, requested
from singlewindow.hub.coordination.orders import State
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Key, Routes, absent
from singlewindow.hub.identity.shapes import AS_MOMENT, Given, Line, Name, Paging, Sentence
from singlewindow.kernel.messages import Text

PLAN, REPORT = "inspections.plan", "inspections.report"
MOST_RESULTS = 200
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
routes = Routes(tags=["inspections"])
ASKED = Text("结果见 location", "`location` tells what became of it")


class Asked(Paging):
    """Which orders."""

    state: State | None = Field(None, description="状态 · state")
    open: bool = Field(False, description="只要未结的 · those not closed or cancelled only")
    consignment: UUID | None = Field(None, description="货物档案 · of which consignment")


class AppointmentGiven(Given):
    """When it is to take place, with its offset from UTC, and where."""

    when: Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST, description="2000–2199"), AS_MOMENT]
    place: Line = ""


class CallingOffGiven(Given):
    """Why the appointment cannot be kept."""

    reason: Annotated[Sentence, Field(min_length=1)]


class ResultGiven(Given):
    """What was found of one item of the checklist."""

    item: Name
    result: Literal["normal", "abnormal", "waived"]
    note: Sentence = ""


class ResultsGiven(Given):
    """The own agency's findings, its conclusion if it has come to one, and the seal put on afterwards."""

    results: Annotated[tuple[ResultGiven, ...], Field(max_length=MOST_RESULTS)] = ()
    conclusion: Literal["", "normal", "abnormal"] = ""
    seal: Annotated[Line, Field(max_length=40)] = ""


class RepetitionGiven(Given):
    """Why the same thing is looked at once more."""

    reason: Annotated[Sentence, Field(min_length=1)]


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
def inspection(request: HttpRequest, inspection_id: UUID) -> Any:
    found = _seen(request, inspection_id)
    order = msgspec.structs.asdict(found.order)
    more = {"reason": found.reason, "parts": list(found.parts), "results": list(found.results)}
    return order | more | {"consignment": found.order.dossier}


@routes.act(
    "/inspections/{uuid:inspection_id}/appointment",
    shapes.RequestShape,
    status=202,
    needs=PLAN,
    title=Text("预约查验", "Make an appointment"),
    notes=ASKED,
)
def appoint_inspection(request: HttpRequest, inspection_id: UUID, asked: AppointmentGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.appoint, when=asked.when, place=asked.place)


@routes.act(
    "/inspections/{uuid:inspection_id}/appointment/cancellation",
    shapes.RequestShape,
    status=202,
    needs=PLAN,
    title=Text("取消预约", "Call the appointment off"),
    notes=Text(
        "只有定下预约的一方可以取消，须有理由，各方都会收到；查验单回到“已下达”。结果见 location",
        "Only the party that made it, for a reason that all are told; the order is `issued` again. "
        "`location` tells what became of it",
    ),
)
def call_off_appointment(request: HttpRequest, inspection_id: UUID, asked: CallingOffGiven, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.call_off, reason=asked.reason)


@routes.act(
    "/inspections/{uuid:inspection_id}/arrival",
    shapes.RequestShape,
    status=202,
    needs=PLAN,
    title=Text("已到查验位", "The subject stands in the yard"),
    notes=ASKED,
)
def report_arrival(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.ready)


@routes.act(
    "/inspections/{uuid:inspection_id}/beginning",
    shapes.RequestShape,
    status=202,
    needs=REPORT,
    title=Text("开始查验", "Begin the inspection"),
    notes=ASKED,
)
def begin_inspection(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask(request, inspection_id, key, services.start)


@routes.act(
    "/inspections/{uuid:inspection_id}/results",
    shapes.RequestShape,
    status=202,
    needs=REPORT,
    title=Text("登记结果和结论", "Record results and a conclusion"),
    notes=Text(
        "本机关的；最后一家给出结论即合并。结果见 location",
        "The own agency's; the last conclusion consolidates the order. `location` tells what became of it",
    ),
)
def record_results(request: HttpRequest, inspection_id: UUID, asked: ResultsGiven, key: Key) -> Any:
    results = {one.item: (one.result, one.note) for one in asked.results}
    more = {"results": results, "conclusion": asked.conclusion, "seal": asked.seal}
    return _ask_as_agency(request, inspection_id, key, services.record_result, **more)


@routes.act(
    "/inspections/{uuid:inspection_id}/recognition",
    shapes.RequestShape,
    status=202,
    needs=REPORT,
    title=Text("一查多认", "Recognise an earlier result"),
    notes=ASKED,
)
def recognise_inspection(request: HttpRequest, inspection_id: UUID, key: Key) -> Any:
    return _ask_as_agency(request, inspection_id, key, services.recognise)


@routes.act(
    "/inspections/{uuid:inspection_id}/repetition",
    shapes.RequestShape,
    status=202,
    needs=REPORT,
    title=Text("再次查验", "Inspect once more"),
    notes=Text(
        "须有留档的理由。结果见 location",
        "For a reason that stays on record. `location` tells what became of it",
    ),
)
def repeat_inspection(request: HttpRequest, inspection_id: UUID, asked: RepetitionGiven, key: Key) -> Any:
    return _ask_as_agency(request, inspection_id, key, services.inspect_again, reason=asked.reason)


def _seen(request: HttpRequest, id_: UUID) -> queries.Detail:
    with connection.cursor() as cursor:
        found = queries.inspection(request.viewer, cursor, id_)  # type: ignore[attr-defined]
    if found is None:
        raise absent()
    return found


def _ask(request: HttpRequest, id_: UUID, key: str, verb: Callable[..., None], **given: Any) -> Any:
    _seen(request, id_)
    return requested(request, key, verb, order=id_, **given)


def _ask_as_agency(request: HttpRequest, id_: UUID, key: str, verb: Callable[..., None], **given: Any) -> Any:
    agency = asking.own_agency(request.viewer.party)  # type: ignore[attr-defined]
    return _ask(request, id_, key, verb, agency=agency, **given)
