"""A subscriber's place moves with its effect, once, in order, wherever it was interrupted."""

from __future__ import annotations

import asyncio

import pytest

from database import Database
from integration.hub.journal import journal
from singlewindow.hub.journal.subscriber import advance, held

pytestmark = pytest.mark.database
NEXT = "select position from journal_position where position > %s order by position limit %s"


async def taken(database: Database, name: str, limit: int, *, commit: bool = True) -> list[int]:
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        after = await held(cursor, name)
        found = [place for (place,) in await (await cursor.execute(NEXT, [after, limit])).fetchall()]
        if found:
            await advance(cursor, name, found[-1])
        if not commit:
            await connection.rollback()
        return found


async def test_entries_come_once_in_order_of_position(database: Database) -> None:
    await journal.committed(database, journal.entries(range(5), (1, 7)))
    assert await taken(database, "tracking", 3) == []
    await journal.sequenced(database, journal.Clock())
    assert await taken(database, "tracking", 3) == [0, 1, 2]
    assert await taken(database, "tracking", 3, commit=False) == [3, 4]
    assert await taken(database, "tracking", 3) == [3, 4]
    assert await taken(database, "tracking", 3) == []
    assert len(await taken(database, "statistics", 9)) == 5


async def test_a_place_never_goes_back(database: Database) -> None:
    await journal.committed(database, journal.entries(range(3)))
    await journal.sequenced(database, journal.Clock())
    await taken(database, "credit", 3)
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await advance(cursor, "credit", 0)
    assert await taken(database, "credit", 3) == []


async def test_two_workers_of_one_name_take_turns(database: Database) -> None:
    await journal.committed(database, journal.entries(range(40)))
    await journal.sequenced(database, journal.Clock())
    batches = await asyncio.gather(*(taken(database, "notice", 10) for _ in range(4)))
    assert sorted(place for batch in batches for place in batch) == list(range(40))
