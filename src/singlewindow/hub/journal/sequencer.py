"""The single sequencer: gives entries their positions, folds them into the tree, signs checkpoints.

It waits for no transaction. An entry is numbered once it can be seen; one that commits late, with a
smaller id, gets a later position. Everything of a pass is one transaction, so it may die anywhere.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import tuple_row

from singlewindow.hub.journal import checkpoint, gaps, tiles
from singlewindow.hub.journal.announcement import CHANNEL, MOST_SUBMISSIONS, announcement
from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.crypto.merkle import Tree
from singlewindow.kernel.crypto.signing import Signer

LIMIT = 20_000
EVERY = timedelta(seconds=60)
LOCK = 0x73775F6A6F75726E  # "sw_journ", one sequencer a database
MOST_LOOKED_AT = 1_000  # entries: more touch more submissions than an announcement has room for
QUICKEST, SLOWEST = 0.25, 1.0  # seconds between two looks: after activity, when idle …
EASE = 1.25  # … and how the one becomes the other, in about two seconds

log = logging.getLogger(__name__)


def _sql(name: str) -> str:
    return (Path(__file__).parent / "sql" / f"{name}.sql").read_text()


NUMBER, WRITERS, TOUCHED = _sql("number"), _sql("writers"), _sql("touched")
_HEAD = """select (select coalesce(max(position) + 1, 0) from journal_position),
                  (select coalesce(max(entry_id), 0) from journal_position)"""
_GAPS = "select first, last, since, writers from journal_gap order by first"
_CLOSE_GAPS = "delete from journal_gap where first = any (%s)"
_OPEN_GAPS = "insert into journal_gap (first, last, since, writers) values (%s, %s, %s, %s)"
_LAST_CHECKPOINT = "select size, at from journal_checkpoint order by size desc limit 1"
_KEEP_CHECKPOINT = """insert into journal_checkpoint (size, root, at, key_id, signature)
values (%s, %s, %s, %s, %s) on conflict do nothing"""


class Sequencer:
    """Passes over one connection; remembers the tree's edge between them."""

    def __init__(self, connection: AsyncConnection[Any], clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._tree = Tree()
        self._signed: tuple[int, datetime | None] | None = None

    async def once(self, limit: int = LIMIT) -> int:
        """Number at most ``limit`` entries; how many. None are while another sequencer works."""
        connection = self._connection
        async with connection.transaction(), connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            if not await _locked(cursor, "pg_try_advisory_xact_lock"):
                return 0
            tree, high = await self._head(cursor)
            open_gaps, writers = await _open_gaps(cursor)
            await cursor.execute(NUMBER, {"high": high, "size": tree.size, "limit": limit})
            ids, leaves = await cursor.fetchone() or ([], [])
            await self._mind_gaps(cursor, open_gaps, writers, high, ids)
            if ids:
                await tiles.keep(cursor, tree.extend(leaves))
                await _announce(cursor, tree.size - 1, ids)
        self._tree = tree
        return len(ids)

    async def sign(self, signer: Signer, every: timedelta) -> bool:
        """Store a signed checkpoint if the tree grew and the last one is ``every`` old."""
        now = self._clock()
        if self._signed and not self._due(*self._signed, now, every):
            return False
        connection = self._connection
        async with connection.transaction(), connection.cursor(row_factory=tuple_row, binary=True) as cursor:
            size, at = await _last_checkpoint(cursor)
            due = self._due(size, at, now, every)
            if due:
                made = checkpoint.sign(signer, self._tree.size, self._tree.root(), now)
                await cursor.execute(
                    _KEEP_CHECKPOINT, [made.size, made.root, made.at, made.key_id, made.signature]
                )
        self._signed = (made.size, made.at) if due else (size, at)
        return due

    def _due(self, size: int, at: datetime | None, now: datetime, every: timedelta) -> bool:
        # One signed later than now was signed by a clock that has been set back since.
        return self._tree.size > size and (at is None or not timedelta(0) <= now - at < every)

    async def _head(self, cursor: AsyncCursor[Any]) -> tuple[Tree, int]:
        """The tree, apart from the remembered one until this pass commits, and the highest id in it."""
        await cursor.execute(_HEAD)
        size, high = await cursor.fetchone() or (0, 0)
        if size == self._tree.size:
            return self._tree.copy(), high
        return await tiles.load(cursor, size), high

    async def _mind_gaps(
        self,
        cursor: AsyncCursor[Any],
        open_gaps: list[gaps.Gap],
        writers: list[str],
        high: int,
        ids: list[int],
    ) -> None:
        filled, left = gaps.fill(open_gaps, [each for each in ids if each <= high])
        untouched = [gap for gap in open_gaps if gap not in filled] if filled else open_gaps
        closed = [*filled, *gaps.given_up(untouched, writers, self._clock())]
        missing = gaps.between(high, [each for each in ids if each > high])
        if missing:
            # Read after the entries: an owner not seen here has ended, so the next pass sees its entry.
            now, owners = self._clock(), await _writers(cursor)
            left.extend(gaps.Gap(first, last, now, owners) for first, last in missing)
        if closed:
            await cursor.execute(_CLOSE_GAPS, [[gap.first for gap in closed]])
        if left:
            await cursor.executemany(_OPEN_GAPS, left)


async def sequence_once(connection: AsyncConnection[Any], *, clock: Clock, limit: int = LIMIT) -> int:
    """One pass from nothing but what is stored; how many entries were numbered."""
    return await Sequencer(connection, clock).once(limit)


async def run(
    dsn: str,
    *,
    clock: Clock,
    signer: Signer,
    stop: asyncio.Event,
    every: timedelta = EVERY,
) -> None:
    """Sequence until ``stop``. Several may run: one leads, the others wait for its lock."""
    while not stop.is_set():
        try:
            async with await AsyncConnection.connect(dsn, autocommit=True, options=LOOK_UPS) as connection:
                await _stand_by(connection, stop)
                if not stop.is_set():
                    await _lead(Sequencer(connection, clock), signer, stop, every)
        except psycopg.OperationalError as broken:
            log.warning("journal sequencer lost its connection: %s", broken)
            await _pause(stop, SLOWEST)


async def _stand_by(connection: AsyncConnection[Any], stop: asyncio.Event) -> None:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        while not stop.is_set() and not await _locked(cursor, "pg_try_advisory_lock"):
            await _pause(stop, SLOWEST)


async def _lead(sequencer: Sequencer, signer: Signer, stop: asyncio.Event, every: timedelta) -> None:
    wait = QUICKEST
    while not stop.is_set():
        numbered = await sequencer.once()
        await sequencer.sign(signer, every)
        wait = QUICKEST if numbered else min(wait * EASE, SLOWEST)
        if numbered < LIMIT:
            await _pause(stop, wait)
    while await sequencer.once():
        pass
    await sequencer.sign(signer, timedelta(0))


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def _locked(cursor: AsyncCursor[Any], how: LiteralString) -> bool:
    await cursor.execute(f"select {how}(%s)", [LOCK])
    row = await cursor.fetchone()
    return bool(row and row[0])


async def _writers(cursor: AsyncCursor[Any]) -> list[str]:
    await cursor.execute(WRITERS)
    return [name for (name,) in await cursor.fetchall()]


async def _open_gaps(cursor: AsyncCursor[Any]) -> tuple[list[gaps.Gap], list[str]]:
    """The gaps, and who was writing before this pass looks at entries."""
    await cursor.execute(_GAPS)
    found = [gaps.Gap(*row) for row in await cursor.fetchall()]
    return found, await _writers(cursor) if found else []


async def _announce(cursor: AsyncCursor[Any], last: int, ids: list[int]) -> None:
    touched = None
    if len(ids) <= MOST_LOOKED_AT:
        await cursor.execute(TOUCHED, [ids, 4 * MOST_SUBMISSIONS])
        touched = await cursor.fetchall()
        # A list cut short may lack a viewer of a submission it names.
        touched = touched if len(touched) < 4 * MOST_SUBMISSIONS else None
    await cursor.execute("select pg_notify(%s, %s)", [CHANNEL, announcement(last, touched)])


async def _last_checkpoint(cursor: AsyncCursor[Any]) -> tuple[int, datetime | None]:
    await cursor.execute(_LAST_CHECKPOINT)
    return await cursor.fetchone() or (0, None)
