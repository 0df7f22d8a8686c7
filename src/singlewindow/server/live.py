"""Live updates as the web role opens them: one listening connection, sessions asked from a small pool."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

from psycopg_pool import AsyncConnectionPool

from singlewindow.hub.identity.sessions import viewer_of
from singlewindow.hub.journal.looking_up import ENDED_IN_TIME
from singlewindow.hub.notice.live import Live
from singlewindow.kernel.messages import Viewer
from singlewindow.server.configuration import WEB, Configuration

MOST_CONNECTIONS = 2


class LiveUpdates(AbstractAsyncContextManager["LiveUpdates"]):
    """``GET /live``, open between start-up and shutdown of the web role."""

    def __init__(self, configuration: Configuration) -> None:
        self.dsn = configuration.dsn(WEB)
        self.application = Live(self.dsn, self.authenticate)
        self.pool: AsyncConnectionPool[Any] | None = None

    async def authenticate(self, scope: Any) -> Viewer | None:
        """Who a stream belongs to; nobody while the data base is away."""
        if self.pool is None:
            return None
        async with self.pool.connection() as connection:
            return await viewer_of(scope, connection)

    async def __aenter__(self) -> LiveUpdates:
        self.pool = AsyncConnectionPool(
            self.dsn,
            min_size=0,
            max_size=MOST_CONNECTIONS,
            kwargs={"autocommit": True, "options": ENDED_IN_TIME},
            check=AsyncConnectionPool.check_connection,
            open=False,
        )
        await self.pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.application.close()
        if self.pool is not None:
            await self.pool.close()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.application(scope, receive, send)


def live(configuration: Configuration) -> LiveUpdates:
    """The application for the registry."""
    return LiveUpdates(configuration)
