"""Hall and list of who is entrusted with goods and declares none: the consignments that name its firm."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import home
from singlewindow.hub.portal import queries as portal
from singlewindow.hub.portal.apps import DECLARATIONS, READ
from singlewindow.hub.portal.clearance import who
from singlewindow.hub.portal.forwarding import queries
from singlewindow.hub.portal.frame import framed
from singlewindow.kernel.messages import Text

HALL = Text("办事大厅", "Hall")
LIST = Text("作为货代的货物", "Entrusted to us")


def only_forwards(request: HttpRequest) -> bool:
    """Whether the viewer is sent no document and may read none: then these are its hall and its list."""
    held = request.viewer.permissions  # type: ignore[attr-defined]
    return DECLARATIONS not in held and not who.partner(request)


@permission(READ)
@require_safe
@never_cache
def forwarded(request: HttpRequest) -> HttpResponse:
    """The list, for a firm that declares too and has its own declarations on the other."""
    return page(request, "forwarded")


def page(request: HttpRequest, route: str) -> HttpResponse:
    """A page of the consignments, newest first; in the hall the inspections to attend stand before it."""
    below = _place(request.GET.get("place", ""))
    first, hall = below == queries.NEWEST, route == "hall"
    found = queries.newest(below, queries.PAGE + 1)
    ids = found[: queries.PAGE]
    visits = queries.to_attend() if hall and first else []
    values: dict[str, Any] = {
        "route": route,
        "title": HALL if hall else LIST,
        "first": first,
        "start": reverse(route),
        "lines": queries.told(ids),
        "following": f"{reverse(route)}?place={ids[-1]}" if len(found) > queries.PAGE else "",
        "visits": visits[: queries.MOST_VISITS],
        "more_visits": len(visits) > queries.MOST_VISITS,
        "trouble": home.trouble(portal.lanes()),
        "read_at": now(),
    }
    return framed(request, "portal/forwarding/list.html", values, live="portal/forwarding/live.html")


def _place(asked: str) -> UUID:
    try:
        return UUID(asked)
    except ValueError:
        return queries.NEWEST
