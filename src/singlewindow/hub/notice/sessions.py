"""Live updates as they are served: whose stream it is, by the session cookie of the portal."""

from __future__ import annotations

from typing import Any, Protocol

from psycopg import Error
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from singlewindow.hub.identity.sessions import viewer_of
from singlewindow.hub.notice.live import Live, Scope
from singlewindow.kernel.messages import Viewer

READER = "sw_web"
CONNECTIONS = 2
WAIT_S = 5.0


class Place(Protocol):
    """Where the database is; the server's configuration."""

    def dsn(self, role: str) -> str:
        """How ``role`` connects."""


class SessionLive(Live):
    """``Live`` with a small pool of its own for asking who a cookie belongs to."""

    def __init__(self, dsn: str) -> None:
        super().__init__(dsn, self.viewer)
        self.pool: AsyncConnectionPool[Any] = AsyncConnectionPool(
            dsn, min_size=0, max_size=CONNECTIONS, timeout=WAIT_S, open=False
        )

    async def __aenter__(self) -> SessionLive:
        await self.pool.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
        await self.pool.close()

    async def viewer(self, scope: Scope) -> Viewer | None:
        """Who is signed in; nobody when that cannot be found out, so that the check fails closed."""
        try:
            async with self.pool.connection() as connection:
                return await viewer_of(dict(scope), connection)
        except (Error, PoolTimeout):
            return None


def application(place: Place) -> SessionLive:
    """What answers ``/live``; opened and closed with the process that serves it."""
    return SessionLive(place.dsn(READER))
