"""换发: asking for a release that has expired, or soon will, to be issued anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from singlewindow.hub.coordination import facts, renewing, services
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import Place, places
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.clearance import queries
from singlewindow.hub.portal.clearance.asking import left
from singlewindow.hub.portal.clearance.matrix import OUT

RENEW = "releases.renew"

Kept = dict[str, list[Row]]


@permission(RENEW)
@require_POST
def renew(request: HttpRequest, submission: UUID) -> HttpResponse:
    """Leave the request with the worker and go back to the consignment, which tells what became of it."""
    ids = {str(row["id"]): row["id"] for row in queries.ask("dossiers", submission=submission)}
    dossier = ids.get(request.POST.get("dossier", ""))
    if dossier is None:
        raise Http404
    page = reverse("consignment", args=[submission])
    return left(request, services.renew_release, page, {}, dossier=dossier)


def offered(kept: Kept, at: datetime) -> list[Row]:
    """The dossiers of which something may be issued anew now."""
    ids = [row["id"] for row in kept["dossiers"]]
    ending = queries.ask("ending", dossiers=ids, until=at + facts.release_renewable()) if ids else []
    return renewable(kept, ending) if ending else []


def renewable(kept: Kept, ending: Sequence[Row]) -> list[Row]:
    """Of these dossiers those with something to issue anew, by their releases that end. Pure."""
    left = {row["key"] for row in kept["passes"] if row["used_at"]}
    return [dossier for dossier in kept["dossiers"] if _of_dossier(dossier, kept, left, ending)]


def _of_dossier(dossier: Row, kept: Kept, left: set[str], ending: Sequence[Row]) -> list[Place]:
    id_, goods, name, call = (dossier[each] for each in ("id", "goods", "name", "call"))
    boxes = [
        (row["key"], row["number"], "", row["lot"], False)
        for row in kept["containers"]
        if row["dossier"] == id_ and row["standing"] not in OUT
    ]
    free = {
        row["subject_key"]
        for row in kept["dispositions"]
        if row["dossier"] == id_ and row["kind"] == Kind.RELEASED
    }
    named = [row["boxes"] for row in ending if row["dossier"] == id_]
    return renewing.renewable(places(id_, goods, name, call, False, boxes), free, left, named)
