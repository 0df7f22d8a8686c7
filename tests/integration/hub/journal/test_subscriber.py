"""A subscriber sees every entry once, in order, wherever it was interrupted."""

from __future__ import annotations

import asyncio

import pytest

from database import Database
from integration.hub.journal import journal
from singlewindow.hub.journal.subscriber import BATCH, Numbered, advance, read

pytestmark = pytest.mark.database


async def taken(database: Database, name: str, limit: int, *, commit: bool = True) -> list[Numbered]:
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        found = await read(cursor, name, limit)
        if found:
            await advance(cursor, name, found[-1].position)
        if not commit:
            await connection.rollback()
        return found


async def test_entries_come_once_in_order_of_position(database: Database) -> None:
    await journal.committed(database, journal.entries(range(5), (1, 7)))
    assert await taken(database, "tracking", 3) == []
    await journal.sequenced(database, journal.Clock())
    first = await taken(database, "tracking", 3)
    assert [each.position for each in first] == [0, 1, 2]
    assert (first[1].verb, first[1].content, first[1].viewers) == ("submission.accepted", b'{"n":1}', [1, 7])
    assert [each.position for each in await taken(database, "tracking", 3, commit=False)] == [3, 4]
    assert [each.position for each in await taken(database, "tracking", 3)] == [3, 4]
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
    assert sorted(each.position for batch in batches for each in batch) == list(range(40))


@pytest.mark.parametrize("limit", [0, BATCH + 1])
async def test_a_batch_has_a_bound(database: Database, limit: int) -> None:
    with pytest.raises(ValueError, match="at once"):
        await taken(database, "notice", limit)
