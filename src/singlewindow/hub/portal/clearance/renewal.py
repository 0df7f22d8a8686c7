"""换发: asking for a release that has expired, or soon will, to be issued anew."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from singlewindow.hub.coordination import facts, services
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.clearance import queries
from singlewindow.kernel.ids import uuid7

RENEW = "releases.renew"


@permission(RENEW)
@require_POST
def renew(request: HttpRequest, submission: UUID) -> HttpResponse:
    """Leave the request with the worker and go back to the consignment, which tells what became of it."""
    ids = {str(row["id"]): row["id"] for row in queries.ask("dossiers", submission=submission)}
    dossier = ids.get(request.POST.get("dossier", ""))
    if dossier is None:
        raise Http404
    at = now()
    id_ = uuid7(at)
    with connection.cursor() as cursor:
        services.renew_release(request.actor, cursor, request=id_, at=at, dossier=dossier)  # type: ignore[attr-defined]
    return redirect(f"{reverse('consignment', args=[submission])}?{urlencode({'asked': id_})}")


def renewable(kept: dict[str, list[Row]], at: datetime) -> list[Row]:
    """The dossiers with a release whose term ends, of which something has not left. Pure."""
    until = at + facts.release_renewable()
    in_force = [row for row in kept["releases"] if row["revoked_at"] is None]
    ending = {row["dossier"] for row in in_force if row["valid_until"] <= until}
    gone = {row["key"] for row in kept["passes"] if row["used_at"]}
    found = []
    for dossier in kept["dossiers"]:
        boxes = {row["key"] for row in kept["containers"] if row["dossier"] == dossier["id"]}
        if dossier["id"] in ending and not (boxes and boxes <= gone):
            found.append(dossier)
    return found
