"""The programs that act for one's own party: tokens issued, shown once, revoked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from msgspec import Struct

from singlewindow.hub.identity import queries
from singlewindow.hub.identity import tokens as programs
from singlewindow.hub.identity.accounts.frame import framed, own_party
from singlewindow.hub.identity.declined import wrong
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.identity.queries import Token
from singlewindow.hub.identity.roles import MANAGE, book
from singlewindow.kernel.messages import Problem, Text

LONGEST_NAME = 60
DAYS = (30, 90, 365)
SOON = timedelta(days=14)
NEW: dict[str, Any] = {"name": "", "scopes": [], "days": 90}


class Line(Struct, frozen=True):
    """A token as a row shows it."""

    token: Token
    scopes: tuple[Text, ...]
    shape: str
    word: Text
    in_force: bool


@permission(MANAGE)
@require_safe
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """Every token of the party, those in force first."""
    return _page(request)


@permission(MANAGE)
@require_POST
def issue(request: Any) -> HttpResponse:
    """A new token; its secret is shown in this answer and never again."""
    typed = {
        "name": request.POST.get("name", "").strip(),
        "scopes": request.POST.getlist("scopes"),
        "days": _days(request.POST.get("days", "")),
    }
    problems = _problems(typed["name"], typed["scopes"], book().for_programs(own_party(request).kind))
    if problems:
        return _page(request, typed=typed, problems=problems)
    at, secret = now(), programs.new_token()
    until = at + timedelta(days=typed["days"])
    with connection.cursor() as cursor:
        given = {"name": typed["name"], "scopes": typed["scopes"], "valid_to": until}
        made = programs.issue(request.actor, cursor, **given, at=at, token=secret)
    if made is None:
        zh, en = (
            "已有同名的有效令牌：请换个名称，或先撤销它",
            "A token of this name is in force: choose another name",
        )
        return _page(request, typed=typed, problems=(wrong("token_name_taken", zh, en, "name"),))
    return _page(request, secret={"name": typed["name"], "token": secret, "until": until})


@permission(MANAGE)
@require_POST
def revoke(request: Any, token: int) -> HttpResponse:
    """It is refused from now on, at every door within seconds."""
    with connection.cursor() as cursor:
        if not programs.revoke(request.actor, cursor, token=token, at=now()):
            raise Http404
    return redirect("identity:tokens")


def _problems(name: str, scopes: Sequence[str], offered: Sequence[str]) -> tuple[Problem, ...]:
    problems = []
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        zh, en = f"名称 1–{LONGEST_NAME} 字，写明是哪个系统", f"A name has 1 to {LONGEST_NAME} characters"
        problems.append(wrong("token_name", zh, en, "name"))
    if not scopes or set(scopes) - set(offered):
        problems.append(wrong("scopes", "至少选一项权限", "Choose at least one right", "scopes"))
    return tuple(problems)


def _page(
    request: HttpRequest,
    *,
    typed: dict[str, Any] | None = None,
    secret: dict[str, Any] | None = None,
    problems: tuple[Problem, ...] = (),
) -> HttpResponse:
    at, chosen = now(), typed or NEW
    with connection.cursor() as cursor:
        known = queries.tokens(request.viewer, cursor)  # type: ignore[attr-defined]
    offered = book().for_programs(own_party(request).kind)
    values = {
        "lines": [_line(one, at) for one in known],
        "in_force": sum(one.in_force(at) for one in known),
        "typed": chosen,
        "offered": [(name, book().permissions[name], name in chosen["scopes"]) for name in offered],
        "days": [(days, days == chosen["days"]) for days in DAYS],
        "secret": secret,
    }
    return framed(request, "tokens", values, problems)


def _line(token: Token, at: datetime) -> Line:
    permissions = book().permissions
    scopes = tuple(permissions[scope] for scope in token.scopes if scope in permissions)
    return Line(token, scopes, *_state(token, at), in_force=token.in_force(at))


def _state(token: Token, at: datetime) -> tuple[str, Text]:
    if token.revoked_at is not None:
        return "off", Text("已撤销", "Revoked")
    if not token.in_force(at):
        return "off", Text("已过期", "Expired")
    if token.valid_to is not None and token.valid_to - at <= SOON:
        return "warn", Text("即将过期", "Expires soon")
    return "ok", Text("有效", "In force")


def _days(text: str) -> int:
    return next((days for days in DAYS if str(days) == text), DAYS[1])
