"""Work goes on after its connection was lost, and other errors are nobody's to swallow."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from psycopg import AsyncConnection, errors, waiting
from psycopg.abc import PQGen

from database import Database
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.waking import Listening, work_comes

pytestmark = pytest.mark.database

WITHIN_S = 20.0


async def test_work_goes_on_when_its_connection_was_lost(database: Database) -> None:
    seen: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()

    async def work(connection: AsyncConnection[Any]) -> None:
        settings = "select pg_backend_pid(), current_setting('enable_bitmapscan')"
        row = await (await connection.execute(settings)).fetchone()
        assert row
        await seen.put(row)
        while True:
            await connection.execute("select 1")
            await asyncio.sleep(0.01)

    kept = keep_connected(database.dsn("sw_engine"), work, again_s=0.01)
    task = asyncio.create_task(kept)
    async with asyncio.timeout(WITHIN_S):
        lost, narrowed = await seen.get()
        database.execute("postgres", f"select pg_terminate_backend({lost})")
        found, again = await seen.get()
    assert (narrowed, again) == ("off", "off"), "rows are looked up by their keys each time"
    assert found != lost
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_fault_of_the_work_ends_it(database: Database) -> None:
    async def work(connection: AsyncConnection[Any]) -> None:
        raise KeyError(connection.info.dbname)

    with pytest.raises(KeyError):
        await keep_connected(database.dsn("sw_engine"), work)


def _looks(seen: list[int]) -> PQGen[None]:
    """What the driver does while it waits: each time it is woken it looks whether there is something."""
    while not (ready := (yield waiting.WAIT_R)):
        seen.append(ready)


async def test_a_connection_that_listens_is_not_woken_in_vain(database: Database) -> None:
    seen: list[int] = []
    async with await Listening.connect(database.dsn("sw_engine"), autocommit=True) as connection:
        with pytest.raises(errors._WaitTimeout):
            await connection.wait(_looks(seen), timeout=0.5)
    assert len(seen) == 1, "when the time is up, and not ten times a second"


async def test_a_connection_that_listens_hears_at_once(database: Database) -> None:
    dsn = database.dsn("sw_engine")
    async with (
        await Listening.connect(dsn, autocommit=True) as listening,
        await AsyncConnection.connect(dsn, autocommit=True) as other,
        asyncio.timeout(WITHIN_S),
    ):
        await listening.execute("listen inbox")
        waits = asyncio.create_task(work_comes(listening, 10 * WITHIN_S))
        await other.execute("notify inbox")
        await waits
