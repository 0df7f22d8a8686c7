"""Ending work that runs side by side: asked once, and again while some of it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

AGAIN_S = 2.0


async def ended(tasks: Sequence[asyncio.Future[Any]], again_s: float = AGAIN_S) -> list[Any]:
    """Cancel what still runs and wait for all of it; results and failures, in order.

    A cancellation that comes in the moment in which a library's own waiting is over may be lost
    (``asyncio.wait_for`` before Python 3.12): half of a process would go on for ever.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=again_s)
    return await asyncio.gather(*tasks, return_exceptions=True)
