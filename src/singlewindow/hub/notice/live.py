"""Live updates: one ``GET /live`` stream a browser, fed by one ``LISTEN journal`` connection a process.

Knows neither Django nor sessions: whoever serves it says how a request is authenticated.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec
import psycopg
from msgspec import Struct

from singlewindow.hub.journal.ending import ended
from singlewindow.hub.journal.waking import Listening
from singlewindow.kernel.messages import Viewer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Authenticate = Callable[[Scope], Awaitable[Viewer | None]]

CHANNEL = "journal"
MANY = b'{"many":true}'
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),
]
log = logging.getLogger(__name__)


class Bounds(Struct, frozen=True):
    """Every limit of the stream, in seconds and counts."""

    clients: int = 512  # well below what the web role takes at once
    each: int = 16  # streams of one person; a browser's tabs share one
    pending: int = 100  # changed submissions kept for one slow browser; more become "many"
    heartbeat_s: float = 15.0
    gather_s: float = 0.1  # changes within this go out as one event
    session_s: float = 60.0  # how long a stream may outlive the rights it was opened with, if nobody says so
    check_s: float = 2.0  # how often an idle listener is asked whether it lives …
    answer_s: float = 2.0  # … and how long it may take to answer
    retry_s: float = 1.0


class Notice(Struct, frozen=True):
    """The payload of ``NOTIFY journal``. ``again``: people whose sessions or rights have changed."""

    position: int = 0
    submissions: list[tuple[str, list[int]]] = []
    many: bool = False
    again: list[int] = []


class Client:
    """One browser's stream: what it has still to be told, bounded."""

    def __init__(self, parties: Iterable[int], most: int, person: int = 0) -> None:
        self.parties = frozenset(parties)
        self.person = person
        self.most = most
        self.doubted = False
        self.many = False
        self.pending: dict[str, None] = {}
        self.news = asyncio.Event()

    def tell(self, notice: Notice) -> None:
        """Keep what of a notice this browser may know; once more than fits, only that there is much."""
        if self.person and self.person in notice.again:
            self.doubted = True
            self.news.set()
        if not notice.many:
            seen = [each for each, viewers in notice.submissions if not self.parties.isdisjoint(viewers)]
            if not seen:
                return
            self.pending.update(dict.fromkeys(seen))
        if notice.many or len(self.pending) > self.most:
            self.many = True
            self.pending.clear()
        self.news.set()

    def take(self) -> bytes:
        """The data of the next event; what was taken is forgotten."""
        data = MANY if self.many else msgspec.json.encode(list(self.pending))
        self.many = False
        self.pending.clear()
        if not self.doubted:
            self.news.clear()
        return data


class Live:
    """The ASGI application. ``authenticate`` says who a request's session cookie belongs to."""

    def __init__(self, dsn: str, authenticate: Authenticate, bounds: Bounds = Bounds()) -> None:  # noqa: B008
        self.dsn = dsn
        self.authenticate = authenticate
        self.bounds = bounds
        self.clients: set[Client] = set()
        self.listening = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._abandoned: dict[asyncio.Future[Any], psycopg.AsyncConnection] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer ``GET /live``; everything else about the path is refused."""
        if scope["method"] != "GET":
            return await _refuse(send, 405, (b"allow", b"GET"))
        if len(self.clients) >= self.bounds.clients:
            return await _refuse(send, 503, (b"retry-after", b"10"))
        viewer = await self._viewer(scope)
        if viewer is None:
            return await _refuse(send, 401)
        if self._open(viewer.person) >= self.bounds.each:
            return await _refuse(send, 503, (b"retry-after", b"10"))
        self._ensure_listener()
        client = Client(viewer.parties, self.bounds.pending, viewer.person)
        self.clients.add(client)
        try:
            await self._stream(client, scope, receive, send)
        finally:
            self.clients.discard(client)
        return None

    async def __aenter__(self) -> Live:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop listening; streams end with their browsers."""
        if self._listener:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        for connection in list(self._abandoned.values()):
            connection.pgconn.finish()
        await asyncio.gather(*self._abandoned, return_exceptions=True)

    async def _stream(self, client: Client, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send(_part(b"retry: 3000\n: open\n\n"))
        gone = asyncio.ensure_future(_gone(receive))
        told = asyncio.ensure_future(self._tell(client, scope, send))
        try:
            await asyncio.wait((gone, told), return_when=asyncio.FIRST_COMPLETED)
        finally:
            results = await ended([gone, told])
        if isinstance(results[1], Exception) and not isinstance(results[1], OSError):
            raise results[1]
        if not isinstance(results[0], bool):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _viewer(self, scope: Scope) -> Viewer | None:
        """Who may read something; nobody when that cannot be found out: the check fails closed."""
        try:
            viewer = await self.authenticate(scope)
        except psycopg.Error:
            return None
        return viewer if viewer and viewer.parties else None

    def _open(self, person: int) -> int:
        """How many streams somebody has; of nobody in particular none is counted."""
        return sum(client.person == person for client in self.clients) if person else 0

    async def _tell(self, client: Client, scope: Scope, send: Send) -> None:
        clock = asyncio.get_running_loop().time
        checked = clock()
        while True:
            try:
                async with asyncio.timeout(self.bounds.heartbeat_s):
                    await client.news.wait()
            except TimeoutError:
                await send(_part(b": still here\n\n"))
            if client.doubted or clock() - checked >= self.bounds.session_s:
                client.doubted = False
                viewer = await self._viewer(scope)
                if viewer is None:
                    return
                client.parties, checked = frozenset(viewer.parties), clock()
            if client.many or client.pending:
                await asyncio.sleep(self.bounds.gather_s)
                await send(_part(b"event: change\ndata: " + client.take() + b"\n\n"))
            elif not client.doubted:
                client.news.clear()

    def _ensure_listener(self) -> None:
        if self._listener is None or self._listener.done():
            self._listener = asyncio.ensure_future(self._listen())

    async def _listen(self) -> None:
        """Listen for ever; whatever happened while nobody listened is told as "many"."""
        while True:
            try:
                await self._listen_once()
            except (psycopg.Error, OSError, TimeoutError) as error:
                log.warning("live updates: the listening connection was lost: %s", error)
            self.listening.clear()
            await asyncio.sleep(self.bounds.retry_s)

    async def _listen_once(self) -> None:
        async with asyncio.timeout(self.bounds.answer_s + self.bounds.check_s):
            connection = await Listening.connect(self.dsn, autocommit=True)
        try:
            await self._answer(connection, f"listen {CHANNEL}")
            self.listening.set()
            self._fan_out(Notice(many=True))
            while True:
                async for notify in connection.notifies(timeout=self.bounds.check_s):
                    self._fan_out(_read(notify.payload))
                # A peer that vanished without a word says nothing more; only a question finds out.
                await self._answer(connection, "select 1")
        finally:
            if connection not in self._abandoned.values():
                await connection.close()

    async def _answer(self, connection: psycopg.AsyncConnection, statement: str) -> None:
        asked = asyncio.ensure_future(connection.execute(statement))
        done, _ = await asyncio.wait({asked}, timeout=self.bounds.answer_s)
        if not done:
            # The driver may take ten more seconds to give up politely; nobody waits for that.
            self._abandoned[asked] = connection
            asked.add_done_callback(self._let_go)
            asked.cancel()
            raise TimeoutError("the listening connection does not answer")
        asked.result()

    def _let_go(self, asked: asyncio.Future[Any]) -> None:
        self._abandoned.pop(asked).pgconn.finish()

    def _fan_out(self, notice: Notice) -> None:
        for client in self.clients:
            client.tell(notice)


def _read(payload: str) -> Notice:
    try:
        return msgspec.json.decode(payload, type=Notice)
    except msgspec.DecodeError:
        return Notice(many=True)


def _part(body: bytes) -> dict[str, Any]:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _gone(receive: Receive) -> bool:
    while (await receive())["type"] != "http.disconnect":
        continue
    return True


async def _refuse(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    plain = [(b"content-length", b"0"), *headers]
    await send({"type": "http.response.start", "status": status, "headers": plain})
    await send({"type": "http.response.body", "body": b""})
