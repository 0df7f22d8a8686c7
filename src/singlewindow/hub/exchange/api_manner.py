"""Paths that take a document answer as the door does: who sends XML in XML, under the same status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from singlewindow.hub.exchange import api
from singlewindow.hub.exchange.doors.manner import Asked, Said, written

# The door answers for itself, but for what is refused before it hears of it.
PATHS = frozenset({("POST", "/api/v1/checks"), ("POST", "/api/v1/submissions")})
BEGINNING = 64 * 1024  # of a body that is too large to be read
DOCUMENTED = ("application/json", "application/problem+json")


def in_manner(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware, around all that may refuse, so that every refusal is told likewise."""

    def told(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        in_json = response.headers.get("Content-Type", "").startswith(DOCUMENTED)
        asked = request.method, request.path
        return _rewritten(request, response) if in_json and asked in PATHS else response

    return told


def _rewritten(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    headers = {name.lower(): value for name, value in request.headers.items()}
    asked = Asked(headers, api.readers(), _sent(request))
    if asked.in_xml:
        content: dict[str, Any] = msgspec.json.decode(response.content)
        answer = written(Said(response.status_code, content), asked)
        response.content = answer.body
        response["Content-Type"] = dict(answer.headers)[b"content-type"].decode()
    return response


def _sent(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:
        return request.read(BEGINNING)
