"""Readers of the journal as a stream: a named place that survives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

BATCH = 10_000
_OPEN = "insert into journal_cursor (name) values (%s) on conflict do nothing"
_HOLD = "select position from journal_cursor where name = %s for update"
_ADVANCE = "update journal_cursor set position = greatest(position, %s) where name = %s"


class Numbered(Struct, frozen=True, gc=False):
    """An entry at its position; ``content`` is JSON, or None once erased."""

    position: int
    entry_id: int
    at: datetime
    verb: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_party: int
    subject_kind: str
    subject_id: UUID
    submission_id: UUID | None
    content: bytes | None
    viewers: list[int]


async def held(cursor: AsyncCursor[Any], name: str) -> int:
    """A subscriber's place, held until the transaction ends; a new one begins before everything."""
    while not (place := await (await cursor.execute(_HOLD, [name])).fetchone()):
        await cursor.execute(_OPEN, [name])
    position: int = place[0]
    return position


async def advance(cursor: AsyncCursor[Any], name: str, position: int) -> None:
    """Everything up to and including ``position`` is done; a place never goes back."""
    await cursor.execute(_ADVANCE, [position, name])
