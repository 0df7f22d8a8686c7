"""What programs ask about submissions: JSON out, problems by RFC 9457."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from singlewindow.hub.exchange.doors.refusals import METHOD
from singlewindow.hub.exchange.queries import submission_status
from singlewindow.hub.identity.permissions import permission, public
from singlewindow.hub.identity.refusals import not_found

_JSON = msgspec.json.Encoder()


@permission("declarations.read")
def status(request: HttpRequest, submission: UUID) -> HttpResponse:
    """``GET /api/v1/submissions/{id}``: each receiver's document, its state and its receipts."""
    viewer: Any = getattr(request, "viewer")  # noqa: B009 - the middleware adds it
    with connection.cursor() as cursor:
        found = submission_status(viewer, cursor, submission)
    if found is None:
        return not_found(request)
    return HttpResponse(_JSON.encode(found), content_type="application/json")


@csrf_exempt  # it changes nothing, and a program has no cookie to protect
@public
def submissions(request: HttpRequest) -> HttpResponse:
    """What the HTTP door does not answer at its own path: every method but POST."""
    answer = METHOD.answer(get_language() or "zh")
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return HttpResponse(answer.body, status=answer.status, headers=headers)
