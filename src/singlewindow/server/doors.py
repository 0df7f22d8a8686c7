"""The doors as the web role opens them: what they know, and the group commit behind them."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from singlewindow.hub.documents import desk as forms
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.group_commit import GroupCommit
from singlewindow.hub.exchange.knowledge import LiveKnowledge
from singlewindow.hub.exchange.storing import Conflict, Taken, store, taken_before
from singlewindow.hub.exchange.submission import Context, Prepared
from singlewindow.hub.identity import sessions
from singlewindow.hub.identity.directory import LiveDirectory
from singlewindow.hub.standards.following import LiveLists
from singlewindow.kernel.clock import now
from singlewindow.kernel.ids import uuid7
from singlewindow.server.composition import connectors, readers, registry
from singlewindow.server.configuration import INTAKE, Configuration
from singlewindow.server.desk import FormDesk

STOP_SECONDS = 3.0
CLAIM_SECONDS = 5.0  # to look one up; a sender is told then to ask again

log = structlog.get_logger(__name__)


def new_id() -> UUID:
    """A new identifier, ordered by the time it is made."""
    return uuid7(now())


class Doors(AbstractAsyncContextManager["Doors"]):
    """``POST /api/v1/submissions``, open between start-up and shutdown of the web role."""

    def __init__(self, configuration: Configuration) -> None:
        dsn = configuration.dsn(INTAKE)
        self.line = Line(dsn)
        self.directory = LiveDirectory(self.line.asked)
        lists = LiveLists(registry().listings, dsn)
        self.knowledge = LiveKnowledge(dsn, registry(), readers(), connectors(), self.directory, lists)
        self.committer: GroupCommit[Prepared, Taken | Conflict] = GroupCommit(dsn, store)
        self.claims = Claims(dsn)
        self.door = Door(self.knowledge.current, self.committer, self.claims.before, now, new_id)
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Doors:
        sessions.use(self.directory)
        forms.use(FormDesk(self.knowledge, self.committer, self.claims.before, asyncio.get_running_loop()))
        work = (self.directory.run(), self.knowledge.run(), self.committer.run())
        self.tasks = [asyncio.create_task(one) for one in work]
        for task in self.tasks:
            task.add_done_callback(_end_with)
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self.tasks, return_exceptions=True)
                await self.line.close()
                await self.claims.line.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.door(scope, receive, send)


class Line:
    """One connection for question after question: to open one takes longer than any of them."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: AsyncConnection[Any] | None = None

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[AsyncConnection[Any]]:
        """The connection; after a question that failed, or was given up half-way, the next gets a new one."""
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(self._dsn, autocommit=True)
        try:
            yield self._connection
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Until somebody asks again."""
        if self._connection is not None:
            await self._connection.close()


class Claims:
    """What was taken before, asked for what is refused today, one question after the other."""

    def __init__(self, dsn: str) -> None:
        self.line = Line(dsn)
        self._alone = asyncio.Lock()

    async def before(self, body: bytes, context: Context) -> Taken | Conflict | None:
        """What a message was answered when it came first; raises OperationalError or TimeoutError."""
        async with asyncio.timeout(CLAIM_SECONDS), self._alone, self.line.asked() as connection:
            return await taken_before(connection.cursor(), body, context)


def _end_with(task: asyncio.Task[None]) -> None:
    """A door without its committer or its knowledge is none: end, and be started again."""
    if not task.cancelled():
        log.error("a task of the door ended", exc_info=task.exception())
        os._exit(1)
