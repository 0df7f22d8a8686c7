"""How programs ask for what the platform's one writer carries out a moment later: 202, and where to look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest

from singlewindow.hub.coordination.api_shapes import RequestShape
from singlewindow.hub.coordination.declined import TooManyWaiting
from singlewindow.hub.identity import refusals
from singlewindow.hub.identity.once import once
from singlewindow.hub.identity.programs import Denied, Routes, View, actor_in
from singlewindow.kernel.clock import now
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Text

STATUS = 202
TOLD = Text("结果见 location", "`location` tells what became of it")


class Asking(Routes):
    """A room's routes, some of which are requests to coordination."""

    def ask(self, path: str, *, needs: str, title: Text, notes: Text | None = None) -> Callable[[View], View]:
        """Something to be asked for; ``notes`` say more than where its outcome is told."""
        said = Text(f"{notes.zh}。{TOLD.zh}", f"{notes.en}. {TOLD.en}") if notes else TOLD
        return self.act(path, RequestShape, status=STATUS, needs=needs, title=title, notes=said)


def requested(request: HttpRequest, key: str, verb: Callable[..., None], **given: Any) -> Any:
    """Leave a request with the platform's one writer, once a key; the answer says where to look.

    Raises Denied (429) where as many wait of the party as may.
    """

    def act() -> Any:
        at = now()
        id_ = uuid7(at)
        try:
            with connection.cursor() as cursor:
                verb(actor_in(request), cursor, request=id_, at=at, **given)
        except TooManyWaiting as full:
            raise Denied(refusals.answer(full.status, full.problem)) from full
        return {"id": id_, "location": f"/api/v1/requests/{id_}"}

    return once(request, key, RequestShape, act, status=STATUS)
