"""The announcements for everybody: those in force and past ones, and one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.hub.identity import paging
from singlewindow.hub.identity.permissions import public
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.identity.shapes import LONGEST_CURSOR
from singlewindow.hub.notice import announced, drafting
from singlewindow.hub.notice.announced import PAGE, Place
from singlewindow.hub.notice.announcing import PUBLISH
from singlewindow.hub.portal.announcements import view
from singlewindow.hub.portal.frame import framed
from singlewindow.kernel.messages import Problem

UNFIT = 422


@public
@require_safe
@never_cache
def announcements(request: HttpRequest) -> HttpResponse:
    """All in force, and the past ones page by page; ``?after=`` names the place where a page begins."""
    at, place = now(), _place(request.GET.get("after", ""))
    with connection.cursor() as cursor:
        standing = [] if place else announced.standing(cursor, at)
        ahead = [] if place or not may_publish(request) else announced.ahead(cursor, at)
        past = announced.past(cursor, at, place, PAGE + 1)
    shown = past[:PAGE]
    following = paging.cursor(shown[-1].shown_from, shown[-1].id) if len(past) > PAGE else ""
    values = {
        "first": place is None,
        "standing": view.lines(standing, at),
        "ahead": view.lines(ahead, at),
        "past": view.lines(shown, at),
        "following": f"?{urlencode({'after': following})}" if following else "",
        "may_publish": may_publish(request),
    }
    return in_frame(request, "portal/announcements/page.html", values)


@public
@require_safe
@never_cache
def announcement(request: HttpRequest, announcement: UUID) -> HttpResponse:
    """One of them, whole."""
    return show(request, announcement)


def show(
    request: HttpRequest, id_: UUID, problems: tuple[Problem, ...] = (), reason: str = ""
) -> HttpResponse:
    """One's page; with what is wrong with a reason for withdrawing it."""
    with connection.cursor() as cursor:
        one = announced.one(cursor, id_)
    if one is None:
        raise Http404
    values = {
        "line": view.line(one, now()),
        "may_publish": may_publish(request),
        "problems": problems,
        "reason": reason[: drafting.LONGEST_REASON],
        "reason_most": drafting.LONGEST_REASON,
    }
    return in_frame(request, "portal/announcements/one.html", values, UNFIT if problems else 200)


def in_frame(request: HttpRequest, page: str, values: dict[str, Any], status: int = 200) -> HttpResponse:
    """With the menu for who is signed in, as a public page for anybody else."""
    known = bool(request.viewer.person)  # type: ignore[attr-defined]
    answer = framed(request, page, {**values, "base": "ui/base.html" if known else "ui/base_public.html"})
    answer.status_code = status
    return answer


def may_publish(request: HttpRequest) -> bool:
    """Whether the viewer publishes announcements, and sees those that nobody else does."""
    return PUBLISH in request.viewer.permissions  # type: ignore[attr-defined]


def _place(after: str) -> Place | None:
    """The place a page begins behind; the beginning for what is no place of ours."""
    try:
        begin = paging.begin(after[:LONGEST_CURSOR], tuple[datetime, UUID])
    except Denied:
        return None
    return begin and Place(*begin)
