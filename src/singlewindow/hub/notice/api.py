"""What programs ask of the message box of their party, and how they say what they have dealt with."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.identity import paging, refusals
from singlewindow.hub.identity.once import once
from singlewindow.hub.identity.programs import Denied, Key, Routes, viewer_in
from singlewindow.hub.identity.shapes import Given, Large, Paging, Shape, Words
from singlewindow.hub.notice import queries, services
from singlewindow.hub.notice.queries import Place
from singlewindow.hub.notice.rules import KINDS, ROLES
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text, Viewer

READ = "notices.read"
MOST_MARKED = 200
NOTHING = Problem(
    "notices.nothing_named",
    Text("没有指明已读哪些消息", "it is not said which notices were read"),
    remedy=Text("请给出 positions 或 up_to", "give `positions` or `up_to`"),
)
routes = Routes(tags=["notices"])
Position = Annotated[Large, Field(strict=True, ge=0, le=2**53)]


class NoticeShape(Shape):
    """What a party was told, in the words of that day. ``position`` is that of the journal's entry.

    ``role`` is as what the party is told (declarant, importer, forwarder, terminal, agency, platform, or
    ``party``: something is done to it itself), ``kind`` the status kind, ``subject_id`` the order, release
    or document it is about. ``submission_id`` is null of a thing that several consignments share.
    ``read``: by this party's programs.
    """

    position: Large
    at: datetime
    topic: str
    role: Annotated[str, Field(json_schema_extra={"enum": [*sorted(ROLES)]})]
    kind: Annotated[str, Field(json_schema_extra={"enum": [*sorted(KINDS)]})]
    title: Words
    detail: Words
    subject_kind: str
    subject_id: UUID
    submission_id: UUID | None
    read: bool


class Notices(Shape):
    """A page of the message box, newest first."""

    items: list[NoticeShape]
    next: str | None


class UnreadNotices(Shape):
    """How many notices remain unread, counted up to 99; ``more``: there are more than that."""

    number: int
    more: bool


class Asked(Paging):
    """Which notices."""

    unread: bool = Field(False, description="只列未读 · those alone that are not read")


class NoticesGiven(Given):
    """What was read: these, and all up to a position; those that are not of one's own box are left out."""

    positions: Annotated[tuple[Position, ...], Field(max_length=MOST_MARKED)] = ()
    up_to: Position | None = None


@routes.see(
    "/notices",
    Notices,
    needs=READ,
    title=Text("消息", "The message box"),
    notes=Text(
        "通知本单位的事项，最新的在前；已读由本单位的程序共同记录，与各人在门户的已读互不影响",
        "What one's own party was told, newest first; read is what programs of the party have marked, apart"
        " from what its people have read in the portal",
    ),
)
def list_notices(request: HttpRequest, asked: Query[Asked]) -> Any:
    begin = paging.begin(asked.after, tuple[paging.Position, paging.Number])
    with connection.cursor() as cursor:
        found = queries.listed(
            viewer_in(request), cursor, begin and Place(*begin), asked.limit + 1, asked.unread
        )
    return paging.page(found, asked.limit, lambda line: (line.position, line.party))


@routes.act(
    "/notices/read",
    UnreadNotices,
    needs=READ,
    title=Text("标为已读", "Mark notices as read"),
    notes=Text(
        "逐条，或截至某一位置；其后到达的仍为未读。回答还有多少未读",
        "One by one, or up to a position; what came after it stays unread. The answer says how many remain",
    ),
)
def read_notices(request: HttpRequest, asked: NoticesGiven, key: Key) -> Any:
    if not asked.positions and asked.up_to is None:
        raise Denied(refusals.answer(422, NOTHING))
    return once(request, key, UnreadNotices, lambda: _marked(viewer_in(request), asked))


def _marked(viewer: Viewer, asked: NoticesGiven) -> Any:
    at = now()
    with connection.cursor() as cursor:
        for position in asked.positions:
            services.mark_read(viewer, cursor, Place(position, viewer.party), at)
        if asked.up_to is not None:
            services.mark_all_read(viewer, cursor, asked.up_to, at)
        return queries.unread(viewer, cursor)
