"""Which agencies there are, which of them the viewer speaks for, and at which gate lanes they stand."""

from __future__ import annotations

from django.http import HttpRequest

from singlewindow.hub.coordination import facts
from singlewindow.hub.portal.clearance import queries
from singlewindow.hub.portal.clearance.matrix import Agency
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text


def agencies() -> dict[str, Agency]:
    """Every agency by the name its messages bear, in a fixed order."""
    return {
        row["partner"]: Agency(row["partner"], row["seal"], Text(row["name_zh"], row["name_en"]))
        for row in queries.ask("agencies")
    }


def partner(request: HttpRequest) -> str:
    """The partner whose documents the viewer's party is sent: an agency or a terminal; empty for firms."""
    party = request.viewer.party  # type: ignore[attr-defined]
    rows = queries.ask("partner_of", party=party) if party else []
    return str(rows[0]["partner"]) if rows else ""


def lanes(request: HttpRequest) -> tuple[str, ...]:
    """The gate lanes of the viewer's party today; none for who runs no terminal."""
    party = request.viewer.party  # type: ignore[attr-defined]
    rows = queries.ask("code_of", party=party) if party else []
    return facts.gate_lanes(rows[0]["code"], local_day(now())) if rows else ()


def own(request: HttpRequest) -> str:
    """The agency the viewer acts for; empty for firms and operators."""
    party = request.viewer.party  # type: ignore[attr-defined]
    return next((row["partner"] for row in queries.ask("agencies") if row["id"] == party), "")
