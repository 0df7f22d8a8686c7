"""The page of one lane: how it fares, who lets it rest and why, and what may be decided about it."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.exchange import lanes as minding
from singlewindow.hub.exchange import operating, services
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.exchange import lanes
from singlewindow.hub.portal.frame import framed
from singlewindow.kernel.messages import Problem

SPAN = 15
UNFIT = 422
DECISIONS = {"pause": operating.pause, "resume": operating.resume}


@permission(minding.READ)
@require_safe
@never_cache
def lane(request: HttpRequest, partner: str) -> HttpResponse:
    """How it fares, and what whoever minds it may decide."""
    return _lane(request, partner)


@permission(minding.OPERATE)
@require_POST
def pause(request: Any, partner: str) -> HttpResponse:
    """Let it rest, for a reason that stays on record."""
    return _decided(request, partner, "pause")


@permission(minding.OPERATE)
@require_POST
def resume(request: Any, partner: str) -> HttpResponse:
    """Let it go on, for a reason too: somebody had one to pause it."""
    return _decided(request, partner, "resume")


@permission(minding.OPERATE)
@require_POST
def probe(request: Any, partner: str) -> HttpResponse:
    """Try a partner that does not answer at once; how it went the board shows."""
    with connection.cursor() as cursor:
        tried = operating.probe(request.actor, cursor, partner=partner, at=now())
    return redirect(f"{reverse('exchange')}?tried={int(tried)}")


def _decided(request: Any, partner: str, what: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    problems = services.unfit(reason, "lane.reason")
    if problems:
        return _lane(request, partner, problems, reason)
    with connection.cursor() as cursor:
        done = DECISIONS[what](request.actor, cursor, partner=partner, reason=reason, at=now())
    return redirect("lane", partner) if done else redirect(f"{reverse('lane', args=[partner])}?late=1")


def _lane(
    request: HttpRequest, partner: str, problems: tuple[Problem, ...] = (), reason: str = ""
) -> HttpResponse:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        found = minding.lane(viewer, cursor, partner, at, SPAN)
    if found is None:
        raise Http404
    values = {
        "lane": found,
        "line": lanes.line(found, at, SPAN),
        "late": "late" in request.GET,
        "may_operate": minding.OPERATE in viewer.permissions,
        "problems": problems,
        "reason": reason[: services.LONGEST_REASON],
        "reason_most": services.LONGEST_REASON,
    }
    page = framed(request, "portal/exchange/lane.html", values)
    page.status_code = UNFIT if problems else page.status_code
    return page
