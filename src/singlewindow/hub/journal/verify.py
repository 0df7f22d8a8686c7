"""Recomputes the whole journal from its rows and holds it against what was stored and signed.

Reads in one snapshot, a batch at a time, whatever the journal's size. What it cannot check it reports. Rooms
above hold in the same snapshot what they keep against what the journal tells of it (``Holding``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor, IsolationLevel
from psycopg.rows import tuple_row

from singlewindow.hub.journal import findings
from singlewindow.hub.journal.checkpoint import Checkpoint
from singlewindow.hub.journal.entry import commit, leaf_of
from singlewindow.hub.journal.erase import ERASED
from singlewindow.kernel.crypto.merkle import Tile, Tree
from singlewindow.kernel.crypto.signing import VerifyingKey
from singlewindow.kernel.messages import Problem

BATCH = 5_000
MOST_PROBLEMS = 20
UNSIGNED_AFTER = timedelta(hours=1)  # checkpoints are signed every minute; a worker that was away catches up


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


ROWS, LEFT_OVER = _sql("verify"), _sql("left_over")
_CHECKPOINTS = """select size, root, at, key_id, signature from journal_checkpoint
where size > %s order by size limit 1000"""
_TILES = """select t.root from unnest(%s::smallint[], %s::bigint[]) with ordinality as w (level, index, n)
left join journal_tile t using (level, index) order by w.n"""
_FIRST_UNSIGNED = """select e.at from journal_position p join journal_entry e on e.id = p.entry_id
where p.position = %s"""
_LATE_ERASURES = """select content from journal_entry e where verb = %s and content is not null
and not exists (select from journal_position p where p.entry_id = e.id)"""


class Report(Struct):
    """What was read and what is wrong with it; problems in the order found, the first 20 of them."""

    size: int = 0
    root: bytes = b""
    checkpoints: int = 0
    signed_size: int = 0
    erased: int = 0
    unnumbered: int = 0
    held: int = 0
    first_wrong_entry: int | None = None
    first_wrong_position: int | None = None
    problem_count: int = 0
    problems: list[Problem] = []

    @property
    def sound(self) -> bool:
        """Is everything as it was written and signed?"""
        return not self.problem_count

    def add(self, problem: Problem, position: int | None = None, entry_id: int | None = None) -> None:
        """Note a problem; the first that names a row becomes the first wrong entry."""
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)
        if position is not None and self.first_wrong_position is None:
            self.first_wrong_position, self.first_wrong_entry = position, entry_id


Holding = Callable[[AsyncConnection[Any], Report], Awaitable[None]]


async def verify(
    connection: AsyncConnection[Any],
    *,
    keys: Mapping[str, VerifyingKey],
    kept: Sequence[Checkpoint] = (),
    at: datetime | None = None,
    holdings: Sequence[Holding] = (),
) -> Report:
    """Verify everything; ``keys`` are those trusted to sign, by id. Needs sw_engine or more.

    ``kept`` are checkpoints that somebody kept elsewhere: who may write everything here changes nothing under
    one of them unseen. ``at`` is now, by which entries must have been signed; without it that is not judged.
    ``holdings`` hold other tables against the journal. The connection must be idle: it is given one read-only
    transaction.
    """
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    await connection.set_read_only(True)
    async with (
        connection.transaction(),
        connection.cursor(row_factory=tuple_row, binary=True) as cursor,
        connection.cursor("journal_rows", row_factory=tuple_row, binary=True) as rows,
    ):
        verification = Verification(cursor, keys, kept, at)
        await rows.execute(ROWS)
        while batch := await rows.fetchmany(BATCH):
            await verification.take(batch)
        await verification.finish()
        for hold in holdings:
            await hold(connection, verification.report)
    return verification.report


class Verification:
    """One pass over the journal, with the tree rebuilt so far."""

    def __init__(
        self,
        cursor: AsyncCursor[Any],
        keys: Mapping[str, VerifyingKey],
        kept: Sequence[Checkpoint] = (),
        at: datetime | None = None,
    ) -> None:
        self.report = Report()
        self._cursor = cursor
        self._keys = keys
        self._tree = Tree()
        self._expected = 0
        self._ahead: list[Checkpoint] = []
        self._kept = sorted(kept, key=lambda each: each.size)
        self._asked = 0
        self._at = at
        self._covered = 0  # entries under the greatest checkpoint, whoever signed it
        self._erased: set[int] = set()  # positions whose content is gone …
        self._told: set[int] = set()  # … and those of which an entry tells by whom and why

    async def take(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Check some rows, and every tile and checkpoint they complete."""
        for row in rows:
            self._check_row(row)
        leaves = [row[2] for row in rows]
        while leaves:
            checkpoint = await self._next_checkpoint()
            room = checkpoint.size - self._tree.size if checkpoint else len(leaves)
            now, leaves = leaves[:room], leaves[room:]
            await self._check_tiles(self._tree.extend(now))
            while (checkpoint := await self._next_checkpoint()) and self._tree.size == checkpoint.size:
                self._check_checkpoint(self._taken(checkpoint))

    async def finish(self) -> None:
        """What is signed or stored beyond the last row."""
        while checkpoint := await self._next_checkpoint():
            self._check_checkpoint(self._taken(checkpoint))
            self.report.add(findings.truncated(checkpoint.size, self._tree.size))
        await self._cursor.execute(LEFT_OVER, {"size": self._tree.size})
        tiles, self.report.unnumbered = await self._cursor.fetchone() or (0, 0)
        if tiles:
            self.report.add(findings.tiles_left_over(tiles))
        self.report.size, self.report.root = self._tree.size, self._tree.root()
        await self._check_erasures()
        await self._check_signed()

    async def _check_erasures(self) -> None:
        """Of an erasure only who did it and why is left, and that must be."""
        if self._erased - self._told:
            await self._cursor.execute(_LATE_ERASURES, [ERASED])
            self._told |= {_position(content) for (content,) in await self._cursor.fetchall()}
        for position in sorted(self._erased - self._told):
            self.report.add(findings.erased_untold(position), position)

    async def _check_signed(self) -> None:
        """Who takes the checkpoints away may change what they covered."""
        signed, size = self._covered, self._tree.size
        if self._at is None or signed >= size:
            return
        await self._cursor.execute(_FIRST_UNSIGNED, [signed])
        row = await self._cursor.fetchone()
        if row is None or self._at - row[0] > UNSIGNED_AFTER:
            self.report.add(findings.unsigned(signed, size))

    def _check_row(self, row: tuple[Any, ...]) -> None:
        position, entry_id, leaf, found, stored_leaf, *told, salt, content, commitment = row
        if position != self._expected:
            self.report.add(findings.position_missing(self._expected), self._expected)
        self._expected = position + 1
        if found is None:
            self.report.add(findings.entry_missing(position, entry_id), position, entry_id)
            return
        if content is None:
            self.report.erased += 1
            self._erased.add(position)
        else:
            commitment = commit(salt, content)
            if told[1] == ERASED:
                self._told.add(_position(content))
        if not stored_leaf == leaf == leaf_of(*[*told, commitment]):
            self.report.add(findings.entry_changed(position, entry_id), position, entry_id)

    async def _check_tiles(self, tiles: Sequence[Tile]) -> None:
        if not tiles:
            return
        await self._cursor.execute(_TILES, [[t.level for t in tiles], [t.number for t in tiles]])
        for tile, (stored,) in zip(tiles, await self._cursor.fetchall(), strict=True):
            if stored != tile.root:
                first = tile.number << 8 * tile.level
                self.report.add(findings.tile_differs(tile, stored is None), first)

    async def _next_checkpoint(self) -> Checkpoint | None:
        if not self._ahead:
            await self._cursor.execute(_CHECKPOINTS, [self._asked])
            self._ahead = [Checkpoint(*row) for row in await self._cursor.fetchall()]
            if self._ahead:
                self._asked = self._ahead[-1].size
        return min((*self._ahead[:1], *self._kept[:1]), key=lambda each: each.size, default=None)

    def _taken(self, checkpoint: Checkpoint) -> Checkpoint:
        (self._ahead if self._ahead and self._ahead[0] is checkpoint else self._kept).pop(0)
        return checkpoint

    def _check_checkpoint(self, checkpoint: Checkpoint) -> None:
        self.report.checkpoints += 1
        self._covered = checkpoint.size
        key = self._keys.get(checkpoint.key_id)
        if key is None:
            self.report.add(findings.key_unknown(checkpoint.size, checkpoint.key_id))
        elif not key.verify(checkpoint.signature, checkpoint.note):
            self.report.add(findings.signature_false(checkpoint.size))
        elif self._tree.size >= checkpoint.size:
            self.report.signed_size = checkpoint.size
        if self._tree.size == checkpoint.size and self._tree.root() != checkpoint.root:
            self.report.add(findings.root_differs(checkpoint.size))


def _position(erasure: bytes) -> int:
    """Which entry an entry of this verb says was erased; -1 where it says nothing, as after tampering."""
    try:
        return msgspec.json.decode(erasure, type=_Erasure).position
    except msgspec.DecodeError:
        return -1


class _Erasure(Struct):
    position: int
