"""A bound on what anybody may send to the pages: in bytes and in time, before a byte is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

MOST_BYTES = 20_000_000
BODY_SECONDS = 30.0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
GONE: Message = {"type": "http.disconnect"}


class Bounded:
    """An ASGI application whose request bodies end: a sender who sends too much or too slowly is let go."""

    def __init__(self, application: Any, most: int = MOST_BYTES, seconds: float = BODY_SECONDS) -> None:
        self.application = application
        self.most = most
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        await self.application(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        loop = asyncio.get_running_loop()
        until, size, whole = loop.time() + self.seconds, 0, False

        async def counted() -> Message:
            nonlocal size, whole
            if whole:  # the body is here; what comes now is the sender's leaving
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - loop.time()))
            except TimeoutError:
                return GONE
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message if size <= self.most else GONE

        return counted
