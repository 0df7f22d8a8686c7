"""Work that lasts longer than its connection: a lost data base is waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.hub.journal.waking import Listening

LOST_S = 1.0  # before a lost data base is tried again

log = structlog.get_logger(__name__)


async def keep_connected(
    dsn: str,
    work: Callable[[AsyncConnection[Any]], Awaitable[None]],
    *,
    again_s: float = LOST_S,
) -> None:
    """Do ``work`` on a connection of its own, and on a new one where that is lost, until cancelled.

    Each statement commits by itself and looks rows up by their keys.
    """
    while True:
        try:
            async with await Listening.connect(dsn, autocommit=True, options=LOOK_UPS) as connection:
                await work(connection)
        except OperationalError as error:
            log.warning("data base away", error=str(error))
            await asyncio.sleep(again_s)
