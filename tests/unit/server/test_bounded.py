"""Bodies end, by size and by time; after the body nothing is bounded."""

from __future__ import annotations

import asyncio
from typing import Any

from singlewindow.hub.exchange.doors.room import Room
from singlewindow.server.bounded import Bounded


async def read(messages: list[dict[str, Any]], **bounds: Any) -> list[str]:
    """What an application that reads its whole body is given."""
    given = iter(messages)
    seen: list[str] = []

    async def receive() -> dict[str, Any]:
        message = next(given, None)
        if message is None:
            await asyncio.sleep(3600)
            raise AssertionError
        return message

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            seen.append(message["type"])
            if message["type"] == "http.disconnect" or not message.get("more_body"):
                return

    await Bounded(application, **bounds)({"type": "http"}, receive, None)
    return seen


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_a_body_within_the_bound_is_passed_on() -> None:
    assert await read([part(b"a" * 5), part(b"b" * 5, more=False)], most=10) == ["http.request"] * 2


async def test_a_body_that_grows_too_large_ends_like_a_sender_who_left() -> None:
    assert await read([part(b"a" * 6), part(b"b" * 6)], most=10) == ["http.request", "http.disconnect"]


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    assert await read([part(b"a")], seconds=0.05) == ["http.request", "http.disconnect"]


async def test_all_bodies_together_are_bounded() -> None:
    room = Room(10)
    with room.part() as others:
        others.take(6)
        assert await read([part(b"a" * 5, more=False)], room=room) == ["http.disconnect"]
    assert await read([part(b"a" * 5, more=False)], room=room) == ["http.request"]
    assert room.held == 0
