"""The pages of the standards, for anybody signed in: what each field and each code means, and since when."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.hub.documents import desk
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.standards import codes, dictionary
from singlewindow.hub.ui import numbers
from singlewindow.kernel.clock import local_day, now

READ = "standards.read"
LONGEST_QUERY = 64
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 12, 31)


@permission(READ)
@require_safe
@never_cache
def elements(request: HttpRequest) -> HttpResponse:
    """The data-element dictionary; ``?q=`` those that say it, ``?list=`` those that take its codes."""
    query, of_list = _query(request), request.GET.get("list", "")
    found = dictionary.entries(desk.current().registry, query, of_list)
    shown, page, pages = _page(request, found, dictionary.PAGE)
    values = {
        "entries": shown,
        "total": len(found),
        "of_list": desk.current().lists.get(of_list),
        **_pager(request, page, pages, {"list": of_list} if of_list else {}),
    }
    return framed(request, "portal/standards/elements.html", _tabs("standards") | values)


@permission(READ)
@require_safe
@never_cache
def code_lists(request: HttpRequest) -> HttpResponse:
    """Every code list: how many codes it has today, where they come from, since when they stand so."""
    at_desk, query = desk.current(), _query(request)
    found = codes.lists(at_desk.registry, at_desk.lists, local_day(now()), query)
    values = {"lists": found, "query": query, "total": len(found)}
    return framed(request, "portal/standards/code_lists.html", _tabs("code-lists") | values)


@permission(READ)
@require_safe
@never_cache
def code_list(request: HttpRequest, list_id: str) -> HttpResponse:
    """One list: ``?q=`` the best fits, ``?on=`` another day, ``?all=1`` every period there is."""
    at_desk, query, every = desk.current(), _query(request), request.GET.get("all") == "1"
    listing = at_desk.lists.get(list_id)
    if listing is None:
        raise Http404
    today = local_day(now())
    on = _day(request.GET.get("on", ""), today)
    found = codes.codes(listing, on, query, every)
    shown, page, pages = _page(request, found, codes.PAGE)
    asked = ({"on": on.isoformat()} if on != today else {}) | ({"all": "1"} if every else {})
    values = {
        "list": codes.head(at_desk.registry, listing, on),
        "lines": codes.lines(listing, shown, on),
        "total": len(found),
        "on": on,
        "today": on == today,
        "every": every,
        "wider": f"?{urlencode({'q': query, 'on': on.isoformat(), 'all': '1'})}",
        "cut": bool(query) and not every and len(found) >= codes.MOST_FOUND,
        **_pager(request, page, pages, asked),
    }
    return framed(request, "portal/standards/code_list.html", _tabs("code-lists") | values)


def _tabs(route: str) -> dict[str, Any]:
    at_desk = desk.current()
    counts = {"element_count": len(at_desk.registry.elements), "list_count": len(at_desk.lists)}
    return {"route": route, **counts}


def _query(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:LONGEST_QUERY]


def _page(request: HttpRequest, found: list[Any], size: int) -> tuple[list[Any], int, int]:
    """The rows of the page asked for, its number and how many pages there are."""
    pages = max(1, -(-len(found) // size))
    number = min(numbers.page(request.GET.get("page", "")), pages)
    return found[(number - 1) * size : number * size], number, pages


def _pager(request: HttpRequest, page: int, pages: int, asked: dict[str, str]) -> dict[str, Any]:
    query = _query(request)
    kept = asked | ({"q": query} if query else {})
    return {
        "query": query,
        "page": page,
        "pages": pages,
        "earlier": f"?{urlencode(kept | {'page': page - 1})}" if page > 1 else "",
        "later": f"?{urlencode(kept | {'page': page + 1})}" if page < pages else "",
    }


def _day(text: str, today: date) -> date:
    try:
        return min(max(date.fromisoformat(text), EARLIEST), LATEST)
    except ValueError:
        return today
