"""Kept HTTP/1.1 connections to one partner: h11 judges the framing, the event loop carries the bytes.

A general client takes longer over a request than a hundred messages take to read; a component asks one
partner, with two requests under way at most, and wants nothing followed, unpacked or guessed.
"""

from __future__ import annotations

import asyncio
import ssl
from typing import cast

import h11
from msgspec import Struct

IDLE_S = 5.0  # a connection that rested longer may have been forgotten by something on the way


class NotConnected(Exception):
    """No connection came about: nothing was handed over."""


class Broken(Exception):
    """The connection ended, or spoke something else, before the answer was complete."""


class Reply(Struct, frozen=True):
    """An answer; header names in lower case. Not ``whole``: longer than asked for, and cut there."""

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool


class Line:
    """Where a partner listens. A connection serves one request at a time and is kept for the next."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, connect_s: float) -> None:
        self._host, self._port, self._context, self._connect_s = host, port, context, connect_s
        self._resting: list[_Connection] = []

    async def ask(self, request: h11.Request, body: bytes, most: int) -> Reply:
        """The answer, of its body at most so many bytes. Whoever stops waiting ends the connection."""
        connection = self._rested() or await self._connected()
        try:
            reply = await connection.ask(request, body, most)
        except BaseException:
            connection.abort()
            raise
        if connection.reusable:
            self._resting.append(connection)
        else:
            connection.abort()
        return reply

    def close(self) -> None:
        """End the connections at rest."""
        while self._resting:
            self._resting.pop().abort()

    def _rested(self) -> _Connection | None:
        while self._resting:
            connection = self._resting.pop()
            if connection.reusable and connection.rested_s() < IDLE_S:
                return connection
            connection.abort()
        return None

    async def _connected(self) -> _Connection:
        loop = asyncio.get_running_loop()
        name = self._host if self._context else None
        try:
            async with asyncio.timeout(self._connect_s):
                _, connection = await loop.create_connection(
                    _Connection, self._host, self._port, ssl=self._context, server_hostname=name
                )
        except (OSError, TimeoutError) as error:
            raise NotConnected(f"{type(error).__name__}: {error}") from error
        return connection


class _Connection(asyncio.Protocol):
    """One connection; what comes while nothing is asked ends it."""

    def __init__(self) -> None:
        self._wire = h11.Connection(h11.CLIENT)
        self._reply: asyncio.Future[Reply] | None = None
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()

    @property
    def reusable(self) -> bool:
        """Whether both sides are through with the last request and mean to stay."""
        return self._wire.our_state is h11.IDLE and not self._transport.is_closing()

    def rested_s(self) -> float:
        """Seconds since the last answer."""
        return self._loop.time() - self._since

    async def ask(self, request: h11.Request, body: bytes, most: int) -> Reply:
        self._body, self._most = bytearray(), most
        self._reply = self._loop.create_future()
        head = self._wire.send(request) or b""
        rest = self._wire.send_with_data_passthrough(h11.Data(data=body)) or [] if body else []
        self._transport.writelines([head, *rest])
        self._wire.send(h11.EndOfMessage())
        return await self._reply

    def abort(self) -> None:
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._reply is None:
            self._transport.abort()
            return
        self._wire.receive_data(data)
        self._read()

    def eof_received(self) -> None:
        if self._reply is not None:
            self._wire.receive_data(b"")  # which is how some answers end
            self._read()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or Broken("the connection was closed before the answer was complete"))

    def _read(self) -> None:
        try:
            while self._reply is not None:
                event = self._wire.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return
                self._take(cast(h11.Event, event))
        except h11.RemoteProtocolError as error:
            self._fail(error)

    def _take(self, event: h11.Event) -> None:
        if isinstance(event, h11.Response):
            self._head = event
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > self._most:
                self._answer(whole=False)
        elif isinstance(event, h11.EndOfMessage):
            self._answer(whole=True)
            self._rest()

    def _rest(self) -> None:
        """Ready for the next request, unless somebody goes or more came than was asked for."""
        through = self._wire.our_state is self._wire.their_state is h11.DONE
        if through and not self._wire.trailing_data[0]:
            self._wire.start_next_cycle()
            self._since = self._loop.time()

    def _answer(self, *, whole: bool) -> None:
        reply, self._reply = self._reply, None
        if reply is None or reply.done():
            return
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in self._head.headers}
        body = bytes(self._body[: self._most])
        reply.set_result(Reply(self._head.status_code, headers, body, whole))

    def _fail(self, error: Exception) -> None:
        reply, self._reply = self._reply, None
        if reply is not None and not reply.done():
            told = error if isinstance(error, Broken) else Broken(f"{type(error).__name__}: {error}")
            reply.set_exception(told)
