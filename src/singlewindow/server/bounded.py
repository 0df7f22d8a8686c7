"""A bound on what anybody, and all together, may send to the pages, in bytes and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from singlewindow.hub.exchange.doors.room import NoRoom, Part, Room

MOST_BYTES = 20_000_000
BODY_SECONDS = 30.0

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
GONE: Message = {"type": "http.disconnect"}
MOST_HELD = 256 * 1024 * 1024  # of all requests in work


class Bounded:
    """An ASGI application whose request bodies end: a sender who sends too much or too slowly is let go."""

    def __init__(
        self,
        application: Any,
        most: int = MOST_BYTES,
        seconds: float = BODY_SECONDS,
        room: Room | None = None,
    ) -> None:
        self.application = application
        self.most = most
        self.seconds = seconds
        self.room = room or Room(MOST_HELD)

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        with self.room.part() as part:
            await self.application(scope, self._counted(receive, part), send)

    def _counted(self, receive: Receive, part: Part) -> Receive:
        loop = asyncio.get_running_loop()
        until, size, whole = loop.time() + self.seconds, 0, False

        async def counted() -> Message:
            nonlocal size, whole
            if whole:  # the body is here; what comes now is the sender's leaving
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), max(0.0, until - loop.time()))
                part.take(len(message.get("body", b"")))
            except (TimeoutError, NoRoom):
                return GONE
            size += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            return message if size <= self.most else GONE

        return counted
