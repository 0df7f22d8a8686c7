"""Who may declare for us, and for whom we may declare (代理报关委托)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localtime, now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from singlewindow.hub.identity import mandates as giving
from singlewindow.hub.identity import queries
from singlewindow.hub.identity.accounts.frame import READ, framed, own_party
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.identity.queries import MandateLine
from singlewindow.hub.identity.roles import MANAGE, book
from singlewindow.kernel.messages import Problem, Text

GIVING = ("firm", "individual")  # kinds of parties that declare, or have somebody declare for them
HOLDING = "firm"  # an individual declares for nobody else
OPEN = ("offered", "in_force", "ahead")
STATES = {
    "offered": ("wait", Text("待对方接受", "Awaits acceptance")),
    "in_force": ("ok", Text("有效", "In force")),
    "ahead": ("run", Text("未到起始日", "Begins later")),
    "expired": ("off", Text("已到期", "Expired")),
    "declined": ("off", Text("未成立", "Declined")),
    "revoked": ("off", Text("已解除", "Ended")),
}
TO_ANSWER = ("warn", Text("待我方接受", "For us to answer"))


class Line(Struct, frozen=True):
    """A mandate as a row shows it, from our side."""

    mandate: MandateLine
    scope: Text
    shape: str
    word: Text
    open: bool
    to_answer: bool


@permission(READ)
@require_safe
@never_cache
def mandates(request: HttpRequest) -> HttpResponse:
    """Mandates given and held."""
    return _page(request)


@permission(MANAGE)
@require_POST
def offer(request: Any) -> HttpResponse:
    """Offer a firm a mandate to declare for ours."""
    if own_party(request).kind not in GIVING:
        raise Http404
    posted, at = request.POST, now()
    typed = {name: posted.get(name, "").strip() for name in ("agent", "scope", "valid_from", "valid_to")}
    dates = {name: _date(typed[name]) for name in ("valid_from", "valid_to")}
    try:
        with connection.cursor() as cursor:
            agent, scope, today = typed["agent"].upper(), typed["scope"], localtime(at).date()
            giving.offer(request.actor, cursor, agent=agent, scope=scope, **dates, today=today, at=at)
    except Declined as declined:
        return _page(request, typed=typed, problems=declined.problems)
    return redirect("identity:mandates")


@permission(MANAGE)
@require_POST
def accept(request: Any, mandate: int) -> HttpResponse:
    """Take on what was offered to us."""
    return _answer(request, mandate, giving.accept)


@permission(MANAGE)
@require_POST
def end(request: Any, mandate: int) -> HttpResponse:
    """Decline, take back or end one."""
    return _answer(request, mandate, giving.end)


def _answer(request: Any, mandate: int, verb: Callable[..., None]) -> HttpResponse:
    try:
        with connection.cursor() as cursor:
            verb(request.actor, cursor, mandate=mandate, at=now())
    except LookupError as error:
        raise Http404 from error
    return redirect("identity:mandates")


def _page(
    request: HttpRequest, *, typed: dict[str, str] | None = None, problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    party, today = own_party(request), localtime(now()).date()
    with connection.cursor() as cursor:
        found = queries.mandates(request.viewer, cursor)  # type: ignore[attr-defined]
    lines = [_line(one, party.id, today) for one in found]
    values = {
        "given": [line for line in lines if line.mandate.principal == party.id],
        "held": [line for line in lines if line.mandate.agent == party.id],
        "to_answer": sum(line.to_answer for line in lines),
        "may_give": party.kind in GIVING,
        "may_hold": party.kind == HOLDING,
        "typed": typed
        or {"agent": "", "scope": "", "valid_from": f"{today}", "valid_to": f"{_a_year(today)}"},
        "scopes": book().mandates.items(),
        "longest": giving.LONGEST_YEARS,
    }
    return framed(request, "mandates", values, problems)


def _line(mandate: MandateLine, party: int, today: date) -> Line:
    state = mandate.state(today)
    to_answer = state == "offered" and mandate.agent == party
    shape, word = TO_ANSWER if to_answer else STATES[state]
    scope = book().mandates.get(mandate.scope, Text(mandate.scope, mandate.scope))
    return Line(mandate, scope, shape, word, state in OPEN, to_answer)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _a_year(today: date) -> date:
    """The last day of a year that begins today."""
    return (
        date(today.year, 12, 31)
        if (today.month, today.day) == (1, 1)
        else date(today.year + 1, today.month, min(today.day, 28))
    )
