"""The frame of the accounts pages: whose they are, the tabs, and the answer to what cannot be done."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from singlewindow.hub.identity import queries
from singlewindow.hub.identity.queries import OwnParty
from singlewindow.hub.identity.roles import MANAGE
from singlewindow.kernel.messages import Problem, Text

READ = "identity.read"
TABS = (
    ("people", Text("人员", "People")),
    ("tokens", Text("接口令牌", "API tokens")),
    ("mandates", Text("委托", "Mandates")),
)
UNFIT = 422


def own_party(request: HttpRequest) -> OwnParty:
    """The party the viewer acts for; Http404 for who belongs to none."""
    with connection.cursor() as cursor:
        party = queries.own_party(request.viewer, cursor)  # type: ignore[attr-defined]
    if party is None:
        raise Http404
    return party


def may_manage(request: HttpRequest) -> bool:
    """Whether the viewer may change anything here."""
    return MANAGE in request.viewer.permissions  # type: ignore[attr-defined]


def framed(
    request: HttpRequest,
    tab: str,
    values: dict[str, Any],
    problems: tuple[Problem, ...] = (),
    status: int = 0,
) -> HttpResponse:
    """One of the accounts pages; problems make it an answer that changes nothing."""
    party = own_party(request)
    shown = {
        "firm": party,
        "party": party.name,
        "tab": tab,
        "tabs": [
            {"href": reverse(f"identity:{name}"), "name": word, "count": None, "current": name == tab}
            for name, word in TABS
            if name != "tokens" or may_manage(request)
        ],
        "may_manage": may_manage(request),
        "problems": problems,
        "wrong": {problem.field: problem.text for problem in problems if problem.field},
        **values,
    }
    answer = render(
        request, f"identity/accounts/{tab}.html", shown, status=status or (UNFIT if problems else 200)
    )
    answer["Cache-Control"] = "no-store"  # a secret may stand on it, once
    return answer
