"""The journal's subscriber ``dossier``: every accepted submission gets its dossier, answered or not."""

from __future__ import annotations

from importlib.resources import files
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.journal.subscriber import advance
from singlewindow.kernel.queries import named_queries

BATCH = 5_000

_SQL = named_queries(files(__package__).joinpath("sql/following.sql").read_text(encoding="utf-8"))


async def waiting(cursor: AsyncCursor[Any]) -> tuple[list[UUID], int | None]:
    """The submissions accepted since, and how far that reaches; None where nothing is new.

    Holds the subscriber's place until the transaction ends.
    """
    await cursor.execute(_SQL["open"])
    await cursor.execute(_SQL["hold"])
    place = await cursor.fetchone()
    await cursor.execute(_SQL["read"], [place[0] if place else -1, BATCH])
    position, submissions = (await cursor.fetchone()) or (None, None)
    return submissions or [], position


async def done(cursor: AsyncCursor[Any], position: int) -> None:
    """Everything up to the position has its dossier."""
    await advance(cursor, "dossier", position)
