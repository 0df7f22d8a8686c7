"""Rows packed by a room arrive in its table, and no rows cost no statement."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.journal.putting import putting
from singlewindow.kernel.copying import fields, int4, text

pytestmark = pytest.mark.database

put = putting({"thing": "copy thing from stdin (format binary)", "wrong": "no statement at all"})


async def test_packed_rows_arrive_as_they_are(database: Database) -> None:
    rows: list[tuple[Any, ...]] = [(1, "集装箱"), (2, "")]
    async with (
        await psycopg.AsyncConnection.connect(database.dsn("postgres")) as connection,
        connection.cursor() as cursor,
    ):
        await cursor.execute("create temporary table thing (number int, name text)")
        await put(cursor, "thing", (fields(2) + int4(number) + text(name) for number, name in rows))
        await cursor.execute("select number, name from thing order by number")
        assert await cursor.fetchall() == rows


async def test_where_there_are_no_rows_nothing_is_asked(database: Database) -> None:
    async with (
        await psycopg.AsyncConnection.connect(database.dsn("postgres")) as connection,
        connection.cursor() as cursor,
    ):
        await put(cursor, "wrong", [])
        with pytest.raises(psycopg.errors.SyntaxError):
            await put(cursor, "wrong", [b""])
