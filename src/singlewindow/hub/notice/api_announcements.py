"""What programs ask of the announcements: those that everybody may read, whoever asks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Routes
from singlewindow.hub.identity.shapes import Paging, Shape, Words
from singlewindow.hub.notice import announced
from singlewindow.hub.notice.announced import Place
from singlewindow.hub.notice.announcements import kinds
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Text

routes = Routes(tags=["announcements"])


class AnnouncementShape(Shape):
    """What the platform's operator tells everybody: plain text, in which blank lines part paragraphs.

    A stop of service lasts from ``stops_at`` to ``resumes_at``; others have neither.
    """

    id: UUID
    kind: Annotated[str, Field(json_schema_extra={"enum": [*kinds()]})]
    title: Words
    text: Words
    shown_from: datetime
    shown_until: datetime | None
    stops_at: datetime | None
    resumes_at: datetime | None


class Announcements(Shape):
    """A page of announcements, newest first."""

    items: list[AnnouncementShape]
    next: str | None


class Asked(Paging):
    """Which announcements."""

    in_force: bool = Field(False, description="只列有效的 · those alone that are in force")


@routes.see(
    "/announcements",
    Announcements,
    needs="",
    title=Text("公告", "Announcements"),
    notes=Text(
        "平台运行单位向所有人发布的停机、规则和服务公告，有效的和已过期的，最新的在前；已撤回的不列。"
        "公告由运行单位的人员在门户发布，接口不发布",
        "What the platform's operator tells everybody of stops, rules and services, in force or past, newest"
        " first, without what it withdrew. Its people publish them in the portal, programs do not",
    ),
)
def list_announcements(request: HttpRequest, asked: Query[Asked]) -> Any:
    begin = paging.begin(asked.after, tuple[datetime, UUID])
    with connection.cursor() as cursor:
        place = begin and Place(*begin)
        found = announced.listed(cursor, now(), place, asked.limit + 1, asked.in_force)
    return paging.page(found, asked.limit, lambda one: (one.shown_from, one.id))
