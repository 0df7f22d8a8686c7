"""The API's own description, for whoever asks."""

from __future__ import annotations

from functools import lru_cache

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from singlewindow.hub.identity.permissions import public
from singlewindow.kernel.clock import now
from singlewindow.server import openapi


@public
def description(request: HttpRequest) -> HttpResponse:
    """``GET /api/v1/openapi.json``."""
    return HttpResponse(_rendered(now().date().isoformat()), content_type="application/json")


@lru_cache(maxsize=1)
def _rendered(day: str) -> bytes:
    return msgspec.json.encode(openapi.document(now().date(), settings.SITE_NAME))
