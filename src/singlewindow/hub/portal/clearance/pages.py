"""The clearance pages: each asks its queries, builds its view and renders inside the transaction."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.timezone import now

from singlewindow.hub.coordination.barring import subject_of
from singlewindow.hub.portal.clearance import matrix, queries
from singlewindow.hub.portal.clearance.asking import asked
from singlewindow.hub.portal.clearance.renewal import RENEW, offered
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Order

STRONGEST_FIRST = tuple(sorted(Order, reverse=True))


def disposition(request: HttpRequest, submission: UUID) -> dict[str, Any]:
    """What the consignment page shows of agencies' instructions."""
    permissions = request.viewer.permissions  # type: ignore[attr-defined]
    if "instructions.read" not in permissions:
        return {}
    kept, at = queries.kept_of(submission), now()
    return {
        "matrix": matrix.matrix(kept, at),
        "renewable": offered(kept, at) if RENEW in permissions else (),
        "asked": asked(request),
        "dossiers": [row["id"] for row in kept["dossiers"]],
        "gates": sorted({subject_of(row["key"]) for row in kept.get("containers", ())}),
        "strength": [word("order", int(order)) for order in STRONGEST_FIRST],
        "may_see_orders": True,
        "may_give": "instructions.give" in permissions,
    }
