"""What the journal's integration tests share: entries, a clock that is set, keys, tampering."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from database import Database
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.erase import erase
from singlewindow.hub.journal.sequencer import Sequencer, sequence_once
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.kernel.messages import Actor

START = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
SIGNER = SigningKey.generate()
KEYS = {SIGNER.key_id: SIGNER.verifying_key}
SYSTEM = Actor("system", "platform", "平台", 1)


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def entries(numbers: Iterable[int], viewers: Sequence[int] = (1,), actor: Actor = SYSTEM) -> list[Entry]:
    """One entry a number; three of them share a submission."""
    return [
        entry(
            at=START,
            actor=actor,
            verb="submission.accepted",
            subject_kind="submission",
            subject_id=UUID(int=n),
            submission_id=UUID(int=n // 3) if n % 7 else None,
            content={"n": n},
            viewers=viewers,
        )
        for n in numbers
    ]


async def write(connection: AsyncConnection[Any], made: Sequence[Entry]) -> None:
    """Append without ending the transaction."""
    async with connection.cursor() as cursor:
        await append(cursor, made)


async def committed(database: Database, made: Sequence[Entry]) -> None:
    """Append and commit, as a door does."""
    async with await database.connect("sw_intake") as connection:
        await write(connection, made)


async def erased(database: Database, positions: Sequence[int]) -> list[int]:
    """Erase and commit; whose content there was."""
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        return await erase(SYSTEM, cursor, positions=positions, reason="本人要求删除", at=START)


async def sequenced(database: Database, clock: Clock, limit: int = 20_000) -> int:
    """One pass by a sequencer that knows nothing."""
    async with await database.connect("sw_engine") as connection:
        return await sequence_once(connection, clock=clock, limit=limit)


async def signed(database: Database, clock: Clock) -> int:
    """Passes until nothing is left, and a checkpoint; the number of entries."""
    async with await database.connect("sw_engine") as connection:
        sequencer = Sequencer(connection, clock)
        numbered = 0
        while found := await sequencer.once():
            numbered += found
        await sequencer.sign(SIGNER, timedelta(0))
        return numbered


def order(database: Database) -> list[int]:
    """Numbers of the entries by position."""
    query = """select convert_from(content, 'UTF8')::json ->> 'n'
    from journal_position join journal_entry on id = entry_id order by position"""
    return [int(str(n)) for (n,) in database.execute("sw_engine", query)]


def positions(database: Database) -> list[int]:
    """The positions given, in order."""
    rows = database.execute("sw_engine", "select position from journal_position order by position")
    return [int(str(position)) for (position,) in rows]


def tamper(database: Database, statement: str, *values: object) -> None:
    """Change rows as somebody with the server in hand could: superuser, triggers off."""
    database.execute("postgres", f"set search_path = sw; set session_replication_role = replica; {statement}")


async def until(reached: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for something other processes bring about."""
    for _ in range(int(seconds / 0.05)):
        if reached():
            return
        await asyncio.sleep(0.05)
    raise TimeoutError
