"""Proofs for outsiders: that an entry stands under a checkpoint, that a checkpoint extends another.

They are verified with nothing but these values, the checkpoints and ``kernel.crypto.merkle``.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from singlewindow.hub.journal import tiles
from singlewindow.hub.journal.checkpoint import Checkpoint
from singlewindow.kernel.crypto.merkle import (
    consistency_ranges,
    inclusion_ranges,
    verify_consistency,
    verify_inclusion,
)

_PLACE = "select position, leaf from journal_position where entry_id = %s"
_CHECKPOINT = "select size, root, at, key_id, signature from journal_checkpoint "
_AT = _CHECKPOINT + "where size = %s"
_COVERING = _CHECKPOINT + "where size > %s order by size limit 1"


class Inclusion(Struct, frozen=True):
    """An entry's leaf, where it stands, and the hashes from there to the checkpoint's root."""

    position: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: Checkpoint

    def holds(self) -> bool:
        """Does the path lead to the checkpoint's root? Its signature is a question of its own."""
        size, root = self.checkpoint.size, self.checkpoint.root
        return verify_inclusion(self.leaf, self.position, size, self.path, root)


class Consistency(Struct, frozen=True):
    """That everything under the old checkpoint stands unchanged under the new one."""

    old: Checkpoint
    new: Checkpoint
    path: tuple[bytes, ...]

    def holds(self) -> bool:
        """Do both roots follow from the path?"""
        old, new = self.old, self.new
        return verify_consistency(old.size, new.size, old.root, new.root, self.path)


async def inclusion(connection: AsyncConnection[Any], entry_id: int) -> Inclusion | None:
    """Proof under the first checkpoint that covers the entry; None until there is one (≤ 60 s)."""
    async with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(_PLACE, [entry_id])
        place = await cursor.fetchone()
        if place is None:
            return None
        await cursor.execute(_COVERING, [place[0]])
        covering = await cursor.fetchone()
        if covering is None:
            return None
        checkpoint = Checkpoint(*covering)
        path = await tiles.roots(cursor, inclusion_ranges(place[0], checkpoint.size))
    return Inclusion(place[0], place[1], tuple(path), checkpoint)


async def consistency(connection: AsyncConnection[Any], old: int, new: int) -> Consistency | None:
    """Proof between the checkpoints of these sizes; None where one of them does not exist."""
    async with connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        pair = []
        for size in (old, new):
            await cursor.execute(_AT, [size])
            row = await cursor.fetchone()
            if row is None:
                return None
            pair.append(Checkpoint(*row))
        path = await tiles.roots(cursor, consistency_ranges(old, new))
    return Consistency(pair[0], pair[1], tuple(path))
