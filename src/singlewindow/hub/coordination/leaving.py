"""Which containers may pass a gate now, for whoever tells terminals of releases; set by set."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import tuple_row

_LEAVE = """
select unnest(p.dossiers), p.number from gate_pass p
 where p.number = any (%s) and p.revoked_at is null and p.used_at is null
"""


async def leaving(cursor: AsyncCursor[Any], numbers: Collection[str]) -> set[tuple[UUID, str]]:
    """Dossier and number of those among these containers that have a pass in force, not used yet."""
    if not numbers:
        return set()
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        await own.execute(_LEAVE, [list(numbers)])
        return set(await own.fetchall())
