"""Which agencies there are, which of them the viewer speaks for, and at which gate lanes they stand."""

from __future__ import annotations

from django.http import HttpRequest

from singlewindow.hub.coordination import facts
from singlewindow.hub.portal import shares
from singlewindow.hub.portal.clearance import queries
from singlewindow.hub.portal.clearance.matrix import Agency
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text

SEAL = "containers.seal_number"  # the entry of the source document


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


def told_seals(request: HttpRequest) -> bool:
    """Whether the viewer's party is told the seals that a gate compares: it runs a terminal, or its own
    document is filled from them. Who is told none could only ever read 禁行."""
    party = request.viewer.party  # type: ignore[attr-defined]
    rows = queries.ask("code_of", party=party) if party else []
    runs = bool(rows) and rows[0]["code"] in facts.operators(local_day(now())).values()
    return runs or SEAL in shares.received(partner(request))


def own(request: HttpRequest) -> str:
    """The agency the viewer acts for; empty for firms and operators."""
    party = request.viewer.party  # type: ignore[attr-defined]
    return next((row["partner"] for row in queries.ask("agencies") if row["id"] == party), "")
