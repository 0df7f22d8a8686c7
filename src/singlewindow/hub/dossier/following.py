"""The journal's subscriber ``dossier``: every accepted submission gets its dossier, answered or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import advance, held

BATCH = 5_000

_ask = asking(statements_beside(__file__, "sql/following.sql"))


async def waiting(cursor: AsyncCursor[Any]) -> tuple[list[UUID], int | None]:
    """The submissions accepted since, and how far that reaches; None where nothing is new.

    Holds the subscriber's place until the transaction ends.
    """
    after = await held(cursor, "dossier")
    ((position, submissions),) = await _ask(cursor, "read", after=after, limit=BATCH)
    return submissions, position


async def done(cursor: AsyncCursor[Any], position: int) -> None:
    """Everything up to the position has its dossier."""
    await advance(cursor, "dossier", position)
