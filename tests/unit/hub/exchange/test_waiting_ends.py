"""A component that is asked to end while its work is announced ends all the same."""

from __future__ import annotations

import asyncio

import pytest

from singlewindow.hub.exchange.component import _either


@pytest.mark.parametrize("turns", range(4))
async def test_no_cancellation_is_lost_that_comes_with_the_event(turns: int) -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(_either(event, 60))
    for _ in range(3):
        await asyncio.sleep(0)
    event.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    if waiting.cancel():
        await asyncio.wait([waiting])
        assert waiting.cancelled()
    else:
        assert turns, "it had not ended yet"
