"""Bodies end, by size and by time; who is refused is told why, and is read to the end within bounds."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from singlewindow.hub.exchange.doors import body
from singlewindow.hub.exchange.doors.room import Room
from singlewindow.server.bounded import CALLER, UNREAD, Bounded, Why

BREAKS = {"type": "http.disconnect"}


def caller(scope: Any) -> str:
    return str(scope.get("asked by", "somebody"))


class Sender:
    """Who sends these messages, then nothing more, and reads what is answered."""

    def __init__(self, *messages: dict[str, Any], **headers: str) -> None:
        self.left = list(messages)
        self.answers: list[dict[str, Any]] = []
        named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.scope: dict[str, Any] = {"type": "http", "headers": named}

    async def receive(self) -> dict[str, Any]:
        if not self.left:
            await asyncio.sleep(3600)
        return self.left.pop(0)

    async def send(self, message: Any) -> None:
        self.answers.append(dict(message))

    async def ask(self, **bounds: Any) -> bytes:
        """What an application that reads its whole body is given; it answers all the same."""
        seen: list[bytes] = []

        async def application(scope: Any, receive: Any, send: Any) -> None:
            more = True
            while more:
                message = await receive()
                assert message["type"] == "http.request"
                seen.append(message["body"])
                more = message["more_body"]
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"said"})

        await Bounded(application, caller, **bounds)(self.scope, self.receive, self.send)
        return b"".join(seen)


def part(content: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "PASSED_OVER_S", 0.1)
    monkeypatch.setattr(body, "MOST_PASSED_OVER", 100)


async def test_a_body_within_the_bound_is_passed_on_and_answered_at_once() -> None:
    sender = Sender(part(b"a" * 5), part(b"b" * 5, more=False))
    assert await sender.ask(most=10) == b"a" * 5 + b"b" * 5
    assert UNREAD not in sender.scope
    assert sender.answers[1:] == [{"type": "http.response.body", "body": b"said"}]


async def test_a_body_that_grows_too_large_is_told_and_the_rest_is_passed_over() -> None:
    sender = Sender(part(b"a" * 6), part(b"b" * 6), part(b"c" * 6), part(b"d", more=False))
    assert await sender.ask(most=10) == b"a" * 6 + b"b" * 6
    assert (sender.scope[UNREAD], sender.left) == (Why.TOO_LARGE, [])
    assert len(sender.answers) == 2


async def test_a_body_said_to_be_too_large_is_refused_by_its_beginning() -> None:
    sender = Sender(part(b"a"), part(b"b", more=False), content_length="11")
    assert await sender.ask(most=10) == b"a"
    assert (sender.scope[UNREAD], sender.left) == (Why.TOO_LARGE, [])


async def test_a_body_without_end_is_passed_over_for_so_long_only() -> None:
    sender = Sender(*[part(b"a" * 30)] * 10)
    await sender.ask(most=10)
    assert len(sender.left) == 5
    assert len(sender.answers) == 2


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    sender = Sender(part(b"a"))
    assert await sender.ask(seconds=0.05) == b"a"
    assert sender.scope[UNREAD] == Why.TOO_SLOW
    assert len(sender.answers) == 2


async def test_a_body_that_breaks_off_is_nobodys_wish() -> None:
    sender = Sender(part(b"a"), BREAKS)
    assert await sender.ask() == b"a"
    assert sender.scope[UNREAD] == Why.BROKEN


async def test_who_listens_after_a_refusal_hears_nothing_until_it_is_answered() -> None:
    sender = Sender(BREAKS)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.05)

    await Bounded(application, caller)(sender.scope, sender.receive, sender.send)


async def test_of_what_was_refused_before_nothing_is_read_and_the_rest_is_passed_over() -> None:
    sender = Sender(part(b"a"), part(b"b", more=False))
    sender.scope[UNREAD] = Why.HEADERS_TOO_LARGE
    assert await sender.ask() == b""
    assert (sender.scope[UNREAD], sender.left) == (Why.HEADERS_TOO_LARGE, [])
    assert len(sender.answers) == 2


async def test_all_bodies_together_are_bounded() -> None:
    room = Room(10)
    with room.part("others") as others:
        others.take(6)
        sender = Sender(part(b"a" * 5, more=False))
        assert await sender.ask(room=room) == b""
        assert sender.scope[UNREAD] == Why.NO_ROOM
    assert await Sender(part(b"a" * 5, more=False)).ask(room=room) == b"a" * 5
    assert room.held == 0


async def test_one_callers_bodies_leave_room_for_others() -> None:
    room = Room(100, of_one=8)
    with room.part("busy") as own:
        own.take(6)
        busy, other = (Sender(part(b"a" * 5, more=False)) for _ in range(2))
        busy.scope["asked by"] = "busy"
        assert (await busy.ask(room=room), await other.ask(room=room)) == (b"", b"a" * 5)
        assert (busy.scope[UNREAD], other.scope.get(UNREAD)) == (Why.SHARE_TAKEN, None)
        assert (busy.scope[CALLER], other.scope[CALLER]) == ("busy", "somebody")
    assert (room.held, room.bytes_of, room.bodies_of) == (0, {}, {})
