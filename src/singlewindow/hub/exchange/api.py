"""What programs ask about submissions: JSON out, problems by RFC 9457."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.http import HttpRequest, HttpResponse

from singlewindow.hub.exchange.queries import submission_status
from singlewindow.hub.identity.permissions import permission
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
