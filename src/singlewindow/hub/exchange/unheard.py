"""That a partner's answers do not get here, and do again, become entries of the journal: people are told.

Looked for by the worker and not by the component, which may be what has ended.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from singlewindow.hub.exchange.lanes import UNHEARD, subject_of
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Actor

POLL_S = 5.0
VERBS = {"silent": "lane.unheard", "heard": "lane.heard"}

_SQL = statements_beside(__file__, "sql/unheard.sql")
_EXCHANGE = Actor("system", "exchange", "报文交换 Exchange")


async def run(dsn: str, clock: Clock) -> None:
    """Look every few seconds until cancelled; a lost data base is waited for.

    Not before it has run for the bound itself: who was silent while the platform stood still is asked first.
    """
    began = clock()

    async def work(connection: AsyncConnection[Any]) -> None:
        while True:
            if clock() - began >= UNHEARD:
                await once(connection, clock())
            await asyncio.sleep(POLL_S)

    await keep_connected(dsn, work, again_s=POLL_S)


async def once(connection: AsyncConnection[Any], at: datetime) -> int:
    """Tell of what fell silent and of what is heard again, each once; how many."""
    told = []
    async with connection.transaction(), connection.cursor(row_factory=tuple_row) as cursor:
        for name, verb in VERBS.items():
            await cursor.execute(_SQL[name], {"at": at, "bound": UNHEARD})
            told += [_entry(at, verb, *row) for row in await cursor.fetchall()]
        await append(cursor, told)
    return len(told)


def _entry(at: datetime, verb: str, partner: str, since: datetime, viewers: list[int]) -> Entry:
    """For the operator and the partner's own people; the wire's own words stay on the lane."""
    return entry(
        at=at,
        actor=_EXCHANGE,
        verb=verb,
        subject_kind="lane",
        subject_id=subject_of(partner),
        submission_id=None,
        content={"partner": partner, "agencies": [partner], "since": since},
        viewers=viewers,
    )
