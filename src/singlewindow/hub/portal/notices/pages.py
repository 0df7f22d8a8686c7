"""The message box: its page, its corner of the hall, the count in the header, and what was read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.identity.permissions import signed_in
from singlewindow.hub.identity.refusals import safe_next
from singlewindow.hub.notice import queries, services
from singlewindow.hub.notice.queries import Line, Place
from singlewindow.hub.portal import queries as portal
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.notices import view

DIGITS_MOST = 18


@signed_in
@require_safe
@never_cache
def box(request: HttpRequest) -> HttpResponse:
    """Everything that was told to the viewer's parties, newest first, page by page."""
    before = Place.read(request.GET.get("before", ""))
    unread = request.GET.get("unread") == "1"
    values = {
        "page": _page(request, queries.PAGE, before, unread),
        "only_unread": unread,
        "first": not before,
    }
    values["read_at"] = now()
    return framed(request, "portal/notices/box.html", values, live="portal/notices/box_live.html")


@signed_in
@require_safe
@never_cache
def latest(request: HttpRequest) -> HttpResponse:
    """The newest few, for the hall."""
    return render(request, "portal/notices/latest.html", {"page": _page(request, view.LATEST)})


@signed_in
@require_safe
@never_cache
def count(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the header."""
    with connection.cursor() as cursor:
        number = queries.unread(_viewer(request), cursor)
    return render(request, "portal/notices/count.html", {"unread": number})


@signed_in
@require_safe
@never_cache
def opened(request: HttpRequest, place: str) -> HttpResponse:
    """Mark one as read and go to what it is about; without a page of its own, back to the box."""
    at = Place.read(place)
    viewer = _viewer(request)
    with connection.cursor() as cursor:
        found = queries.one(viewer, cursor, at) if at else None
        if found is not None:
            services.mark_read(viewer, cursor, found.place, now())
            return redirect(_about(request, cursor, found))
    return redirect("notices")


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one, or all up to the newest that the page showed."""
    at, up_to = Place.read(request.POST.get("place", "")), request.POST.get("up_to", "")
    with connection.cursor() as cursor:
        if at is not None:
            services.mark_read(_viewer(request), cursor, at, now())
        elif up_to.isascii() and up_to.isdecimal() and len(up_to) <= DIGITS_MOST:
            services.mark_all_read(_viewer(request), cursor, int(up_to), now())
    back = safe_next(request.POST.get("next", ""))
    if back == "/":
        return redirect("notices")
    return redirect(f"{back}#told-{at}" if at is not None else back)  # whoever marked one goes on from it


def _page(request: HttpRequest, most: int, before: Place | None = None, unread: bool = False) -> view.Page:
    viewer = _viewer(request)
    with connection.cursor() as cursor:
        lines = queries.listed(viewer, cursor, before, most + 1, unread)
        return view.page(lines, queries.unread(viewer, cursor), now(), most)


def _about(request: HttpRequest, cursor: Any, line: Line) -> str:
    """The page of the order or of the consignment, where the viewer may see it."""
    viewer = _viewer(request)
    ordered = line.subject_kind == "inspection" and "instructions.read" in viewer.permissions
    if ordered and coordination.inspection(viewer, cursor, line.subject_id) is not None:
        return reverse("inspection", args=[line.subject_id])
    if line.submission_id and "consignments.read" in viewer.permissions and _visible(line.submission_id):
        return reverse("consignment", args=[line.submission_id])
    return reverse("notices")


def _visible(submission: UUID) -> bool:
    return portal.consignment(submission) is not None or portal.followed(submission) is not None


def _viewer(request: HttpRequest) -> Any:
    return request.viewer  # type: ignore[attr-defined]
