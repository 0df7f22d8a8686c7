"""What was declared, and what each receiver was told of it: entry by entry, box by box (K05, K06)."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.hub.documents import answers, desk
from singlewindow.hub.documents.afterwards import afterwards
from singlewindow.hub.documents.carrying import boxes_sent, carried
from singlewindow.hub.documents.pages import WRITE, definition_of, form_of
from singlewindow.hub.documents.paper import paper
from singlewindow.hub.documents.visible import Seen, visible
from singlewindow.hub.exchange import api_queries as sent
from singlewindow.hub.identity.permissions import permission
from singlewindow.hub.portal import consignment, names, queries
from singlewindow.hub.portal.apps import READ
from singlewindow.hub.portal.declared import origins
from singlewindow.hub.portal.frame import framed
from singlewindow.hub.portal.raw import raw
from singlewindow.kernel.messages import Text


@permission(READ)
@require_safe
@never_cache
def declaration(request: HttpRequest, submission: UUID) -> HttpResponse:
    """The newest version of what was declared, as the form has it, for reading and printing."""
    viewer = request.viewer  # type: ignore[attr-defined]
    seen = visible(submission, viewer)
    if seen is None:
        raise Http404
    form, on = form_of(seen.kind, seen.definition_version), localtime(seen.created_at).date()
    sent_to = _sent_to(seen)
    said = afterwards(form.definition, seen.values, queries.answered(submission))
    values = {
        "seen": seen,
        "definition": form.definition,
        "title": _title(seen),
        "numbers": consignment.numbers(queries.numbers(submission)),
        "paper": paper(form, said, answers.names(form, said, desk.current().lists, on)),
        "entries": answers.count(seen.values),
        "unknown": origins.unknown(seen.extension, sent_to),
        "receivers": list(dict.fromkeys(chain.from_iterable(sent_to.values()))),
        "may_copy": WRITE in viewer.permissions,
    }
    return framed(request, "portal/declared/declaration.html", values)


@permission(READ)
@require_safe
@never_cache
def document(request: HttpRequest, submission: UUID, document: UUID) -> HttpResponse:
    """One receiver's document: each box with the entry it came from, and the message as it was sent."""
    row, seen = sent.document(submission, document), visible(submission, request.viewer)  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    values = {
        "row": row | {"digest": bytes(row["digest"]).hex()},
        "partner": names.partner(row["receiver"]),
        "name": names.document(row["document"]),
        "lines": _lines(row, seen),
        "seen": seen,
        "submission": submission,
        "raw": raw(sent.payload(row)),
    }
    return framed(request, "portal/declared/document.html", values)


@permission(READ)
@require_safe
@never_cache
def message(request: HttpRequest, submission: UUID, document: UUID) -> HttpResponse:
    """The exact bytes that went to the receiver, to keep."""
    row = sent.document(submission, document)
    if row is None:
        raise Http404
    answer = HttpResponse(sent.payload(row), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{row["document_id"]}.txt"'
    return answer


def _title(seen: Seen) -> str:
    return str(seen.values.get(definition_of(seen.kind, seen.definition_version).reference, ""))


def _lines(row: dict[str, Any], seen: Seen | None) -> list[origins.Line]:
    """Only who may read the declaration is told which entry a box came from."""
    registry = desk.current().registry
    projection = registry.mapping(seen.document, row["receiver"], row["document"]) if seen else None
    if seen is None or projection is None:
        return []
    form = form_of(seen.kind, seen.definition_version)
    return origins.lines(boxes_sent(projection, seen.document, seen.format), form)


def _sent_to(seen: Seen) -> dict[str, list[Text]]:
    """Of what no definition names: by its path, the receivers whose message carries it."""
    found: dict[str, list[Text]] = {}
    for receiver, document in sent.receivers(seen.submission_id) if seen.extension else ():
        projection = desk.current().registry.mapping(seen.document, receiver, document)
        for path in carried(projection, seen.document, seen.format) if projection else ():
            found.setdefault(path, []).append(names.partner(receiver).name)
    return found
