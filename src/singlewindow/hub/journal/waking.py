"""Waiting for work that another process announces by NOTIFY."""

from __future__ import annotations

import asyncio
from typing import Any

from psycopg import AsyncConnection


async def work_comes(connection: AsyncConnection[Any], poll_s: float, gather_s: float = 0.0) -> None:
    """Until something is announced or ``poll_s`` is over; then ``gather_s`` more, for what comes with it.

    Many announcements may come in one packet, and are one occasion.
    """
    if [notice async for notice in connection.notifies(timeout=poll_s, stop_after=1)]:
        await asyncio.sleep(gather_s)
