"""Looking codes up while somebody types, and the whole table, page by page."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import localtime
from django.views.decorators.http import etag, require_safe

from singlewindow.hub.documents import desk
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.hub.ui import numbers
from singlewindow.hub.ui.templatetags.text import language, say
from singlewindow.kernel.clock import now

PAGE = 20


def _edition(request: HttpRequest, list_id: str) -> str:
    on = _day(request.GET.get("on", ""))
    return f'"{desk.current().edition}-{on:%Y%m%d}-{language()}"'


@permission("standards.read")
@require_safe
@etag(_edition)
def codes(request: HttpRequest, list_id: str) -> HttpResponse:
    """``?q=`` the best twenty that fit; without it ``?page=`` of the table. ``?on=`` another day."""
    listing = desk.current().lists.get(list_id)
    if listing is None:
        raise Http404
    on, typed = _day(request.GET.get("on", "")), request.GET.get("q", "").strip()
    found = listing.suggest(typed, on, PAGE) if typed else _page(listing, on, request.GET.get("page", "1"))
    total = len(found) if typed else len(listing.active(on))
    response = JsonResponse(
        {
            "list": list_id,
            "name": say(listing.name),
            "total": total,
            "pages": 1 if typed else max(1, -(-total // PAGE)),
            "rows": [_row(code) for code in found],
        }
    )
    response["Cache-Control"] = "private, no-cache"  # asked again each time, answered in full if changed
    return response


def _page(listing: CodeList, on: date, page: str) -> list[Code]:
    start = (numbers.page(page) - 1) * PAGE
    return [code for code in listing.codes if code.valid(on)][start : start + PAGE]


def _row(code: Code) -> dict[str, str]:
    return {
        "code": code.code,
        "name": say(code.name),
        "pinyin": code.pinyin,
        "more": " ".join(code.extra.values()),
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return localtime(now()).date()
