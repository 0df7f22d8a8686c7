"""The journal's subscriber ``dossier``: every accepted submission gets its dossier, answered or not."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from psycopg import AsyncCursor

from singlewindow.hub.dossier.joining import join
from singlewindow.hub.journal.subscriber import advance
from singlewindow.kernel.queries import named_queries

BATCH = 5_000

_SQL = named_queries(files(__package__).joinpath("sql/following.sql").read_text(encoding="utf-8"))


async def follow(cursor: AsyncCursor[Any]) -> int:
    """Take the next entries, in the caller's transaction. Returns how many there were."""
    await cursor.execute(_SQL["open"])
    await cursor.execute(_SQL["hold"])
    place = await cursor.fetchone()
    await cursor.execute(_SQL["read"], [place[0] if place else -1, BATCH])
    entries = await cursor.fetchall()
    if entries:
        await join(cursor, [submission for _, submission, opens in entries if opens])
        await advance(cursor, "dossier", entries[-1][0])
    return len(entries)
