"""The pages of the journal: what concerns the viewer, and each entry's proof."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import queries, record
from singlewindow.hub.portal.frame import framed

READ = "journal.read"


@permission(READ)
@require_safe
@never_cache
def journal(request: HttpRequest) -> HttpResponse:
    """Entries newest first, with the checkpoints between."""
    return _page(request, None)


@permission(READ)
@require_safe
@never_cache
def journal_entry(request: HttpRequest, position: int) -> HttpResponse:
    """The same, with one entry opened beside it."""
    line = record.entry(position)
    if line is None:
        raise Http404
    return _page(request, line)


def _page(request: HttpRequest, line: record.Line | None) -> HttpResponse:
    about = _uuid(request.GET.get("about", ""))
    before = request.GET.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    if start is None and line is not None:
        start = line.position + record.PAGE // 2
    values = {
        "shown": record.page(start, about),
        "line": line,
        "proof": record.proof_of(line) if line else None,
        "about": about,
        "title": queries.title(about) if about else "",
    }
    return framed(request, "portal/journal.html", values)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
