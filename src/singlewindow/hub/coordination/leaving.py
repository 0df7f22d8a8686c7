"""What terminals are told of releases beside the journal: what may leave under which seal, signatures."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor
from psycopg.rows import tuple_row

_LEAVE = """
select unnest(p.dossiers), p.number, case when cardinality(p.seals) = 1 then p.seals[1] else '' end
  from gate_pass p
 where p.number = any (%s) and p.revoked_at is null and p.used_at is null
"""


async def signatures(cursor: AsyncCursor[Any], releases: Collection[str]) -> dict[str, bytes]:
    """The signatures of releases by their numbers."""
    if not releases:
        return {}
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        await own.execute("select number, signature from release where number = any (%s)", [list(releases)])
        return {number: bytes(signature) for number, signature in await own.fetchall()}


async def leaving(cursor: AsyncCursor[Any], numbers: Collection[str]) -> dict[tuple[UUID, str], str]:
    """By dossier and number the containers that have a pass in force, not used yet, with the seal to compare.

    There is none where the consignments in a box declared different ones.
    """
    if not numbers:
        return {}
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        await own.execute(_LEAVE, [list(numbers)])
        return {(dossier, number): seal for dossier, number, seal in await own.fetchall()}
