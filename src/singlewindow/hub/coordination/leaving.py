"""What terminals are told of releases beside the journal: signatures; what may leave, until when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from psycopg import AsyncCursor
from psycopg.rows import tuple_row

from singlewindow.hub.exchange.notices import Leave

_LEAVE = """
select p.key, case when cardinality(p.seals) = 1 then p.seals[1] else '' end, p.valid_until, p.dossiers,
       case cardinality(p.seals) when 1 then '' when 0 then 'no_seal' else 'seals_differ' end
  from gate_pass p
 where p.key = any (%s) and p.revoked_at is null and p.used_at is null and p.valid_until > %s
"""


async def signatures(cursor: AsyncCursor[Any], releases: Collection[str]) -> dict[str, bytes]:
    """The signatures of releases by their numbers."""
    if not releases:
        return {}
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        await own.execute("select number, signature from release where number = any (%s)", [list(releases)])
        return {number: bytes(signature) for number, signature in await own.fetchall()}


async def leaving(cursor: AsyncCursor[Any], keys: Collection[str], at: datetime) -> dict[str, Leave]:
    """By key the containers that have a pass in force at a moment, not used yet, with the seal to compare.

    Where the consignments in a box declared none, or different ones, gates send it to a person. A pass
    ends with the first of the releases of what is in it.
    """
    if not keys:
        return {}
    async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
        await own.execute(_LEAVE, [list(keys), at])
        return {
            key: Leave(seal, until, frozenset(dossiers), unsealed)
            for key, seal, until, dossiers, unsealed in await own.fetchall()
        }
