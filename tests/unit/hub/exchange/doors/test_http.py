"""The HTTP door without a server: what it holds, and what it says when it takes nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from psycopg import OperationalError
from structlog.testing import capture_logs

from platform_under_test import AT, context, identifiers, never_before, parties, sample
from singlewindow.hub.exchange.doors import body as coming
from singlewindow.hub.exchange.doors import http
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.doors.refusals import MOST_NAMED
from singlewindow.hub.exchange.doors.room import NoRoom, Room, ShareTaken
from singlewindow.hub.exchange.group_commit import Unsettled
from singlewindow.hub.exchange.storing import Taken
from singlewindow.hub.exchange.submission import Prepared

Message = dict[str, Any]


class Committer:
    """Commits when it is let, and fails as it is told."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.two = asyncio.Event()
        self.waiting = 0
        self.failure: Exception | None = None

    async def add(self, prepared: Prepared) -> Taken:
        self.waiting += 1
        if self.waiting == 2:
            self.two.set()
        await self.open.wait()
        if self.failure:
            raise self.failure
        return Taken(prepared.submission_id, prepared.context.message_id, AT, prepared.digest)


@pytest.fixture
def committer() -> Committer:
    return Committer()


@pytest.fixture
def door(committer: Committer, monkeypatch: pytest.MonkeyPatch) -> Door:
    """A door of which the broker's system is known, with room for two samples and a half."""
    made: Any = committer
    known, (broker, _) = context().knowledge, parties()
    found = Door(lambda: known, made, never_before, lambda: AT, identifiers(1), Room(len(sample()) * 5 // 2))
    monkeypatch.setattr(found, "_sender", lambda *_: (context().actor, broker))
    return found


def body(*parts: bytes) -> Callable[[], Awaitable[Message]]:
    """A request's body that comes in parts."""
    left = list(parts)

    async def receive() -> Message:
        part = left.pop(0)
        return {"type": "http.request", "body": part, "more_body": bool(left)}

    return receive


async def answered(
    door: Door, receive: Callable[[], Awaitable[Message]], query: bytes = b"", **headers: str
) -> Any:
    """Status, headers and content of the answer to one POST."""
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": query, "headers": given}
    await door(scope, receive, send)
    return said[0]["status"], dict(said[0]["headers"]), json.loads(said[1]["body"])


async def test_more_bytes_than_there_is_room_for_are_refused_and_room_comes_back(
    door: Door, committer: Committer
) -> None:
    first, second = (
        asyncio.create_task(answered(door, body(sample()), idempotency_key=str(n))) for n in range(2)
    )
    await committer.two.wait()
    assert door.room.held == 2 * len(sample())
    status, headers, said = await answered(door, body(sample()))
    assert (status, said["problems"][0]["code"], headers[b"retry-after"]) == (503, "request.busy", b"2")
    committer.open.set()
    assert [(await first)[0], (await second)[0]] == [202, 202]
    assert door.room.held == 0
    assert (await answered(door, body(sample())))[0] == 202


async def test_bytes_count_as_they_come_not_as_they_are_announced(door: Door, committer: Committer) -> None:
    committer.open.set()
    announced = {"content_length": str(4 * 1024 * 1024)}
    status, *_ = await answered(door, body(sample()[:100], sample()[100:]), **announced)
    assert status == 202


async def test_after_the_declared_length_nothing_is_waited_for(door: Door, committer: Committer) -> None:
    committer.open.set()
    parts = [sample()[:100], sample()[100:]]

    async def receive() -> Message:
        return {"type": "http.request", "body": parts.pop(0), "more_body": True}

    status, *_ = await answered(door, receive, content_length=str(len(sample())))
    assert (status, parts) == (202, [])


@pytest.mark.parametrize(
    "headers",
    [{"content_length": "100", "transfer_encoding": "chunked"}, {"content_length": "+100"}, {}],
)
async def test_a_length_that_says_nothing_ends_no_body(
    door: Door, committer: Committer, headers: dict[str, str]
) -> None:
    committer.open.set()
    status, *_ = await answered(door, body(sample()[:100], sample()[100:]), **headers)
    assert status == 202


@pytest.mark.parametrize(("length", "most"), [("4000", 4_000), ("9000", 6_000)])
async def test_who_is_refused_unread_is_read_to_the_end_within_bounds_and_told(
    door: Door, monkeypatch: pytest.MonkeyPatch, length: str, most: int
) -> None:
    monkeypatch.setattr(coming, "MOST_PASSED_OVER", 5_000)
    monkeypatch.setattr(http, "MOST_BYTES", 3_000)
    happened: list[Any] = []

    async def receive() -> Message:
        happened.append(1_000)
        return {"type": "http.request", "body": b"<" * 1_000, "more_body": True}

    async def send(message: Any) -> None:
        happened.append(message)

    headers = [(b"content-length", length.encode())]
    await door({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
    *passed_over, start, answer = happened
    assert (sum(passed_over), start["status"]) == (most, 413)
    assert answer["body"].startswith(b"<?xml")
    assert door.room.held == 0


async def test_a_sender_who_drips_is_let_go_and_holds_nothing(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_S", 0.05)
    monkeypatch.setattr(coming, "PASSED_OVER_S", 0.05)

    async def drip() -> Message:
        await asyncio.sleep(0.01)
        return {"type": "http.request", "body": b"{", "more_body": True}

    status, _, said = await answered(door, drip)
    assert (status, said["problems"][0]["code"]) == (408, "request.too_slow")
    assert door.room.held == 0


async def test_a_body_is_cut_at_its_own_bound_too(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 10)
    status, _, said = await answered(door, body(b"12345", b"678901"))
    assert (status, said["problems"][0]["code"]) == (413, "request.too_large")
    assert door.room.held == 0


async def test_a_fault_of_ours_is_a_problem_and_tells_nothing_of_itself(
    door: Door, committer: Committer
) -> None:
    committer.failure = ZeroDivisionError("a secret")
    committer.open.set()
    with capture_logs() as logged:
        status, _, said = await answered(door, body(sample()))
    assert [(one["event"], one["exc_info"]) for one in logged] == [("not taken", True)]
    assert (status, said["problems"][0]["code"]) == (500, "request.failed")
    assert said["problems"][0]["remedy"]["zh"]
    assert "secret" not in json.dumps(said)
    assert door.room.held == 0


async def test_what_a_lost_commit_has_become_is_not_known_and_safe_to_ask_again(
    door: Door, committer: Committer
) -> None:
    committer.failure = Unsettled("the connection is lost")
    committer.open.set()
    status, headers, said = await answered(door, body(sample()))
    (problem,) = said["problems"]
    assert (status, problem["code"], headers[b"retry-after"]) == (503, "request.not_known", b"2")
    assert "not known" in problem["text"]["en"]
    assert "original receipt" in problem["remedy"]["en"]
    committer.failure = OperationalError("away before anything was stored")
    _, _, said = await answered(door, body(sample()))
    assert said["problems"][0]["code"] == "request.busy"


async def test_without_an_id_the_content_is_the_id(door: Door, committer: Committer) -> None:
    committer.open.set()
    *_, said = await answered(door, body(sample()))
    assert said["message_id"] == hashlib.sha256(sample()).hexdigest()


def test_room_is_given_back_whatever_happens() -> None:
    room = Room(10)
    with room.part("a") as part:
        part.take(6)
        with pytest.raises(NoRoom):
            part.take(5)
        assert room.held == 6
    assert room.held == 0


def test_one_senders_bytes_and_bodies_are_bounded_and_others_find_room() -> None:
    room = Room(100, of_one=10, bodies_of_one=2)
    with room.part("busy") as first, room.part("busy") as second:
        first.take(6)
        with pytest.raises(ShareTaken):
            second.take(5)
        with room.part("busy") as third, pytest.raises(ShareTaken):
            third.take(1)
        with room.part("other") as others:
            others.take(10)
        second.take(4)
    assert (room.held, room.bytes_of, room.bodies_of) == (0, {}, {})


async def test_a_sender_with_too_much_under_way_is_told_to_wait(door: Door, committer: Committer) -> None:
    door.room = Room(of_one=len(sample()) * 3 // 2)
    first = asyncio.ensure_future(answered(door, body(sample())))
    await asyncio.sleep(0)
    status, headers, said = await answered(door, body(sample()))
    assert (status, said["problems"][0]["code"]) == (429, "request.too_much_at_once")
    assert headers[b"retry-after"] == b"2"
    committer.open.set()
    assert (await first)[0] == 202
    assert door.room.bodies_of == {}


async def test_a_parameter_that_would_mean_something_else_declares_nothing(
    door: Door, committer: Committer
) -> None:
    committer.open.set()
    status, _, said = await answered(door, body(sample()), b"dry_run=&%00x=1&dry_run=2")
    assert (status, [problem["code"] for problem in said["problems"]]) == (422, ["unknown_parameter"] * 2)
    assert [problem["field"] for problem in said["problems"]] == ["x", "dry_run"]
    assert committer.waiting == 0
    _, _, said = await answered(door, body(sample()), b"&".join(b"n%d" % n for n in range(99)))
    assert len(said["problems"]) == MOST_NAMED
