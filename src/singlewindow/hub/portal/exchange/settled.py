"""What somebody settled between a list and a click: by whom, when, and where its record is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from singlewindow.hub.exchange.lanes import Applied, Sent
from singlewindow.hub.identity.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import journal_pages, names, queries
from singlewindow.hub.portal.frame import framed
from singlewindow.kernel.clock import local_day

_ask = asking(statements_beside(__file__, "settled.sql"))


def letter(request: HttpRequest, sent: Sent | None) -> HttpResponse:
    """A dead letter that was sent again and is with its partner."""
    if sent is None:
        raise Http404
    reads = _reads(request)
    told = _ask("replayed", submission=sent.submission_id, message=sent.message) if reads else []
    values = {
        "sent": sent,
        "partner": names.partner(sent.partner),
        "kind": names.document(sent.kind),
        "position": told[0]["position"] if told else None,
        "reads": reads,
        "opens": queries.title(sent.submission_id),
    }
    return framed(request, "portal/exchange/letter_settled.html", values)


def answer(request: HttpRequest, applied: Applied | None) -> HttpResponse:
    """An answer that was applied once more, and waits for nobody."""
    if applied is None:
        raise Http404
    values = {
        "answer": applied,
        "partner": names.partner(applied.partner),
        "day": local_day(applied.again_at).isoformat() if _reads(request) else "",
    }
    return framed(request, "portal/exchange/answer_settled.html", values)


def _reads(request: HttpRequest) -> bool:
    return journal_pages.READ in request.viewer.permissions  # type: ignore[attr-defined]
