"""The body of a request: how much of it has come, and what still comes once its answer is known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any

PASSED_OVER_S, IDLE_S, MOST_PASSED_OVER = 30.0, 2.0, 64 * 1024 * 1024

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Body:
    """One body as it comes; ``declared`` is its length, or -1 where its end alone tells."""

    def __init__(self, receive: Receive, declared: int = -1) -> None:
        self._receive = receive
        self.declared = declared
        self.size = 0
        self.whole = False
        self.broken = False

    async def part(self) -> bytes:
        """What comes next; ``whole`` is true after the last, ``broken`` where there was none."""
        message = await self._receive()
        part: bytes = message.get("body", b"")
        self.size += len(part)
        self.broken = message["type"] == "http.disconnect"
        # After the length that was declared nothing comes (RFC 9112, 6.3), and to be told so takes as long
        # as the body did.
        self.whole = self.size == self.declared or not message.get("more_body")
        return part

    async def pass_over(self) -> None:
        """What still comes of a body that is refused, within bounds, so that the answer can be read.

        Many senders read nothing before they have sent everything, and one who is cut off until then never
        learns why; who stops sending to read is answered soon.
        """
        most = self.size + MOST_PASSED_OVER
        with suppress(TimeoutError):
            async with asyncio.timeout(PASSED_OVER_S):
                while not self.whole and self.size < most:
                    async with asyncio.timeout(IDLE_S):
                        await self.part()


def declared(headers: Mapping[str, str]) -> int:
    """How many bytes a body is said to have; -1 where its end alone tells."""
    length = headers.get("content-length", "")
    known = length.isascii() and length.isdigit() and "transfer-encoding" not in headers
    return int(length) if known else -1
