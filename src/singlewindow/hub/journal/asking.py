"""Asking the data base in the course of work: named queries, rows as tuples, values in binary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from psycopg import AsyncCursor
from psycopg.rows import tuple_row

Rows = list[tuple[Any, ...]]


class Ask(Protocol):
    """The rows of one named query, its values by place or by name."""

    async def __call__(self, cursor: AsyncCursor[Any], query: str, /, *values: Any, **named: Any) -> Rows: ...


def asking(queries: Mapping[str, str]) -> Ask:
    """``ask(cursor, "name", …)`` for a room's queries.

    Each call has a cursor of its own, so the caller's keeps its rows and whatever row factory it has.
    """

    async def ask(cursor: AsyncCursor[Any], query: str, /, *values: Any, **named: Any) -> Rows:
        async with cursor.connection.cursor(row_factory=tuple_row, binary=True) as own:
            await own.execute(queries[query], named or values)
            return await own.fetchall()

    return ask
