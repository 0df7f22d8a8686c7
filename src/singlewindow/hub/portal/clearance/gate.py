"""The gate's screen: plate, container, seal → a verdict; opening the barrier uses the release up, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination import gate as gates
from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.coordination.gate import Verdict
from singlewindow.hub.exchange import lanes
from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import names
from singlewindow.hub.portal.clearance import passing, queries, who
from singlewindow.hub.portal.names import Partner
from singlewindow.kernel.clock import ZONE, local_day

READ, OPERATE = "gate.read", "gate.operate"
LAST = 3


@permission(READ)
@require_safe
@never_cache
@ensure_csrf_cookie
def gate(request: HttpRequest) -> HttpResponse:
    """The screen with nothing before the barrier."""
    return _screen(request, request.GET, None, False)


@permission(READ)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """May it leave? Uses nothing up; a truck that a lane turns away is on record. Whoever is told no seal
    has nothing to compare."""
    if not who.told_seals(request):
        return refusals.not_found(request)
    lane = _lane(request.POST, who.lanes(request))
    actor, viewer = request.actor, request.viewer  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        verdict = gates.check(cursor, **_read(request.POST), at=now())
        if lane and OPERATE in viewer.permissions:
            gates.turned_away(actor, cursor, gate=lane, verdict=verdict)
    return _screen(request, request.POST, verdict, False)


@permission(OPERATE)
@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """Open the barrier: checked once more, used up and recorded in this transaction."""
    actor = request.actor  # type: ignore[attr-defined]
    lane = _lane(request.POST, who.lanes(request))
    if not lane:
        return refusals.not_found(request)
    with connection.cursor() as cursor:
        verdict = gates.gate_out(actor, cursor, gate=lane, **_read(request.POST), at=now())
    return _screen(request, request.POST, verdict, True)


def _read(posted: Any) -> dict[str, str]:
    # Longer than anything a camera reads; the gate itself refuses what is too long.
    return {name: posted.get(name, "")[: gates.LONGEST + 1] for name in ("plate", "container", "seal")}


def _lane(given: Any, lanes: Sequence[str]) -> str:
    """The lane asked for, else the first; empty for who has none and only looks."""
    asked: str = given.get("lane", "")
    return asked if asked in lanes else next(iter(lanes), "")


def _screen(request: HttpRequest, given: Any, verdict: Verdict | None, opened: bool) -> HttpResponse:
    viewer, at = request.viewer, now()  # type: ignore[attr-defined]
    mine = who.lanes(request)
    with connection.cursor() as cursor:
        last = coordination.last_passes(viewer, cursor, LAST)
    lane = _lane(given, mine)
    age, opened = _age(at), opened and verdict is not None and verdict.passed
    values = {
        "lane": lane,
        "lanes": mine,
        "compares": who.told_seals(request),
        "here": reverse("gate") + (f"?{urlencode({'lane': lane})}" if lane else ""),
        "typed": _read(given),
        "verdict": verdict,
        "opened": opened,
        "may_open": bool(mine) and OPERATE in viewer.permissions,
        "why": passing.why(verdict),
        "advice": passing.advice(verdict),
        "checks": passing.checks(verdict, _read(given), opened),
        "last": last,
        "unheard": _unheard(at),
        "age": age,
        "zone": ZONE.key,
        "bound": int(facts.gate_bound().total_seconds()),
        "stale": age is None or age > facts.gate_bound().total_seconds(),
        "read_at": at,
    }
    return render(request, "portal/clearance/gate.html", values)


def _unheard(at: datetime) -> list[tuple[Partner, datetime, bool]]:
    """Agencies that release goods, since when nothing they say gets here, and whether that is on purpose."""
    asked = sorted({rule.agency for rule in facts.requirements() if rule.period.holds(local_day(at))})
    found = []
    for row in queries.ask("lanes", partners=asked):
        disconnected = row["disconnected_at"]
        since = disconnected or lanes.unheard_since(row["unfetched_since"], row["fetched_at"], at)
        if since:
            found.append((names.partner(row["partner"]), since, disconnected is not None))
    return found


def _age(at: datetime) -> int | None:
    """How many seconds ago coordination last did its work; None: never."""
    rows = queries.ask("pulse")
    seen = rows[0]["at"] if rows else None
    return max(int((at - seen).total_seconds()), 0) if isinstance(seen, datetime) else None
