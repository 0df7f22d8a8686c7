"""Several COPY statements in one message: all arrive, or the first that fails is told and nothing stays."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from singlewindow.hub.exchange.copying import PIECE, copy_all
from singlewindow.kernel.copying import data, fields, int4, stream

pytestmark = pytest.mark.database

ONE = "copy one from stdin (format binary)"
TWO = "copy two from stdin (format binary)"


def rows(*pairs: tuple[int, bytes]) -> bytes:
    return stream([fields(2) + int4(number) + data(content) for number, content in pairs])


async def connected(database: Any) -> psycopg.AsyncConnection[Any]:
    connection = await psycopg.AsyncConnection.connect(database.dsn("postgres"), autocommit=True)
    for name in ("one", "two"):
        await connection.execute(f"create temporary table {name} (number int primary key, content bytea)")
    return connection


async def counted(connection: psycopg.AsyncConnection[Any]) -> tuple[int, int]:
    found = await connection.execute("select (select count(*) from one), (select count(*) from two)")
    row = await found.fetchone()
    assert row
    return row[0], row[1]


async def test_every_stream_reaches_its_table_however_long_it_is(database: Any) -> None:
    async with await connected(database) as connection:
        long = bytes(3 * PIECE + 1)
        async with connection.transaction():
            await copy_all(connection, [ONE, TWO], [rows((1, b"a"), (2, long)), rows((1, b""))])
        assert await counted(connection) == (2, 1)
        found = await (
            await connection.execute("select octet_length(content) from one where number = 2")
        ).fetchone()
        assert found == (len(long),)


@pytest.mark.parametrize("place", [0, 1])
async def test_the_first_that_fails_is_told_and_nothing_stays(database: Any, place: int) -> None:
    streams = [rows((1, b"a")), rows((1, b"a"))]
    streams[place] = rows((1, b"a"), (1, b"b"))
    async with await connected(database) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation):
            async with connection.transaction():
                await copy_all(connection, [ONE, TWO], streams)
        assert await counted(connection) == (0, 0)


async def test_a_statement_without_a_stream_is_refused(database: Any) -> None:
    async with await connected(database) as connection:
        with pytest.raises(psycopg.Error):
            await copy_all(connection, [ONE, "select 1"], [rows((1, b"a")), rows((1, b"a"))])
