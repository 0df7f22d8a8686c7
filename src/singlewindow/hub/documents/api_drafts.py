"""What programs ask and do about drafts of their own party, until they are handed in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query
from pydantic import Field, StringConstraints

from singlewindow.hub.documents import answers, desk, drafts
from singlewindow.hub.documents.api import definition_of
from singlewindow.hub.documents.drafts import Draft, Sheet, Stale
from singlewindow.hub.documents.handing import handed_in
from singlewindow.hub.documents.visible import visible_of
from singlewindow.hub.identity import paging, refusals
from singlewindow.hub.identity.programs import Denied, Routes, absent, actor_in, viewer_in
from singlewindow.hub.identity.shapes import Given, Name, Paging, Shape, Whole
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text

WRITE, SUBMIT = "declarations.write", "declarations.submit"
MOST_VERSION = 1_000_000_000
routes = Routes(tags=["documents"])

STALE = Problem(
    "draft.stale",
    Text("草稿已被另存为更新的版本，或已申报", "a newer version of the draft was kept, or it was handed in"),
    "version",
    remedy=Text("请先取最新版本再改", "fetch the newest version and change that"),
)

BUSY = Problem(
    "request.busy",
    Text("系统繁忙，尚未受理", "the system is busy; nothing was taken"),
    remedy=Text("请稍后再问一次；只会申报一次", "ask again shortly; it is handed in once"),
)
UNSETTLED = Problem(
    "request.not_known",
    Text("是否已受理尚不清楚", "whether it was taken is not known"),
    remedy=BUSY.remedy,
)


class DraftLine(Shape):
    """A draft in a list."""

    id: UUID
    document: str
    title: str
    entries: int
    version: int
    by: str
    updated_at: datetime


class Drafts(Shape):
    """Drafts of one's own party, newest first."""

    items: list[DraftLine]
    next: str | None


class DraftShape(Shape):
    """A draft: values as they were typed, what it became, and which submission's return it answers."""

    id: UUID
    document: str
    definition_version: str
    version: int
    values: dict[str, Any]
    updated_at: datetime
    submission_id: UUID | None
    mends: UUID | None


class Kept(Shape):
    """The version under which a draft is kept now."""

    id: UUID
    version: int


class VersionGiven(Given):
    """Which version of a draft is meant, so that nothing unseen is handed in."""

    version: Whole = Field(ge=1, le=MOST_VERSION)


class HandedIn(Shape):
    """What a draft has become, and where to follow it."""

    submission_id: UUID
    message_id: str
    location: str


class DraftGiven(Given):
    """What is to be kept: over which version (0: a new draft); begun, for which submission's return."""

    document: Name
    definition_version: Annotated[str, StringConstraints(max_length=20)] = ""
    version: Whole = Field(ge=0, le=MOST_VERSION)
    values: dict[str, Any]
    mends: UUID | None = None


class OfKind(Paging):
    """Drafts of which kind of document."""

    document: Annotated[Name, Field(description="单证种类 · kind of document")]


@routes.see(
    "/drafts",
    Drafts,
    needs=WRITE,
    title=Text("草稿", "Drafts"),
    notes=Text("本单位的草稿，最新的在前", "Drafts of one's own party, newest first"),
)
def list_drafts(request: HttpRequest, asked: Query[OfKind]) -> Any:
    begin = paging.begin(asked.after, drafts.Place)
    kept = drafts.listed(asked.document, viewer_in(request), asked.limit + 1, begin)
    found = paging.page(kept, asked.limit, lambda one: (one.updated_at, one.id))
    return found | {
        "items": [
            {
                "id": one.id,
                "document": one.kind,
                "title": one.title,
                "entries": one.entries,
                "version": one.version,
                "by": one.person_name,
                "updated_at": one.updated_at,
            }
            for one in found["items"]
        ]
    }


@routes.see(
    "/drafts/{uuid:draft_id}",
    DraftShape,
    needs=WRITE,
    title=Text("一份草稿", "One draft"),
    notes=Text("内容如所填写，对错照存", "Its values as they were typed, right or wrong"),
)
def get_draft(request: HttpRequest, draft_id: UUID) -> Any:
    kept = drafts.read(draft_id)
    if kept is None:
        raise absent()
    return _draft(kept)


@routes.act(
    "/drafts/{uuid:draft_id}",
    Kept,
    method="PUT",
    needs=WRITE,
    title=Text("保存草稿", "Keep a draft"),
    notes=Text(
        "标识由调用方选定；按版本保存，不会覆盖没看见的改动；同样的内容再存一次不变；改单须注明被退回的申报",
        "The caller chooses the id; nothing is overwritten unseen; the same again changes nothing;"
        " one that mends a return names it",
    ),
    more=(409,),
)
def keep_draft(request: HttpRequest, draft_id: UUID, asked: DraftGiven) -> Any:
    found = definition_of(asked.document, asked.definition_version)
    called = drafts.called(asked.values.get(found.reference))
    if asked.mends is not None:
        _returned(asked.mends, found.id, request)
    sheet = Sheet(
        found.id, found.version, dict(asked.values), called, answers.count(asked.values), asked.mends
    )
    there = drafts.locked(draft_id)
    if there is not None and there.submission_id is None and there.digest == sheet.digest:
        return {"id": draft_id, "version": there.version}
    try:
        kept = drafts.keep(draft_id, asked.version, sheet, viewer_in(request), now())
    except Stale as stale:
        raise (Denied(refusals.answer(409, STALE)) if stale.now else absent()) from None
    return {"id": draft_id, "version": kept}


@routes.act(
    "/drafts/{uuid:draft_id}/submission",
    HandedIn,
    status=202,
    needs=SUBMIT,
    title=Text("申报草稿", "Hand a draft in"),
    notes=Text(
        "草稿标识即报文标识：无论问几次只申报一次，回答不变；version 须为最新一版",
        "The draft's id is the message id: handed in once however often it is asked; version is the newest",
    ),
    more=(409,),
)
def submit_draft(request: HttpRequest, draft_id: UUID, asked: VersionGiven) -> Any:
    kept = drafts.locked(draft_id)
    if kept is None:
        raise absent()
    if kept.version != asked.version:
        raise Denied(refusals.answer(409, STALE))
    return 202, _handed(draft_id, kept.submission_id or _submitted(request, kept))


@routes.act(
    "/drafts/{uuid:draft_id}",
    None,
    method="DELETE",
    status=204,
    needs=WRITE,
    title=Text("删除草稿", "Throw a draft away"),
    notes=Text("已申报的不能删除", "One that was handed in stays"),
)
def discard_draft(request: HttpRequest, draft_id: UUID) -> Any:
    if not drafts.discard(draft_id):
        raise absent()
    return HttpResponse(status=204)


def _returned(mends: UUID, kind: str, request: HttpRequest) -> None:
    """What a draft is to mend is a declaration of its kind that the caller may read, as for people."""
    if visible_of(kind, mends, viewer_in(request)) is None:
        raise absent()


def _submitted(request: HttpRequest, kept: Draft) -> UUID:
    """What the draft has become by the one write path; raises Denied with why it has not."""
    actor = actor_in(request)
    handed = desk.current().submit(kept.kind, kept.definition_version, kept.values, actor, str(kept.id))
    if handed.busy or handed.unsettled:
        raise Denied(refusals.answer(503, UNSETTLED if handed.unsettled else BUSY))
    if handed.submission_id is None:
        raise Denied(refusals.answer(422, *handed.problems))
    request.keeps_changes = True  # type: ignore[attr-defined]
    handed_in(kept.id, handed.submission_id, actor)
    if handed.conflict:
        raise Denied(refusals.answer(409, answers.SUBMITTED))
    return handed.submission_id


def _handed(draft_id: UUID, submission_id: UUID) -> dict[str, Any]:
    place = f"/api/v1/submissions/{submission_id}"
    return {"submission_id": submission_id, "message_id": str(draft_id), "location": place}


def _draft(kept: Draft) -> dict[str, Any]:
    return {
        "id": kept.id,
        "document": kept.kind,
        "definition_version": kept.definition_version,
        "version": kept.version,
        "values": kept.values,
        "updated_at": kept.updated_at,
        "submission_id": kept.submission_id,
        "mends": kept.mends,
    }
