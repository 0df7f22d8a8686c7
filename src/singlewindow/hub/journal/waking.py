"""Waiting for work that another process announces by NOTIFY."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from psycopg import AsyncConnection
from psycopg.abc import PQGen

LOOK_S = 60.0

T = TypeVar("T")


class Listening(AsyncConnection[Any]):
    """A connection that sleeps until something comes.

    By itself the driver wakes ten times a second, to see whether a person has pressed Ctrl-C: of seven
    connections that only listen, that was half of what an idle platform did.
    """

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = LOOK_S,
        timeout: float | None = None,  # noqa: ASYNC109 - the driver asks so
    ) -> T:
        return await super().wait(gen, max(interval, LOOK_S), timeout)


async def work_comes(connection: AsyncConnection[Any], poll_s: float, gather_s: float = 0.0) -> None:
    """Until something is announced or ``poll_s`` is over; then ``gather_s`` more, for what comes with it.

    Many announcements may come in one packet, and are one occasion.
    """
    if [notice async for notice in connection.notifies(timeout=poll_s, stop_after=1)]:
        await asyncio.sleep(gather_s)
