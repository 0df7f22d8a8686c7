"""Declarations' documents that their receivers never get: laid aside, they count as having come back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import Clock

MOST = 200

_ask = asking(statements_beside(__file__, "sql/undelivered.sql"))


class Undelivered(Struct, frozen=True):
    """A document that is sent no more and that nobody has answered; the reason is whoever's who said so."""

    submission_id: UUID
    document_id: UUID
    at: datetime
    reason: str


Handler = Callable[[AsyncCursor[Any], Sequence[Undelivered]], Awaitable[None]]


async def once(connection: AsyncConnection[Any], handlers: Sequence[Handler], clock: Clock) -> None:
    """Hand what was laid aside since to the rooms above, in one transaction; the rest a moment later."""
    async with connection.transaction(), connection.cursor() as cursor:
        rows = await _ask(cursor, "take", at=clock(), most=MOST)
        if rows:
            found = [Undelivered(*row) for row in rows]
            for handle in handlers:
                await handle(cursor, found)
