"""Done once, however often it is asked: what was answered under a key is kept with what was done."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.programs import Denied, actor_in
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem, Text

CONFLICT = Problem(
    "request.key_used",
    Text("这个键已用于其他内容", "this key was used for other content"),
    "Idempotency-Key",
    remedy=Text("内容不同的请求请用新的键", "give other content a key of its own"),
)
# Whoever comes second under a key waits here for the first to be durable, and then reads its answer.
_WAIT = "select pg_advisory_xact_lock(hashtextextended(%s, %s))"
_READ = "select digest, status, body from api_answer where party = %s and key = %s"
_KEEP = "insert into api_answer (party, key, digest, status, body, at) values (%s, %s, %s, %s, %s, %s)"


def once(
    request: HttpRequest, key: str, answer: type[BaseModel], act: Callable[[], Any], status: int = 200
) -> Any:
    """Do it and keep the answer in the request's transaction, or repeat the answer kept under the key.

    A refusal undoes the transaction, so its key stays free. Raises Denied (409) where the key was used
    for other content.
    """
    party = actor_in(request).party
    digest = _digest(request)
    with connection.cursor() as cursor:
        cursor.execute(_WAIT, [key, party])
        cursor.execute(_READ, [party, key])
        row = cursor.fetchone()
        if row is not None:
            return _repeated(row, digest)
        body = answer.model_validate(act()).model_dump_json().encode()
        cursor.execute(_KEEP, [party, key, digest, status, body, now()])
    return _response(status, body)


def _digest(request: HttpRequest) -> bytes:
    asked = f"{request.method} {request.path}\n".encode()
    return hashlib.sha256(asked + request.body).digest()


def _repeated(row: Any, digest: bytes) -> HttpResponse:
    known, status, body = row
    if bytes(known) != digest:
        raise Denied(refusals.answer(409, CONFLICT))
    response = _response(status, bytes(body))
    response["Idempotency-Replayed"] = "true"
    return response


def _response(status: int, body: bytes) -> HttpResponse:
    return HttpResponse(body, status=status, content_type="application/json")
