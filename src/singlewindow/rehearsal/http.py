"""A small strict HTTP/1.1 server that counterparts answer from, and that can be told to fail."""

from __future__ import annotations

import asyncio
import hmac
import logging
import socket
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import cast
from urllib.parse import parse_qsl, urlsplit

import h11
from msgspec import Struct, field

_log = logging.getLogger(__name__)
MOST_BODY = 20_000_000
MOST_CONNECTIONS = 64
IDLE_S = 60.0
SLOW_S = 1.0
RETRY_AFTER_S = 1
_READ_AT_ONCE = 65_536


class Request(Struct, frozen=True):
    """What was asked: the path without the query, header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


class Answer(Struct, frozen=True):
    """What is answered; the media type goes into ``headers`` like any other."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Fault(StrEnum):
    """How a counterpart can fail; in ``silent`` and ``drop`` the message has taken effect."""

    NONE = ""
    REFUSE = "refuse"  # the connection is cut as soon as it is made, a kept one as soon as it is used
    SILENT = "silent"  # the request is taken and never answered
    DROP = "drop"  # the connection is cut in the middle of the answer's body
    BUSY = "busy"  # 503 with Retry-After, nothing taken
    SLOW = "slow"  # answered SLOW_S late


Handle = Callable[[Request], Awaitable[Answer]]


def fault_in(path: Path) -> Callable[[], Fault]:
    """A switch that others throw by writing a fault's name into a file; no file, no fault."""

    def read() -> Fault:
        try:
            return Fault(path.read_text().strip())
        except (FileNotFoundError, ValueError):
            return Fault.NONE

    return read


class HttpServer:
    """Serves ``handle`` to bearers of ``token``, each request's body and wait bounded."""

    def __init__(
        self,
        handle: Handle,
        token: str,
        fault: Callable[[], Fault] = lambda: Fault.NONE,
        most_body: int = MOST_BODY,
    ) -> None:
        self.handle, self.fault, self.most_body = handle, fault, most_body
        self.connections: set[_Connection] = set()
        self._authorization = f"Bearer {token}".encode()
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; the port, which the system chooses when asked for 0."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), host, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def serve_forever(self) -> None:
        """Serve until cancelled, then cut every connection."""
        try:
            await asyncio.Event().wait()
        finally:
            await self.close()

    async def close(self) -> None:
        """Listen no more and cut every connection."""
        if self._server is not None:
            self._server.close()
            for connection in tuple(self.connections):
                connection.abort()
            await self._server.wait_closed()

    async def answer(self, request: Request) -> Answer:
        """The handler's answer to those who may ask."""
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._authorization):
            return Answer(401, headers={"www-authenticate": "Bearer"})
        try:
            return await self.handle(request)
        except Exception:
            _log.exception("%s %s", request.method, request.path)
            return Answer(500)


class _Connection(asyncio.Protocol):
    """One client; h11 judges the framing, requests are answered one after the other."""

    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._wire = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._server.connections.add(self)
        full = len(self._server.connections) > MOST_CONNECTIONS
        if full or self._server.fault() == Fault.REFUSE:
            self._transport.abort()
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self)
        if self._idle:
            self._idle.cancel()
        if self._task:
            self._task.cancel()

    def abort(self) -> None:
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), _READ_AT_ONCE):
            self._wire.receive_data(data[start : start + _READ_AT_ONCE])
            self._read()

    def _read(self) -> None:
        try:
            while not self._transport.is_closing():
                event = self._wire.next_event()
                if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                    return
                self._take(cast(h11.Event, event))
        except h11.RemoteProtocolError as error:
            self._end_with(error.error_status_hint)

    def _take(self, event: h11.Event) -> None:
        if isinstance(event, h11.Request):
            if self._server.fault() == Fault.REFUSE:
                self._transport.abort()
            self._head, self._body = event, bytearray()
            if self._wire.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[])
                self._transport.write(self._wire.send(go_on) or b"")
        elif isinstance(event, h11.Data):
            self._body += event.data
            if len(self._body) > self._server.most_body:
                self._end_with(413)
        elif isinstance(event, h11.EndOfMessage):
            if self._idle:
                self._idle.cancel()
            self._transport.pause_reading()
            self._task = asyncio.get_running_loop().create_task(self._answer())

    async def _answer(self) -> None:
        fault = self._server.fault()
        if fault == Fault.BUSY:
            answer = Answer(503, headers={"retry-after": str(RETRY_AFTER_S)})
        else:
            answer = await self._server.answer(self._request())
        if fault == Fault.SILENT:
            return
        if fault == Fault.SLOW:
            await asyncio.sleep(SLOW_S)
        self._send(answer, cut=fault == Fault.DROP)
        if not self._transport.is_closing():
            self._next()

    def _request(self) -> Request:
        head = cast(h11.Request, self._head)
        target = urlsplit(head.target.decode("ascii", "replace"))
        headers: Mapping[str, str] = {name.decode(): value.decode("latin-1") for name, value in head.headers}
        query = dict(parse_qsl(target.query, max_num_fields=20))
        return Request(head.method.decode(), target.path, query, dict(headers), bytes(self._body))

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        headers = [*answer.headers.items(), ("content-length", str(len(answer.body)))]
        wire = self._wire.send(h11.Response(status_code=answer.status, headers=headers)) or b""
        if cut:
            self._transport.write(wire + answer.body[: len(answer.body) // 2])
            self._transport.close()
            return
        wire += (self._wire.send(h11.Data(data=answer.body)) or b"") if answer.body else b""
        wire += self._wire.send(h11.EndOfMessage()) or b""
        self._transport.write(wire)  # one write: head and body apart would wait for each other

    def _next(self) -> None:
        if self._wire.our_state is h11.MUST_CLOSE:
            self._transport.close()
            return
        self._wire.start_next_cycle()
        self._rest()
        self._transport.resume_reading()
        self._read()

    def _end_with(self, status: int) -> None:
        if self._wire.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._send(Answer(status, headers={"connection": "close"}))
        self._transport.close()

    def _rest(self) -> None:
        if self._idle:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self.abort)
