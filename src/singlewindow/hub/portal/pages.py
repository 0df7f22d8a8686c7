"""The pages themselves: each asks its queries, builds its view and renders inside the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
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
from singlewindow.hub.exchange.lanes import OPERATE
from singlewindow.hub.identity.asking import lookups
from singlewindow.hub.identity.permissions import permission, public
from singlewindow.hub.notice import announced
from singlewindow.hub.portal import consignment as consignments
from singlewindow.hub.portal import duties, listing, lists, names, parties, queries
from singlewindow.hub.portal import home as homes
from singlewindow.hub.portal.announcements import view as news
from singlewindow.hub.portal.apps import GATE, READ
from singlewindow.hub.portal.clearance import who
from singlewindow.hub.portal.clearance.matrix import Matrix, called
from singlewindow.hub.portal.clearance.pages import disposition
from singlewindow.hub.portal.forwarding import queries as forwarding
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.recognised import MOST, recognised
from singlewindow.hub.process.queries import MENDS, Kept, duties_of_submission

# Where somebody with a right begins work; the first that is held counts.
BEGIN = (parties.READ, "parties")  # as long as nobody else is registered
FIRST = ((READ, "hall"), (GATE, "gate"), (OPERATE, "exchange"), ("journal.read", "journal"))


@public
@require_safe
@ensure_csrf_cookie
def home(request: HttpRequest) -> HttpResponse:
    """What this place is, who takes part, how they fare, and the way in."""
    held = request.viewer.permissions  # type: ignore[attr-defined]
    if first := next((route for right, route in FIRST if right in held), None):
        return redirect(BEGIN[1] if BEGIN[0] in held and parties.alone() else first)
    at, lanes, number = now(), queries.lanes(), request.GET.get("number", "")
    today = localtime(at).date()
    with connection.cursor() as cursor:
        told = announced.standing(cursor, at)
    values = {
        "flow": homes.flow(names.partners()),
        "services": homes.services(queries.services(today)),
        "terms": homes.terms(today),
        "number": number[:MOST],
        "recognised": recognised(number),
        "lanes": homes.lanes(names.partners(), lanes),
        "news": news.lines(told[: news.ON_HOME], at),
        "at": at,
        "next": request.GET.get("next", ""),
    }
    return render(request, "portal/home.html", values)


@permission(READ)
@require_safe
@never_cache
def consignment(request: HttpRequest, submission: UUID) -> HttpResponse:
    """Everything that concerns one consignment, for who may see it."""
    values = _consignment(request, submission)
    return framed(request, "portal/consignment.html", values, live="portal/consignment_live.html")


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
    found = queries.find(query)
    numbers = queries.as_written(query)
    entrusted = forwarding.called_besides(numbers) if numbers else []
    if len(found) + len(entrusted) == 1:
        return redirect("consignment", submission=[*found, *entrusted][0])
    at = now()
    lines = listing.lines(queries.chosen(found, lists.received(request, at)), at) if found else ()
    values = {
        "query": query,
        "lines": lines,
        "show_party": lists.others(request, lines),
        "entrusted": forwarding.told(entrusted),
    }
    return framed(request, "portal/search.html", values)


def _consignment(request: HttpRequest, submission: UUID) -> dict[str, Any]:
    kept = queries.consignment(submission, who.partner(request))
    if kept is None:
        return _followed(request, submission)
    at, viewer = now(), request.viewer  # type: ignore[attr-defined]
    with lookups() as cursor:
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
