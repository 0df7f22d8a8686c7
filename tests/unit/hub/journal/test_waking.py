"""Waiting for work: one wait for many announcements, none that is lost, none beyond its bound."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

from psycopg import AsyncConnection

from singlewindow.hub.journal.waking import work_comes

GATHER_S = 0.2


class Line:
    """A connection's announcements, in packets: all of a packet are handed out, as the driver does."""

    def __init__(self, *packets: int) -> None:
        self.packets = list(packets)
        self.asked: list[dict[str, float]] = []

    async def notifies(self, **bounds: float) -> AsyncIterator[int]:
        self.asked.append(bounds)
        if self.packets:
            for announcement in range(self.packets.pop(0)):
                yield announcement


async def waited(line: Line, poll_s: float = 9.0) -> float:
    """Seconds that one wait took."""
    clock = asyncio.get_running_loop().time
    began = clock()
    await work_comes(cast("AsyncConnection[Any]", line), poll_s, GATHER_S)
    return clock() - began


async def test_many_announcements_in_one_packet_are_one_occasion() -> None:
    assert GATHER_S <= await waited(Line(500)) < 10 * GATHER_S


async def test_one_announcement_waits_for_what_comes_with_it() -> None:
    assert GATHER_S <= await waited(Line(1)) < 10 * GATHER_S


async def test_silence_is_work_to_look_for_without_more_waiting() -> None:
    line = Line()
    assert await waited(line, 5.0) < GATHER_S
    assert line.asked == [{"timeout": 5.0, "stop_after": 1}], "the driver bounds the wait"


async def test_what_comes_later_is_another_occasion() -> None:
    line = Line(3, 2)
    assert await waited(line) + await waited(line) >= 2 * GATHER_S
    assert line.packets == []
