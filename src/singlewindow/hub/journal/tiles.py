"""The stored tree: leaves in ``journal_position``, roots of complete subtrees in ``journal_tile``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import AsyncCursor

from singlewindow.kernel.crypto.merkle import (
    TILE,
    TILE_HEIGHT,
    Range,
    Tile,
    Tree,
    combine,
    perfect_subtrees,
    root,
)

LEAVES = "select leaf from journal_position where position >= %s and position < %s order by position"
TILES = """select root from journal_tile
where level = %s and index >= %s and index < %s order by index"""
_KEEP = """insert into journal_tile (level, index, root)
select * from unnest(%s::smallint[], %s::bigint[], %s::bytea[])"""


class IncompleteError(LookupError):
    """Rows of the tree are missing: the journal was damaged."""


async def keep(cursor: AsyncCursor[Any], tiles: Sequence[Tile]) -> None:
    """Store tiles that became complete."""
    if tiles:
        await cursor.execute(_KEEP, [list(column) for column in zip(*tiles, strict=True)])


async def load(cursor: AsyncCursor[Any], size: int) -> Tree:
    """The tree of this size, from the at most 255 rows a level at its right edge."""
    edge, level = [], 0
    while level == 0 or size >> TILE_HEIGHT * level:
        end = size >> TILE_HEIGHT * level
        edge.append(await _row(cursor, level, end - end % TILE, end))
        level += 1
    return Tree(edge)


async def roots(cursor: AsyncCursor[Any], ranges: Iterable[Range]) -> list[bytes]:
    """The root over each range that a proof asks for."""
    found = []
    for first, end in ranges:
        parts = [await _perfect(cursor, *part) for part in perfect_subtrees(first, end)]
        found.append(combine(parts))
    return found


async def _perfect(cursor: AsyncCursor[Any], first: int, end: int) -> bytes:
    """Root of a perfect subtree, from fewer than 256 rows of the highest level below it."""
    height = (end - first).bit_length() - 1
    level = height // TILE_HEIGHT
    down = TILE_HEIGHT * level
    return root(await _row(cursor, level, first >> down, end >> down))


async def _row(cursor: AsyncCursor[Any], level: int, first: int, end: int) -> list[bytes]:
    if first == end:
        return []
    if level:
        await cursor.execute(TILES, [level, first, end])
    else:
        await cursor.execute(LEAVES, [first, end])
    row = [each for (each,) in await cursor.fetchall()]
    if len(row) != end - first:
        raise IncompleteError(
            f"the tree lacks {end - first - len(row)} of {first}..{end - 1} on level {level}"
        )
    return row
