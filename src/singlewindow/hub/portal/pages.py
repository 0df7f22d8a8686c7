"""The pages themselves: each asks its queries, builds its view and renders inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from singlewindow.hub.documents import drafts
from singlewindow.hub.documents.pages import WRITE
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.permissions import permission, public
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.portal import consignment as consignments
from singlewindow.hub.portal import duties, names, queries, worklist
from singlewindow.hub.portal import home as homes
from singlewindow.hub.portal.apps import GATE, READ
from singlewindow.hub.portal.clearance import who
from singlewindow.hub.portal.clearance.matrix import Matrix, called
from singlewindow.hub.portal.clearance.pages import disposition
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.listing import Line, listing
from singlewindow.hub.process.mending import MENDS
from singlewindow.hub.process.queries import Kept, Place, duties_of_submission, open_duties
from singlewindow.kernel.messages import Text

# Where somebody with a right begins work; the first that is held counts.
FIRST = ((READ, "hall"), (GATE, "gate"), ("journal.read", "journal"))
TITLES = {
    "hall": Text("办事大厅", "Hall"),
    "declarations": Text("货物申报", "Goods declarations"),
    "consignments": Text("货物档案", "Consignments"),
}


@public
@require_safe
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """What this place is, who takes part, how they fare, and the way in."""
    held = request.viewer.permissions  # type: ignore[attr-defined]
    if first := next((route for right, route in FIRST if right in held), None):
        return redirect(first)
    lanes = queries.lanes()
    values = {
        "flow": homes.flow(names.partners()),
        "services": homes.services(queries.services(localtime(now()).date())),
        "lanes": homes.lanes(names.partners(), lanes),
        "at": now(),
        "next": request.GET.get("next", ""),
    }
    return render(request, "portal/home.html", values)


@permission(READ)
@require_safe
@never_cache
def hall(request: HttpRequest) -> HttpResponse:
    """What is to be done by deadline, counts by state that filter, and the newest declarations."""
    return _list(request, "hall")


@permission(READ)
@require_safe
@never_cache
def declarations(request: HttpRequest) -> HttpResponse:
    """Declarations as they were handed in, newest first."""
    return _list(request, "declarations")


@permission(READ)
@require_safe
@never_cache
def consignment_list(request: HttpRequest) -> HttpResponse:
    """Consignments by their numbers, newest first."""
    return _list(request, "consignments")


@permission(READ)
@require_safe
@never_cache
def consignment(request: HttpRequest, submission: UUID) -> HttpResponse:
    """Everything that concerns one consignment, for who may see it."""
    return framed(request, "portal/consignment.html", _consignment(request, submission))


@permission(READ)
@require_safe
@never_cache
def consignment_live(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The part of the page that changes, alone."""
    return render(request, "portal/consignment_live.html", _consignment(request, submission))


@permission(READ)
@require_safe
@never_cache
def search(request: HttpRequest) -> HttpResponse:
    """Any number: the one consignment that carries it, or the list of those that do."""
    query = request.GET.get("q", "").strip()[: queries.MAX_QUERY]
    found = queries.find(query) if query else []
    if len(found) == 1:
        return redirect("consignment", submission=found[0])
    rows = queries.chosen(found, _received(request, now())) if found else []
    lines = listing(rows, "all", page=len(found)).lines if found else ()
    values = {"query": query, "lines": lines, "show_party": _others(request, lines)}
    return framed(request, "portal/search.html", values)


def _consignment(request: HttpRequest, submission: UUID) -> dict[str, Any]:
    kept = queries.consignment(submission, who.partner(request))
    if kept is None:
        return _followed(request, submission)
    at, viewer = now(), request.viewer  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        owed = duties_of_submission(viewer, cursor, submission)
    view, goods = consignments.view(kept), disposition(request, submission)
    return {
        "view": view,
        "duties": duties.lines(owed, at, _to_attend(goods.get("matrix"))),
        "may_write": WRITE in viewer.permissions,
        "mend": _mend(view, owed) if WRITE in viewer.permissions else "",
        "again": drafts.mended(submission),
        **goods,
        "trouble": homes.trouble(queries.lanes()),
        "read_at": at,
    }


def _followed(request: HttpRequest, submission: UUID) -> dict[str, Any]:
    """What becomes of goods, for who is told of it but was sent no document about them."""
    told = queries.followed(submission)
    goods = disposition(request, submission) if told else {}
    matrix = goods.get("matrix")
    if told is None or matrix is None:
        raise Http404
    # Of the conveyance only what is inside it concerns this consignment.
    kinds = [line.kind.id for line in matrix.lines if line.kind and line.subject.id != "conveyance"]
    view = consignments.followed(told, kinds)
    goods["matrix"] = called(matrix, told["name"])
    return {"view": view, **goods, "trouble": homes.trouble(queries.lanes()), "read_at": now()}


def _to_attend(matrix: Matrix | None) -> dict[str, str]:
    """Which agency is still to inspect something, and under which order."""
    lines = matrix.lines if matrix else ()
    return {agency: line.order["number"] for line in lines if line.order for agency in line.inspected_by}


def _mend(view: consignments.View, owed: Sequence[Kept]) -> str:
    """Where what was sent back is mended and declared again; empty where nothing asks for it."""
    asked = any(each.duty.code == MENDS and each.done_at is None for each in owed)
    return f"{reverse(view.source['kind'] + '-new')}?mends={view.id}" if asked and view.source else ""


def _list(request: HttpRequest, route: str) -> HttpResponse:
    before = queries.Cursor.read(request.GET.get("before", ""))
    at = now()
    tasks = _tasks(request, at) if route == "hall" and before is None else None
    words = request.GET.get("words", "").strip()[: queries.MAX_QUERY]
    received = _received(request, at)
    found = listing(queries.recent(before, of=received), request.GET.get("state", "all"), words=words)
    values = {
        "route": route,
        "title": TITLES[route],
        "found": found,
        "first": before is None,
        "words": words,
        "show_principal": received is None and any(line.principal for line in found.lines),
        "show_keys": route == "consignments",
        "show_party": _others(request, found.lines),
        "window": queries.WINDOW,
        "following": _following(route, found.chosen, words, found.following),
        "trouble": homes.trouble(queries.lanes()),
        "read_at": at,
        "tasks": tasks,
        "further": paging.cursor(*tasks.following) if tasks and tasks.following else "",
        "may_write": WRITE in request.viewer.permissions,  # type: ignore[attr-defined]
    }
    return framed(request, "portal/list.html", values, live="portal/list_live.html")


def _tasks(request: HttpRequest, at: datetime) -> worklist.Tasks:
    """The work-list, from its most pressing line or (``?due=``) from where a page of it ended."""
    after = _due(request.GET.get("due", ""))
    most = worklist.PAGE if after else worklist.MOST
    with connection.cursor() as cursor:
        found = open_duties(request.viewer, cursor, most + 1, after)  # type: ignore[attr-defined]
    return worklist.tasks(found, at, most, first=after is None)


def _due(asked: str) -> Place | None:
    """A place in the work-list; what cannot be read means its beginning."""
    try:
        place: Place | None = paging.begin(asked[: queries.MAX_QUERY * 8], Place)
    except Denied:
        return None
    return place


def _others(request: HttpRequest, lines: Sequence[Line]) -> bool:
    """Whether somebody else declared some of these; a column of one's own name tells nothing."""
    party = request.viewer.party  # type: ignore[attr-defined]
    own = queries.party(party) if party else None
    return any(line.party != own for line in lines)


def _received(request: HttpRequest, at: datetime) -> queries.Received | None:
    """Officers and terminals list what their party was sent; firms what they declared."""
    partner = who.partner(request)
    return queries.Received(partner, at - queries.HORIZON) if partner else None


def _following(route: str, chosen: str, words: str, cursor: queries.Cursor | None) -> str:
    if cursor is None:
        return ""
    asked = {"state": chosen, "words": words, "before": str(cursor)}
    return f"{reverse(route)}?{urlencode({name: value for name, value in asked.items() if value})}"
