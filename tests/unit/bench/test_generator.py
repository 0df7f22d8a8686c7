"""The open loop's schedule, on a clock that moves only while nothing else is to be done."""

from __future__ import annotations

import asyncio
import re
import selectors
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from bench.bed import generator
from bench.bed.generator import Load, Sent

MANY = 1_000  # more than any load here has time for


class Leaping(selectors.SelectSelector):
    """Waits for nothing: by as much as it would have waited, its loop's clock goes on."""

    def __init__(self, loop: Loop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        assert timeout is not None, "the load waits for what never comes"
        self.loop.at += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop with a clock of its own, in seconds."""

    def __init__(self) -> None:
        self.at = 0.0
        super().__init__(Leaping(self))

    def time(self) -> float:
        return self.at


class Door:
    """Answers each declaration after ``answer_s``; notes when each came, and over how many connections."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.answer_s = 0.25
        self.came: dict[int, float] = {}
        self.connections = 0
        self.held_up: dict[int, float] = {}  # seconds that sending this one keeps the generator from all else
        self.refused: set[int] = set()
        self.broken: set[int] = set()
        self.idle_s = 3_600.0

    async def connect(self, *_: Any, **__: Any) -> tuple[Wire, Wire]:
        self.connections += 1
        wire = Wire(self)
        return wire, wire


class Wire:
    """Both ends of one connection."""

    def __init__(self, door: Door) -> None:
        self.door, self.number, self.content = door, -1, b""
        self.used = door.loop.at

    def at_eof(self) -> bool:
        return self.door.loop.at - self.used > self.door.idle_s

    def write(self, request: bytes) -> None:
        named = re.search(rb"idempotency-key: bench-(\d+)", request)
        assert named
        self.number = int(named[1])
        self.door.came[self.number] = self.door.loop.at
        self.door.loop.at += self.door.held_up.get(self.number, 0.0)

    async def readuntil(self, _: bytes) -> bytes:
        await asyncio.sleep(self.door.answer_s)
        if self.number in self.door.broken:
            raise ConnectionResetError
        status = b"503 Service Unavailable" if self.number in self.door.refused else b"202 Accepted"
        self.content = b'{"submission_id": "%d"}' % self.number
        return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n" % (status, len(self.content))

    async def readexactly(self, length: int) -> bytes:
        assert length == len(self.content)
        self.used = self.door.loop.at
        return self.content


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[Door]:
    with closing(Loop()) as loop:
        opened = Door(loop)
        monkeypatch.setattr(generator, "time", SimpleNamespace(time=loop.time))
        monkeypatch.setattr(asyncio, "open_connection", opened.connect)
        yield opened


def loaded(door: Door, rate: float, seconds: float, count: int = MANY, connections: int = 0) -> Sent:
    """What the open loop notes of a load that begins now."""
    load = Load(0, "a token", 0, count, seconds, connections, rate)
    sent = Sent(due={}, waited=[], refused=[])
    bodies = iter([(number, b"{}") for number in range(count)])
    door.loop.run_until_complete(generator.open_loop(load, sent, bodies))
    return sent


def by_number(sent: Sent) -> dict[int, float]:
    return {int(submission): due for submission, due in sent.due.items()}


@pytest.mark.parametrize(("rate", "seconds", "count"), [(200.0, 1.5, 300), (50.0, 2.0, 100), (7.0, 2.0, 14)])
def test_each_is_due_by_the_clock_and_leaves_then_not_earlier(
    door: Door, rate: float, seconds: float, count: int
) -> None:
    sent = loaded(door, rate, seconds)
    clock = {number: number / rate for number in range(count)}
    assert by_number(sent) == pytest.approx(clock)
    assert door.came == pytest.approx(clock)
    assert sent.waited == pytest.approx([door.answer_s] * count)


def test_no_more_leave_than_there_are(door: Door) -> None:
    assert len(loaded(door, rate=100.0, seconds=1.0, count=30).due) == 30


def test_a_late_answer_delays_no_other_while_a_connection_is_free(door: Door) -> None:
    door.answer_s = 30.0
    sent = loaded(door, rate=20.0, seconds=2.0)
    assert door.came == pytest.approx({number: number / 20 for number in range(40)})
    assert door.connections == 40
    assert sent.waited == pytest.approx([30.0] * 40)


def test_there_are_no_more_connections_than_there_may_be(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generator, "CONNECTIONS_MOST", 3)
    door.answer_s = 1.0
    loaded(door, rate=10.0, seconds=1.0)
    assert door.connections == 3


def test_connections_are_used_again(door: Door) -> None:
    loaded(door, rate=10.0, seconds=3.0)
    assert door.connections == 3  # a quarter of a second each, a tenth apart


def test_one_that_the_door_closed_while_it_was_idle_is_opened_anew(door: Door) -> None:
    door.idle_s = 10.0
    sent = loaded(door, rate=1 / 15, seconds=60.0)
    assert door.connections == len(sent.due) == 4


def test_with_no_connection_free_the_wait_counts_from_when_it_was_due(door: Door) -> None:
    door.answer_s = 1.0
    sent = loaded(door, rate=10.0, seconds=0.6, connections=2)
    came = {0: 0.0, 1: 0.1, 2: 1.0, 3: 1.1, 4: 2.0, 5: 2.1}
    assert door.came == pytest.approx(came)
    assert door.connections == 2
    assert by_number(sent) == pytest.approx({number: number / 10 for number in range(6)})
    assert sent.waited == pytest.approx([at + 1.0 - number / 10 for number, at in came.items()])


def test_what_the_generator_itself_is_late_with_leaves_at_once_and_counts_from_when_it_was_due(
    door: Door,
) -> None:
    door.held_up[2] = 0.35  # from 0.2 on: 3, 4 and 5 are due meanwhile
    sent = loaded(door, rate=10.0, seconds=0.8)
    late = {3: 0.55, 4: 0.55, 5: 0.55}
    assert door.came == pytest.approx({number: number / 10 for number in range(8)} | late)
    due = by_number(sent)
    assert due == pytest.approx({number: number / 10 for number in range(8)})
    took = dict(zip(due, sent.waited, strict=True))
    assert {number: took[number] for number in late} == pytest.approx({3: 0.5, 4: 0.4, 5: 0.3})


def test_a_refusal_is_noted_and_gives_its_connection_back(door: Door) -> None:
    door.refused = {0}
    sent = loaded(door, rate=2.0, seconds=1.5, connections=1)
    assert [said.split()[0] for said in sent.refused] == ["503"]
    assert sorted(by_number(sent)) == [1, 2]
    assert len(sent.waited) == 2
    assert door.connections == 1


def test_one_that_gets_no_answer_ends_the_load(door: Door) -> None:
    door.broken = {1}
    with pytest.raises(ExceptionGroup) as raised:
        loaded(door, rate=10.0, seconds=5.0)
    assert raised.group_contains(ConnectionResetError)
    assert max(door.came) < 10, "the rest is not sent for a result that cannot be true"


def test_one_that_is_not_answered_within_the_bound_ends_the_load(door: Door) -> None:
    door.answer_s = generator.ANSWER_S + 1
    with pytest.raises(ExceptionGroup) as raised:
        loaded(door, rate=1.0, seconds=2.0)
    assert raised.group_contains(TimeoutError)
