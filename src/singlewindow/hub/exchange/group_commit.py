"""Group commit: requests wait together, their rows go in one transaction, one bad row fails alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

import structlog
from psycopg import AsyncConnection, AsyncCursor, OperationalError

from singlewindow.hub.exchange.outage import is_outage

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Store = Callable[[AsyncCursor[Any], Sequence[Item]], Awaitable[list[Answer]]]

GATHER_S = 0.1
PAUSE_S = 0.01

log = structlog.get_logger(__name__)


class Full(Exception):
    """More is waiting than the bound allows; the sender should try again later."""


class Unsettled(OperationalError):
    """The data base was lost, or we end, in the commit: whether it took place only asking again can tell."""


class GroupCommit(Generic[Item, Answer]):
    """Collects items while the last transaction is under way, then stores them all in the next.

    ``most`` bounds a transaction, ``waiting`` those not yet in one. Who comes alone is stored at once; in
    company the next group gathers, as a transaction costs what ten of its items do: until nobody came for
    ``pause_s``, for then all senders may be waiting for us, and ``gather_s`` at most.
    A waiter that goes away does not matter: its item is stored or not, never half.
    """

    def __init__(
        self,
        dsn: str,
        store: Store[Item, Answer],
        most: int = 200,
        waiting: int = 2_000,
        gather_s: float = GATHER_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._dsn, self._store, self._most, self._bound = dsn, store, most, waiting
        self._gather_s, self._pause_s = gather_s, pause_s
        self._queue: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._wake = asyncio.Event()
        self._connection: AsyncConnection[Any] | None = None

    async def add(self, item: Item) -> Answer:
        """Wait until the item is durable and get its answer.

        Raises Full, Unsettled, or what storing raised.
        """
        if len(self._queue) >= self._bound:
            raise Full
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        self._wake.set()
        return await future

    async def run(self) -> None:
        """Commit group after group until cancelled; who is being stored then is told ``Unsettled``."""
        stored = 0
        group: list[tuple[Item, asyncio.Future[Answer]]] = []
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._queue:
                    if stored > 1:
                        await self._gather()
                    group, self._queue = self._queue[: self._most], self._queue[self._most :]
                    stored = len(group)
                    await self._commit(group)
        finally:
            self._fail(group, Unsettled("ended while it was being stored"))
            for _, future in self._queue:
                future.cancel()
            if self._connection is not None:
                await self._connection.close()

    async def _gather(self) -> None:
        loop = asyncio.get_running_loop()
        until, seen = loop.time() + self._gather_s, 0
        while seen < len(self._queue) < self._most and loop.time() < until:
            seen = len(self._queue)
            await asyncio.sleep(self._pause_s)

    async def _commit(self, group: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._transaction([item for item, _ in group])
        except Exception as error:
            if is_outage(error):  # everyone is told; nothing was stored, unless it is unsettled
                self._fail(group, error)
                return
            if len(group) == 1:
                log.exception("not stored")
                self._fail(group, error)
                return
            for one in group:  # one of them is bad: each by itself, so that its neighbours are kept
                await self._commit([one])
        else:
            for (_, future), answer in zip(group, answers, strict=True):
                if not future.done():
                    future.set_result(answer)

    def _fail(self, group: list[tuple[Item, asyncio.Future[Answer]]], error: Exception) -> None:
        for _, future in group:
            if not future.done():
                future.set_exception(error)

    async def _transaction(self, items: list[Item]) -> list[Answer]:
        connection, stored = await self._connected(), False
        try:
            async with connection.transaction(), connection.cursor() as cursor:
                answers = await self._store(cursor, items)
                stored = True
        except OperationalError as error:
            await connection.close()
            if stored and is_outage(error):
                raise Unsettled(str(error)) from error
            raise
        return answers

    async def _connected(self) -> AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(self._dsn, autocommit=True)
        return self._connection
