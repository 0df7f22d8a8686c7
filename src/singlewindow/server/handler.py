"""Pages and API of Django as an ASGI application: a request is one thread's from first to last.

Django's own handler goes to a thread and back for each signal and for the views, and starts two threads a
request (decision 0002).
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from functools import partial
from typing import Any

from django.core import signals
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.http import HttpResponseBase
from django.urls import set_script_prefix

from singlewindow.hub.exchange.doors.body import Message
from singlewindow.server.turns import PLACES

REFUSING = 2  # threads beside the places: who finds no place is told so at once


class Handler(ASGIHandler):
    """Every request that no native application answers; all views and middleware are synchronous."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(PLACES + REFUSING, "answering")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        answered = partial(copy_context().run, self._answered, scope, body)
        for message in await asyncio.get_running_loop().run_in_executor(self._threads, answered):
            await send(message)

    def _answered(self, scope: Any, body: Any) -> list[Message]:
        """The whole answer, in a thread of its own; its connection of the data base is given back."""
        set_script_prefix(get_script_prefix(scope))
        signals.request_started.send(sender=type(self), scope=scope)
        with closing(body):
            request, refused = self.create_request(scope, body)
            answer: Any = refused if request is None else self.get_response(request)
            with closing(answer):
                return _messages(answer)


def _messages(response: HttpResponseBase) -> list[Message]:
    """An answer as ASGI says it, whole: no page streams rows (identity/sessions.py)."""
    headers = [(name.encode("ascii"), value.encode("latin-1")) for name, value in response.items()]
    headers += [
        (b"Set-Cookie", one.output(header="").strip().encode("ascii")) for one in response.cookies.values()
    ]
    start = {"type": "http.response.start", "status": response.status_code, "headers": headers}
    return [start, {"type": "http.response.body", "body": b"".join(response), "more_body": False}]
