"""What a person asked coordination for and what became of it: kept beside the page until it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import now
from msgspec import Struct

from singlewindow.hub.coordination.declined import TooManyWaiting
from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.asking import read_jsonb
from singlewindow.hub.portal.clearance import queries
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Problem

_PROBLEMS = msgspec.json.Decoder(tuple[Problem, ...])


class Asked(Struct, frozen=True):
    """A request: not yet carried out, done, or declined with problems."""

    id: UUID
    verb: str
    arguments: dict[str, Any]
    asked_at: datetime
    applied_at: datetime | None
    problems: tuple[Problem, ...]

    @property
    def waiting(self) -> bool:
        """The worker has not come to it yet."""
        return self.applied_at is None

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed and did not take effect; it goes back into the fields."""
        return self.arguments if self.waiting or self.problems else {}


def left(
    request: HttpRequest, verb: Callable[..., None], page: str, query: dict[str, Any], **given: Any
) -> HttpResponse:
    """Leave a request with the worker and go on to the page that tells what became of it (``?asked=``).

    Refused where as many of the party's wait as may.
    """
    at = now()
    id_ = uuid7(at)
    try:
        with connection.cursor() as cursor:
            verb(request.actor, cursor, request=id_, at=at, **given)  # type: ignore[attr-defined]
    except TooManyWaiting as full:
        return refusals.refused(request, full.status, full.problem)
    return redirect(f"{page}?{urlencode(query | {'asked': id_})}")


def asked(request: HttpRequest) -> Asked | None:
    """The request that the page's address speaks of (``?asked=``); None if there is none to see."""
    try:
        id_ = UUID(request.GET.get("asked", ""))
    except ValueError:
        return None
    rows = queries.ask("asked", id=id_)
    if not rows:
        return None
    row = rows[0]
    problems = _PROBLEMS.decode(msgspec.json.encode(read_jsonb(row["problems"])))
    arguments = read_jsonb(row["arguments"])
    return Asked(id_, row["verb"], arguments, row["asked_at"], row["applied_at"], problems)
