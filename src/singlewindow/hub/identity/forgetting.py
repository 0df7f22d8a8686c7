"""Answers kept under keys (``once``), failed sign-ins and sessions are forgotten when their time is over."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import Clock

KEPT = timedelta(days=30)  # what the guide for programs promises of a key
COUNTED = timedelta(days=1)  # failures to sign in; no lock lasts so long
MOST = 1_000  # answers of one transaction
EVERY_S = 600.0
AGAIN_S = 10.0  # after a lost data base

_SQL = statements_beside(__file__, "sql/forgetting.sql")

log = structlog.get_logger(__name__)


async def run(dsn: str, clock: Clock, every: float = EVERY_S) -> None:
    """Forget every ten minutes until cancelled, in batches that others can pass between."""
    while True:
        try:
            async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
                forgotten = await all_due(connection, clock)
                await ended(connection, clock)
            if forgotten:
                log.info("answers forgotten", number=forgotten, kept_days=KEPT.days)
            await asyncio.sleep(every)
        except OperationalError as error:
            log.warning("data base away", error=str(error))
            await asyncio.sleep(min(every, AGAIN_S))


async def all_due(connection: AsyncConnection[Any], clock: Clock) -> int:
    """Forget, batch by batch, every answer older than ``KEPT``; how many there were."""
    total = 0
    while forgotten := await once(connection, clock):
        total += forgotten
    return total


async def ended(connection: AsyncConnection[Any], clock: Clock) -> None:
    """Forget failures that count no more, and sessions that have run out."""
    await connection.execute(_SQL["failures"], {"before": clock() - COUNTED})
    await connection.execute(_SQL["sessions"], {"at": clock()})


async def once(connection: AsyncConnection[Any], clock: Clock) -> int:
    """Forget the oldest ``MOST`` answers that are due, with those of the very same instant; how many."""
    async with connection.transaction():
        found = await connection.execute(_SQL["forget"], {"before": clock() - KEPT, "most": MOST})
    return found.rowcount
