"""The worker's task of coordination: dossiers for all, what people asked for, time, and a pulse for gates."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

from singlewindow.hub.coordination import loading
from singlewindow.hub.coordination.acting import tick
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.receiving import joined
from singlewindow.hub.coordination.superseding import lately
from singlewindow.hub.dossier.following import done, waiting
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.waking import work_comes

POLL_S = 1.0
FOLLOWED_AT_ONCE = 4  # batches of submissions, before what people ask for has its turn again


async def run(dsn: str, means: Means) -> None:
    """Work until cancelled; a lost data base is waited for."""

    async def work(connection: AsyncConnection[Any]) -> None:
        await connection.execute("listen coordination")
        while True:
            await once(connection, means)
            await work_comes(connection, POLL_S)

    await keep_connected(dsn, work)


async def once(connection: AsyncConnection[Any], means: Means) -> None:
    """Everything that waits now, in transactions of its own; submissions and requests by turns."""
    more, acted = True, 0
    while more or acted:
        more = await _followed(connection, means)
        async with connection.transaction(), connection.cursor() as cursor:
            await lately(cursor, means)
        async with connection.transaction(), connection.cursor() as cursor:
            acted = await tick(cursor, means)


async def _followed(connection: AsyncConnection[Any], means: Means) -> bool:
    """Some batches of submissions; whether more may wait."""
    for _ in range(FOLLOWED_AT_ONCE):
        if not await _follow(connection, means):
            return False
    return True


async def _follow(connection: AsyncConnection[Any], means: Means) -> bool:
    async with connection.transaction(), connection.cursor() as cursor:
        submissions, position = await waiting(cursor)
        if position is None:
            return False
        await loading.lock(cursor)
        await joined(cursor, submissions, means)
        await done(cursor, position)
    return True
