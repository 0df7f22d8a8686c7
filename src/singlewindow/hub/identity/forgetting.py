"""Answers kept under keys (``once``), failed sign-ins and sessions are forgotten when their time is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import Clock

KEPT = {  # what, and how long after its time
    "answers": timedelta(days=30),  # what the guide for programs promises of a key
    "failures": timedelta(days=1),  # to sign in; no lock lasts so long
    "sessions": timedelta(0),  # their time is their end
}
MOST = 1_000  # of one transaction
EVERY_S = 600.0
AGAIN_S = 10.0  # after a lost data base

_SQL = statements_beside(__file__, "sql/forgetting.sql")

log = structlog.get_logger(__name__)


async def run(dsn: str, clock: Clock, every: float = EVERY_S) -> None:
    """Forget every ten minutes until cancelled, in batches that others can pass between."""
    while True:
        try:
            async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
                forgotten = {what: await all_due(connection, what, clock) for what in KEPT}
            if any(forgotten.values()):
                log.info("forgotten", **forgotten)
            await asyncio.sleep(every)
        except OperationalError as error:
            log.warning("data base away", error=str(error))
            await asyncio.sleep(min(every, AGAIN_S))


async def all_due(connection: AsyncConnection[Any], what: str, clock: Clock) -> int:
    """Forget, batch by batch, everything of one kind whose time is over; how many there were."""
    total = 0
    while forgotten := await once(connection, what, clock):
        total += forgotten
    return total


async def once(connection: AsyncConnection[Any], what: str, clock: Clock) -> int:
    """Forget the oldest ``MOST`` that are due, with those of the very same instant; how many."""
    async with connection.transaction():
        found = await connection.execute(_SQL[what], {"before": clock() - KEPT[what], "most": MOST})
    return found.rowcount
