"""Work that is to end ends, also where a cancellation gets lost on the way."""

from __future__ import annotations

import asyncio

from singlewindow.hub.journal.ending import ended


async def loses(times: int) -> str:
    """As ``asyncio.wait_for`` of Python 3.11 does where what it waited for has just come."""
    lost = 0
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            if lost == times:
                raise
            lost += 1


async def fails() -> None:
    raise ValueError("broken")


async def test_who_loses_a_cancellation_is_asked_again() -> None:
    tasks = [asyncio.create_task(loses(2)), asyncio.create_task(loses(0))]
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        results = await ended(tasks, again_s=0.01)
    assert [type(one) for one in results] == [asyncio.CancelledError] * 2


async def test_what_came_before_the_end_is_told_in_order() -> None:
    tasks = [asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(0, "done"))]
    await asyncio.wait(tasks)
    failure, result = await ended(tasks)
    assert (str(failure), result) == ("broken", "done")
    assert await ended([]) == []
