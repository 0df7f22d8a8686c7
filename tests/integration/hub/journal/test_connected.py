"""Work goes on after its connection was lost, and other errors are nobody's to swallow."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from psycopg import AsyncConnection

from database import Database
from singlewindow.hub.journal.connected import keep_connected

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
