"""A bound on what anybody may ask with, and on what all together send to the pages, in bytes and in time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from itertools import chain
from typing import Any

from singlewindow.hub.exchange.doors.body import Body, Message, Receive, Send, declared
from singlewindow.hub.exchange.doors.room import NoRoom, Part, Room, ShareTaken

MOST_BYTES = 20_000_000
BODY_SECONDS = 30.0
MOST_HELD = 256 * 1024 * 1024  # of all requests in work
# Below those of the server beneath (64 KB of address, 100 headers, 400 KB), which refuses without a word.
LONGEST_ADDRESS = 8 * 1024  # path and query, in bytes as sent
MOST_HEADERS, LONGEST_HEADERS = 64, 16 * 1024  # and all their names and values together, in bytes
UNREAD = "singlewindow.unread"  # in the scope: why the application has less than the sender sent
CALLER = "singlewindow.caller"  # in the scope: whose share of this process the request takes


class Why(StrEnum):
    """Why a request was not read to its end."""

    ADDRESS_TOO_LONG = "address_too_long"
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_LARGE = "too_large"
    FORM_TOO_LARGE = "form_too_large"  # of one with passwords
    TOO_SLOW = "too_slow"
    BROKEN = "broken_off"
    NO_ROOM = "no_room"
    SHARE_TAKEN = "share_taken"


def no_room(full: NoRoom) -> Why:
    """Whether there is no room for anybody, or for this caller alone."""
    return Why.SHARE_TAKEN if isinstance(full, ShareTaken) else Why.NO_ROOM


def oversize(scope: Any) -> Why | None:
    """Why a request is not looked at, whoever sends it and whatever stands in its body."""
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return Why.ADDRESS_TOO_LONG
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(map(len, chain.from_iterable(headers))) > LONGEST_HEADERS:
        return Why.HEADERS_TOO_LARGE
    return None


class Bounded:
    """An ASGI application whose request bodies end.

    Of one that is too large, too slow or breaks off the application is given the beginning, and told why in
    the scope, so that it is refused in the application's own manner. ``callers`` says whose a request is.
    """

    def __init__(
        self,
        application: Any,
        callers: Callable[[Any], str],
        most: int | None = None,
        seconds: float | None = None,
        room: Room | None = None,
    ) -> None:
        self.application, self.callers = application, callers
        self.room = room or Room(MOST_HELD)
        self.most = MOST_BYTES if most is None else most
        self.seconds = BODY_SECONDS if seconds is None else seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        scope[CALLER] = caller = self.callers(scope)
        with self.room.part(caller) as part:
            one = _Request(scope, receive, send, self.most, part)
            one.until = asyncio.get_running_loop().time() + self.seconds
            await self.application(scope, one.receive, one.send)


class _Request:
    """One request between the server and the application."""

    until: float

    def __init__(self, scope: Any, receive: Receive, send: Send, most: int, room: Part) -> None:
        self._scope, self._receive, self._send, self._most, self._room = scope, receive, send, most, room
        self._body = Body(receive)
        self._before: Why | None = scope.get(UNREAD)  # refused before its body was looked at

    async def receive(self) -> Message:
        """The next part of the body; after the last, the sender's leaving."""
        if self._before is not None:
            why, self._before = self._before, None
            return self._unread(why)
        if UNREAD in self._scope:
            # The application only listens whether the sender leaves; what it still sends is read later.
            await asyncio.get_running_loop().create_future()
        if self._body.whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self.until):
                part = await self._body.part()
            self._room.take(len(part))
        except TimeoutError:
            return self._unread(Why.TOO_SLOW)
        except NoRoom as full:
            return self._unread(no_room(full))
        if self._body.broken:
            return self._unread(Why.BROKEN)
        if max(self._body.size, self._declared()) > self._most:
            return self._unread(Why.TOO_LARGE, part)
        return {"type": "http.request", "body": part, "more_body": not self._body.whole}

    async def send(self, message: Message) -> None:
        """A part of the answer; it begins when nobody is sending any more."""
        if message["type"] == "http.response.start" and not self._body.whole:
            await self._body.pass_over()
        await self._send(message)

    def _unread(self, why: Why, part: bytes = b"") -> Message:
        self._scope[UNREAD] = why
        return {"type": "http.request", "body": part, "more_body": False}

    def _declared(self) -> int:
        headers = self._scope.get("headers", ())
        return declared({name.decode("latin-1"): value.decode("latin-1") for name, value in headers})
