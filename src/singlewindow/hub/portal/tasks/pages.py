"""The page of what waits for a person, and settling whose a container is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.coordination import services
from singlewindow.hub.coordination import tasks as waiting
from singlewindow.hub.coordination.claims import CLAIMS_MOST
from singlewindow.hub.exchange.services import LONGEST_REASON
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.identity.programs import Denied
from singlewindow.hub.portal.clearance.asking import asked, left
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.tasks import listing

SEE, CHECK, SETTLE, OPEN = "tasks.read", "tasks.check", "claims.settle", "consignments.read"
AFTER_MOST = 200  # characters of a place in the list
Place = tuple[datetime, UUID]


@permission(SEE)
@require_safe
@never_cache
def tasks(request: HttpRequest) -> HttpResponse:
    """What the viewer's parties must decide, the oldest first; the operator sees what it must, too."""
    values = _values(request)
    return framed(request, "portal/tasks/page.html", values, live="portal/tasks/live.html")


@permission(CHECK)
@require_POST
def check(request: HttpRequest, task: UUID) -> HttpResponse:
    """Say that a task was looked into, and how it turned out."""
    row = waiting.one(task)
    if row is None or row["kind"] not in waiting.checks(request.viewer.party):  # type: ignore[attr-defined]
        raise Http404
    return _asked(request, services.check_task, task=task)


@permission(SETTLE)
@require_POST
def settle(request: HttpRequest, task: UUID) -> HttpResponse:
    """Say whose goods are in a container, of those that the page showed."""
    key = waiting.container(task)
    if not key or not waiting.settles(request.viewer.party):  # type: ignore[attr-defined]
        raise Http404
    stands = _dossiers(request, "stands")
    ends = [one for one in _dossiers(request, "shown") if one not in stands]
    return _asked(request, services.settle_claim, key=key, stands=stands, ends=ends)


def _asked(request: HttpRequest, verb: Callable[..., None], **given: Any) -> HttpResponse:
    """Leave it with the worker, with the reason typed, and go back to where the list was."""
    reason = request.POST.get("reason", "")[:LONGEST_REASON].strip()
    query = {"after": after} if (after := request.POST.get("after", "")) else {}
    return left(request, verb, reverse("tasks"), query, reason=reason, **given)


def _dossiers(request: HttpRequest, name: str) -> list[UUID]:
    """The consignments that a form names; more than a page shows are none of its."""
    try:
        return [UUID(one) for one in request.POST.getlist(name)[:CLAIMS_MOST]]
    except ValueError:
        raise Http404 from None


def _values(request: HttpRequest) -> dict[str, Any]:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    rows = waiting.listed(listing.MOST + 1, _after(request))
    shown = rows[: listing.MOST]
    said = asked(request)
    settles = SETTLE in viewer.permissions and waiting.settles(viewer.party)
    claims = listing.claims_of(shown) if settles else {}
    checks = waiting.checks(viewer.party) if CHECK in viewer.permissions else frozenset()
    typed = said.typed if said and said.verb in ("settle_claim", "check_task") else {}
    typed = typed | {"stands": [UUID(one) for one in typed.get("stands", ())]}
    return {
        "lines": listing.lines(shown, waiting.firms(shown), viewer.party, at, claims),
        "checks": checks,
        "further": paging.cursor(*_place(shown[-1])) if len(rows) > listing.MOST else "",
        "after": request.GET.get("after", "")[:AFTER_MOST],
        "most": listing.MOST,
        "may_settle": settles,
        "may_open": OPEN in viewer.permissions,
        "asked": said,
        "typed": typed,
        "reason_most": LONGEST_REASON,
        "read_at": at,
    }


def _place(row: Row) -> Place:
    return row["made_at"], row["id"]


def _after(request: HttpRequest) -> Place | None:
    """Where a further page begins; an address that nobody gave begins anew."""
    try:
        place: Place | None = paging.begin(request.GET.get("after", "")[:AFTER_MOST], Place)
    except Denied:
        return None
    return place
