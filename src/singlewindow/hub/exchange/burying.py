"""Dead letters become entries of the journal, each once, so that whoever they concern is told."""

from __future__ import annotations

import asyncio
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Actor

MOST = 1_000
POLL_S = 2.0

_SQL = statements_beside(__file__, "sql/burying.sql")
_EXCHANGE = Actor("system", "exchange", "报文交换 Exchange")


async def run(dsn: str, clock: Clock) -> None:
    """Look every two seconds until cancelled; a lost data base is waited for."""

    async def work(connection: AsyncConnection[Any]) -> None:
        while True:
            while await once(connection, clock):
                pass
            await asyncio.sleep(POLL_S)

    await keep_connected(dsn, work, again_s=POLL_S)


async def once(connection: AsyncConnection[Any], clock: Clock) -> int:
    """Tell of the dead letters nobody was told of; how many. What died again is told again."""
    at = clock()
    async with connection.transaction(), connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(_SQL["untold"], {"most": MOST, "at": at})
        dead = await cursor.fetchall()
        await append(cursor, [_entry(at, *row) for row in dead])
        if dead:
            await cursor.execute(_SQL["marked"], [[row[1] for row in dead]])
    return len(dead)


def _entry(at: Any, submission: Any, message: Any, partner: str, kind: str, viewers: list[int]) -> Entry:
    """The wire's own words stay with those who mind the lane."""
    return entry(
        at=at,
        actor=_EXCHANGE,
        verb="message.buried",
        subject_kind="message",
        subject_id=message,
        submission_id=submission,
        content={"document": kind, "message": str(message), "partner": partner},
        viewers=viewers,
    )
