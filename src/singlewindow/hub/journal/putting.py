"""Putting rows that a room has packed into its tables, each table's by one binary COPY."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from psycopg import AsyncCursor

from singlewindow.kernel.copying import stream


class Put(Protocol):
    """Copies rows by one named statement; no rows are no statement."""

    async def __call__(self, cursor: AsyncCursor[Any], query: str, rows: Iterable[bytes], /) -> None: ...


def putting(queries: Mapping[str, str]) -> Put:
    """``put(cursor, "name", rows)`` for a room's ``copy … from stdin (format binary)`` statements."""

    async def put(cursor: AsyncCursor[Any], query: str, rows: Iterable[bytes], /) -> None:
        if packed := [*rows]:
            async with cursor.copy(queries[query]) as copy:
                await copy.write(stream(packed))

    return put
