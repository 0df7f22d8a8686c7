"""Who may call a page, said a second time: a right that is loosened beside a view shows here.

The API's are in its committed description, ``docs/api/openapi.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity.roles import book
from singlewindow.server.api import ROOT
from singlewindow.server.urls import urlpatterns

DESCRIBED = Path(__file__).parents[3] / "docs" / "api" / "openapi.json"
MAY = {
    "public": """
        / /sign-in /sign-out /language/<str:tag> /styleguide /announcements
        /announcements/<uuid:announcement>""",
    "signed in": """
        /accounts/me /accounts/me/password /accounts/me/language
        /notices /notices/latest /notices/count /notices/read /notices/<str:place>""",
    "declarations.write": """
        /declarations/new /declarations/import /declarations/lineage/<str:version>
        /declarations/samples/<slug:name> /declarations/<uuid:draft_id> /declarations/<uuid:draft_id>/check
        /declarations/<uuid:draft_id>/save /declarations/<uuid:draft_id>/discard""",
    "declarations.submit": "/declarations/<uuid:draft_id>/submit",
    "consignments.read": """
        /hall /hall/today /declarations /search /consignments /consignments/entrusted
        /consignments/<uuid:submission> /consignments/<uuid:submission>/live
        /consignments/<uuid:submission>/declaration
        /consignments/<uuid:submission>/documents/<uuid:document>
        /consignments/<uuid:submission>/documents/<uuid:document>/message""",
    "tasks.read": "/tasks",
    "tasks.check": "/tasks/<uuid:task>/check",
    "claims.settle": "/tasks/<uuid:task>/settle",
    "instructions.read": "/inspections /inspections/<uuid:order>",
    "instructions.give": """
        /instructions /instructions/release /instructions/new /instructions/issue /instructions/withdraw""",
    "releases.renew": "/consignments/<uuid:submission>/renew-release",
    "inspections.plan": """
        /inspections/<uuid:order>/appoint /inspections/<uuid:order>/call-off
        /inspections/<uuid:order>/ready /inspections/<uuid:order>/not-ready""",
    "inspections.report": """
        /inspections/<uuid:order>/start /inspections/<uuid:order>/record
        /inspections/<uuid:order>/recognise /inspections/<uuid:order>/again
        /inspections/<uuid:order>/reopen /inspections/<uuid:order>/not-started""",
    "gate.read": "/gate /gate/check",
    "gate.operate": "/gate/out",
    "exchange.read": """
        /exchange /exchange/lanes/<slug:partner> /exchange/letters /exchange/letters/<place:seq>
        /exchange/answers /exchange/answers/<place:number>""",
    "exchange.operate": """
        /exchange/lanes/<slug:partner>/pause /exchange/lanes/<slug:partner>/resume
        /exchange/lanes/<slug:partner>/probe /exchange/letters/<place:seq>/open
        /exchange/letters/<place:seq>/replay /exchange/letters/<place:seq>/replay-alike
        /exchange/letters/<place:seq>/lay-aside
        /exchange/answers/<place:number>/take-up /exchange/answers/<place:number>/open
        /exchange/answers/<place:number>/apply /exchange/answers/<place:number>/lay-aside""",
    "journal.read": "/journal /journal/<place:position>",
    "standards.read": """
        /codes/<slug:list_id> /standards /standards/codes /standards/codes/<slug:list_id>""",
    "announcements.publish": "/announcements/publish /announcements/<uuid:announcement>/withdraw",
    "parties.read": "/parties",
    "identity.read": "/accounts /accounts/mandates",
    "identity.manage": """
        /accounts/people /accounts/people/<key:person>/roles /accounts/people/<key:person>/card
        /accounts/people/<key:person>/deactivate /accounts/people/<key:person>/reactivate
        /accounts/people/<key:person>/password /accounts/tokens /accounts/tokens/issue
        /accounts/tokens/<key:token>/revoke /accounts/mandates/offer
        /accounts/mandates/<key:mandate>/accept /accounts/mandates/<key:mandate>/end""",
}


def pages(patterns: Sequence[URLPattern | URLResolver], prefix: str = "/") -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry.callback
        elif route != f"/{ROOT}":
            yield from pages(entry.url_patterns, route)


def who_may(view: Any) -> str:
    if hasattr(view, "permission"):
        return str(view.permission)
    return "signed in" if hasattr(view, "signed_in") else "public" if hasattr(view, "public") else "?"


def test_each_page_asks_for_the_right_that_was_decided() -> None:
    asked = {route: who_may(view) for route, view in pages(urlpatterns) if route != f"/{ROOT}openapi.json"}
    assert asked == {route: right for right, routes in MAY.items() for route in routes.split()}


def test_every_permission_is_asked_for_by_some_page_or_route() -> None:
    """What nothing asks for would be given, held and offered for tokens, and open no door."""
    by_pages = {who_may(view) for _, view in pages(urlpatterns)}
    by_programs = set(re.findall(r'"x-scope": "([^"]+)"', DESCRIBED.read_text("utf-8")))
    assert by_programs
    assert book().permissions.keys() - by_pages - by_programs == set()
