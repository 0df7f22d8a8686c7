"""The journal as few among many: what a subscriber is told of, read by a small index; and its loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import tuple_row

from singlewindow.hub.journal.announcement import CHANNEL
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import BATCH, Numbered, held
from singlewindow.hub.journal.waking import work_comes

POLL_S = 2.0
GATHER_S = 0.4  # many entries read together cost little more than one

_SQL = statements_beside(__file__, "sql/news.sql")


class News(Struct, frozen=True):
    """Entries told of among the next ones, how far these reach (None: there are none), whether more wait."""

    found: list[Numbered]
    position: int | None
    more: bool


async def read(cursor: AsyncCursor[Any], name: str, verbs: Sequence[str], limit: int = BATCH) -> News:
    """The entries of these verbs among the next ``limit`` of all.

    Holds the subscriber's place until the transaction ends, so that its effect, its ``advance`` and no second
    worker of the same name come between.
    """
    if not 1 <= limit <= BATCH:
        raise ValueError(f"a subscriber reads 1 to {BATCH} entries at once, not {limit}")
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        after = await held(own, name)
        await own.execute(_SQL["next"], {"after": after, "limit": limit, "verbs": list(verbs)})
        rows = await own.fetchall()
    found, position = [Numbered(*row[1:]) for row in rows if row[1] is not None], rows[0][0]
    return News(found, position, more=position is not None and position - after >= limit)


async def follow(dsn: str, once: Callable[[AsyncConnection[Any]], Awaitable[bool]]) -> None:
    """Call ``once`` while more waits, then wait for news; a lost data base is waited for."""

    async def work(connection: AsyncConnection[Any]) -> None:
        await connection.execute(f"listen {CHANNEL}")
        while True:
            while await once(connection):
                pass
            await work_comes(connection, POLL_S, GATHER_S)

    await keep_connected(dsn, work)
