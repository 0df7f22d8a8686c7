"""The page of what waits for a person, and settling whose a container is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.coordination import services
from singlewindow.hub.coordination import tasks as waiting
from singlewindow.hub.coordination.claims import CLAIMS_MOST, REASON_MOST
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.clearance.asking import asked
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.tasks import listing
from singlewindow.kernel.ids import uuid7

SEE, SETTLE, OPEN = "tasks.read", "claims.settle", "consignments.read"


@permission(SEE)
@require_safe
@never_cache
def tasks(request: HttpRequest) -> HttpResponse:
    """What the viewer's parties must decide, the oldest first; the operator sees what it must, too."""
    values = _values(request)
    return framed(request, "portal/tasks/page.html", values, live="portal/tasks/live.html")


@permission(SETTLE)
@require_POST
def settle(request: HttpRequest, task: UUID) -> HttpResponse:
    """Say whose goods are in a container, of those that the page showed."""
    key = waiting.container(task)
    if not key or not waiting.settles(request.viewer.party):  # type: ignore[attr-defined]
        raise Http404
    stands = _dossiers(request, "stands")
    ends = [one for one in _dossiers(request, "shown") if one not in stands]
    at = now()
    id_ = uuid7(at)
    with connection.cursor() as cursor:
        services.settle_claim(
            request.actor,  # type: ignore[attr-defined]
            cursor,
            request=id_,
            at=at,
            key=key,
            stands=stands,
            ends=ends,
            reason=request.POST.get("reason", "")[:REASON_MOST].strip(),
        )
    return redirect(f"{reverse('tasks')}?{urlencode({'asked': id_})}")


def _dossiers(request: HttpRequest, name: str) -> list[UUID]:
    """The consignments that a form names; more than a page shows are none of its."""
    try:
        return [UUID(one) for one in request.POST.getlist(name)[:CLAIMS_MOST]]
    except ValueError:
        raise Http404 from None


def _values(request: HttpRequest) -> dict[str, Any]:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    rows = waiting.listed(listing.MOST + 1)
    shown = rows[: listing.MOST]
    said = asked(request)
    settles = SETTLE in viewer.permissions and waiting.settles(viewer.party)
    claims = listing.claims_of(shown) if settles else {}
    typed = said.typed if said and said.verb == "settle_claim" else {}
    typed = typed | {"stands": [UUID(one) for one in typed.get("stands", ())]}
    return {
        "lines": listing.lines(shown, waiting.firms(shown), viewer.party, at, claims),
        "more": len(rows) > listing.MOST,
        "most": listing.MOST,
        "may_settle": settles,
        "may_open": OPEN in viewer.permissions,
        "asked": said,
        "typed": typed,
        "reason_most": REASON_MOST,
        "read_at": at,
    }
