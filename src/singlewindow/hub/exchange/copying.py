"""Several COPY statements in one message to the server.

The driver's own ``copy`` asks for each and waits for each; of a small group commit these waits were the
greater part. PostgreSQL takes any number of statements in one simple query, and the data of each in turn.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from psycopg import AsyncConnection, ProgrammingError, errors, generators
from psycopg.pq import ExecStatus
from psycopg.waiting import Ready, Wait

PIECE = 131_072  # of a stream, given to libpq at once

_Talk = Generator[Wait, Ready | int, None]


async def copy_all(
    connection: AsyncConnection[Any], statements: Sequence[str], streams: Sequence[bytes]
) -> None:
    """Send each statement, ``copy … from stdin``, its stream; raises what the first that fails raises.

    Commands that are given nothing may follow.
    """
    query = ";\n".join(statements).encode()
    async with connection.lock:
        await connection.wait(_talk(connection.pgconn, query, streams))


def _talk(pgconn: Any, query: bytes, streams: Sequence[bytes]) -> _Talk:
    pgconn.send_query(query)
    yield from generators.send(pgconn)
    for stream in streams:
        yield from _answered(pgconn, ExecStatus.COPY_IN)
        for start in range(0, len(stream), PIECE):
            while pgconn.put_copy_data(stream[start : start + PIECE]) == 0:
                yield Wait.W
        while pgconn.put_copy_end() == 0:
            yield Wait.W
        while pgconn.flush():
            yield Wait.W
    yield from _answered(pgconn, ExecStatus.COMMAND_OK)


def _answered(pgconn: Any, expected: ExecStatus) -> _Talk:
    """Read until the server wants the next stream, or is through."""
    results = yield from generators.fetch_many(pgconn)
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise errors.error_from_result(result, encoding="utf-8")
    if not results or results[-1].status != expected:
        raise ProgrammingError("the statements and the streams do not belong together")
