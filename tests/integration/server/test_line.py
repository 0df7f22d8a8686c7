"""A line keeps its connection from question to question, and gets another after one that failed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.server.doors import Line

pytestmark = pytest.mark.database


async def backend(line: Line) -> int:
    async with line.asked() as connection:
        row: Any = await (await connection.execute("select pg_backend_pid()")).fetchone()
    return int(row[0])


async def test_questions_go_over_one_connection_until_it_is_closed(database: Database) -> None:
    line = Line(database.dsn("sw_intake"))
    first = await backend(line)
    assert await backend(line) == first
    await line.close()
    assert await backend(line) != first
    await line.close()


async def test_after_a_question_that_was_given_up_the_next_gets_a_connection_of_its_own(
    database: Database,
) -> None:
    line = Line(database.dsn("sw_intake"))
    first = await backend(line)
    with pytest.raises(TimeoutError):
        async with line.asked():
            raise TimeoutError
    assert await backend(line) != first
    await line.close()


async def test_a_lost_connection_is_noticed_once(database: Database) -> None:
    line = Line(database.dsn("sw_intake"))
    first = await backend(line)
    database.execute("postgres", "select pg_terminate_backend(%s)", first)
    with pytest.raises(psycopg.OperationalError):
        await backend(line)
    assert await backend(line) != first
    await line.close()
