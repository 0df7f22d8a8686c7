"""The way in: passwords are looked at a few at a time, and no address tries for ever.

A hash takes long on purpose. Were it waited for while a connection of the data base is held, a handful of
guessers would stop every page; so who waits for one, waits here.
"""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from typing import Any

from singlewindow.hub.exchange.doors.body import Body, Message, Receive, Send
from singlewindow.hub.identity.pace import BUSY, FROM, TOO_OFTEN, TURNED_AWAY, Pace, address_in, subscriber
from singlewindow.hub.identity.passwords import AT_ONCE
from singlewindow.server.bounded import UNREAD, Why

SIGN_IN = "/sign-in"
LOOKED_AT = (SIGN_IN, "/accounts/me/password")
MOST_BYTES = 16_384  # of a form with two or three passwords
BODY_SECONDS = 10.0
MOST_WAITING = 16  # requests, about a second

Scope = MutableMapping[str, Any]


class Entrance:
    """An ASGI application before the pages. ``proxied``: a proxy in front says who calls."""

    def __init__(
        self,
        application: Any,
        *,
        proxied: bool,
        pace: Pace | None = None,
        at_once: int = AT_ONCE,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.application = application
        self.proxied = proxied
        self.pace = Pace() if pace is None else pace
        self.slots = asyncio.Semaphore(at_once)
        self.most_waiting = most_waiting
        self.waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "POST" and scope["path"] in LOOKED_AT:
            await self._looked_at(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    async def _looked_at(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _form(receive)
        if isinstance(body, Why):
            scope[UNREAD] = body
            await self.application(scope, _again(b"", receive), send)
            return
        address = address_in(scope, proxied=self.proxied)
        scope[FROM] = subscriber(address)
        if scope["path"] == SIGN_IN and not self.pace.allows(address):
            scope[TURNED_AWAY] = TOO_OFTEN
        elif self.waiting >= self.most_waiting:
            scope[TURNED_AWAY] = BUSY
        if TURNED_AWAY in scope:
            await self.application(scope, _again(body, receive), send)
            return
        signing_in = scope["path"] == SIGN_IN  # nothing else counted a try, so nothing else forgives one
        answer = self._noticing(address, send) if signing_in else send
        await self._in_turn(scope, _again(body, receive), answer)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.waiting += 1
        try:
            await self.slots.acquire()
        finally:
            self.waiting -= 1
        try:
            await self.application(scope, receive, send)
        finally:
            self.slots.release()

    def _noticing(self, address: str, send: Send) -> Send:
        async def noticing(message: Message) -> None:
            if message.get("status") == 302:  # signed in; whoever is not sees the form again
                self.pace.forgive(address)
            await send(message)

        return noticing


async def _form(receive: Receive) -> bytes | Why:
    """The whole form, or why it is refused; a slow sender keeps nobody waiting."""
    body, parts = Body(receive), list[bytes]()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while not body.whole:
                parts.append(await body.part())
                if body.size > MOST_BYTES:
                    return Why.FORM_TOO_LARGE
    except TimeoutError:
        return Why.TOO_SLOW
    return Why.BROKEN if body.broken else b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """The body once more for who reads it next, then what the sender does."""
    kept = [body]

    async def again() -> Message:
        if kept:
            return {"type": "http.request", "body": kept.pop(), "more_body": False}
        return await receive()

    return again
