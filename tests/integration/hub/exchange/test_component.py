"""A component against a counterpart that loses answers, chokes on one message, or is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from integration.hub.exchange.test_ledger import put
from platform_under_test import context, sample
from singlewindow.hub.exchange import component
from singlewindow.hub.exchange.component import COMPANY_MOST, Component
from singlewindow.hub.exchange.connector import (
    Bilingual,
    Connector,
    Manifest,
    Retry,
    TransportSetting,
    read_manifest,
)
from singlewindow.hub.exchange.ledger import Ledger
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.submission import prepare
from singlewindow.hub.exchange.transports.port import Inbound, Left, Rejected, Unanswered, Unreachable
from singlewindow.kernel.messages import Problem, Receipt, Text
from singlewindow.server import rooms
from singlewindow.server.composition import connectors

pytestmark = pytest.mark.database
NAME = Bilingual("海关", "Customs")
RETRY = Retry(first_s=0.01, factor=1, most_s=0.01, attempts=4, breaker_failures=3)
MANIFEST = Manifest("customs", NAME, "关", "d", NAME, "S", "R", TransportSetting("http"), retry=RETRY)
DUE_S = 5.0
WORK_S = 60.0  # for a few sendings on a machine that others share
BAD, REFUSED, UNPACKABLE = b"bad", b"refused", b"unpackable"


class Wire:
    """A partner that dedupes by the name of a batch alone, and what became of each sending."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.kept: dict[str, bytes] = {}
        self.failures: list[Exception] = []
        self.lost_answers = 0
        self.answers: list[Inbound] = []
        self.settled: list[str] = []
        self.stays: list[Left] = []

    async def send(self, name: str, body: bytes) -> list[Inbound]:
        self.sent.append((name, body))
        if self.failures:
            raise self.failures.pop()
        if BAD in body.split(b"|"):
            raise Unanswered("HTTP 500")
        if REFUSED in body.split(b"|"):
            raise Rejected(Text("不收", "refused"))
        assert self.kept.setdefault(name, body) == body, "the same name for something else"
        if self.lost_answers:
            self.lost_answers -= 1
            raise Unanswered("the line was cut")
        return []

    async def fetch(self) -> list[Inbound]:
        found, self.answers = self.answers, []
        return found

    async def settle(self, inbound: Inbound) -> None:
        self.settled.append(inbound.source)

    def left(self) -> Sequence[Left]:
        return self.stays

    async def close(self) -> None:
        return

    @property
    def messages(self) -> list[bytes]:
        """What the partner has, batch after batch."""
        return [one for body in self.kept.values() for one in body.split(b"|")[1:]]


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The time of packing stands in it, as in real files."""
    if UNPACKABLE in messages:
        raise KeyError("a codec's own fault")
    return b"|".join([f"{batch_id} {at.isoformat()}".encode(), *messages])


def decode(_: bytes) -> list[Receipt]:
    return []


class Lane:
    """A component at work on a lane, its clock an hour further at every look."""

    def __init__(self, database: Any, ledger: Ledger) -> None:
        self.database, self.ledger, self.wire = database, ledger, Wire()
        self.now = datetime(2026, 11, 21, 9, tzinfo=UTC)
        self.component = self.anew()

    def anew(self) -> Component:
        """The process was killed and is started again."""
        codec: Any = SimpleNamespace(pack=pack, decode=decode)
        self.component = Component(Connector(MANIFEST, codec), self.wire, self.clock, uuid4)
        return self.component

    def clock(self) -> datetime:
        self.now += timedelta(hours=1)
        return self.now

    def put(self, *payloads: bytes) -> list[UUID]:
        return [put(self.database, "customs", str(uuid4()), payload) for payload in payloads]

    async def work(self, times: int = 1) -> None:
        """So many sendings; between them it waits as long as the lane says."""
        deadline = time.monotonic() + WORK_S
        while times and time.monotonic() < deadline:
            times -= bool(await self.component.dispatch_once(self.ledger)) or not self.waits()
            await asyncio.sleep(0.005)

    def waits(self) -> bool:
        """Whether anything is still to be sent; a dead letter is not."""
        return any(state == 0 for state, *_ in self.left())

    def left(self) -> list[tuple[object, ...]]:
        """State, tries without an answer, and reason of what lies in the outbox."""
        asked = "select state, unanswered, problem from sw.outbox order by seq"
        return self.database.execute("postgres", asked)


@pytest.fixture
async def lane(database: Any) -> AsyncIterator[Lane]:
    dsn = database.dsn("sw_component_customs")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        yield Lane(database, Ledger(connection, "customs", "customs"))


async def test_after_a_lost_answer_the_same_batch_goes_again_and_nothing_with_it(lane: Lane) -> None:
    lane.put(b"a", b"b")
    lane.wire.lost_answers = 1
    await lane.work()
    lane.put(b"c")
    lane.anew()
    await lane.work(2)
    (first, second) = [sent for sent in lane.wire.sent if b"|a|" in sent[1]]
    assert first == second
    assert lane.wire.messages == [b"a", b"b", b"c"]
    assert lane.left() == []


async def test_a_component_killed_before_the_answer_sends_the_same_bytes(lane: Lane) -> None:
    lane.put(b"a", b"b")
    leased = await lane.ledger.claim(100, uuid4(), lane.clock())
    lane.database.execute("postgres", "update sw.outbox set leased_until = now() - interval '1 s'")
    lane.put(b"c")
    again = await lane.ledger.claim(100, uuid4(), lane.clock())
    assert [one.seq for one in again] == [one.seq for one in leased]
    assert {(one.batch_id, one.batched_at) for one in again} == {(leased[0].batch_id, leased[0].batched_at)}


async def test_one_message_that_breaks_the_partner_blocks_nobody_and_becomes_a_dead_letter(
    lane: Lane,
) -> None:
    lane.put(b"a", BAD, b"b")
    await lane.work(COMPANY_MOST + 3)
    assert sorted(lane.wire.messages) == [b"a", b"b"]
    for number in range(12):
        lane.put(b"next %d" % number)
        await lane.work(2)
    assert len(lane.wire.messages) == 14
    assert lane.left() == [(1, RETRY.attempts, "HTTP 500")]


async def test_what_cannot_be_reached_is_tried_for_ever(lane: Lane) -> None:
    lane.put(b"a")
    lane.wire.failures = [Unreachable("connection refused") for _ in range(3 * RETRY.attempts)]
    await lane.work(3 * RETRY.attempts)
    assert lane.left() == [(0, 0, "connection refused")]
    await lane.work()
    assert lane.wire.messages == [b"a"]


async def test_a_partner_that_answers_nobody_holds_nothing_against_a_message(lane: Lane) -> None:
    lane.put(b"a", b"b")
    lane.wire.failures = [Unanswered("HTTP 500") for _ in range(5 * RETRY.attempts)]
    await lane.work(5 * RETRY.attempts)
    assert [state for state, *_ in lane.left()] == [0, 0]
    await lane.work(2)
    assert sorted(lane.wire.messages) == [b"a", b"b"]


async def test_of_a_refused_batch_each_goes_alone_under_a_name_of_its_own(lane: Lane) -> None:
    lane.put(b"a", REFUSED, b"b")
    await lane.work()
    assert lane.wire.messages == [b"a", b"b"]
    assert len({name for name, _ in lane.wire.sent}) == 4
    assert lane.left() == [(1, 0, "refused")]


async def test_what_a_codec_fails_on_becomes_a_dead_letter_and_ends_no_process(lane: Lane) -> None:
    lane.put(b"a", UNPACKABLE, b"b")
    await lane.work()
    assert lane.wire.messages == [b"a", b"b"]
    ((state, unanswered, problem),) = lane.left()
    assert (state, unanswered) == (1, 0)
    assert "KeyError" in str(problem)


async def test_what_is_too_large_together_goes_alone(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "PACKED_MOST", 150)
    lane.put(b"a" * 60, b"b" * 60)
    await lane.work()
    lane.put(b"c", b"d")
    await lane.work()
    assert [body.split(b"|")[1:] for _, body in lane.wire.sent] == [[b"a" * 60], [b"b" * 60], [b"c", b"d"]]
    assert len(dict(lane.wire.sent)) == 3
    assert lane.left() == []


@pytest.mark.parametrize(("most", "files"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (100, [5])])
async def test_as_many_messages_go_in_one_file_as_the_manifest_says(
    lane: Lane, most: int, files: list[int]
) -> None:
    shipped = (rooms.PACKAGE / "connectors/customs/connector.toml").read_text("utf-8")
    manifest = read_manifest(shipped.replace("batch = 100", f"batch = {most}"))
    assert manifest.transport.batch == most
    lane.component.connector = Connector(manifest, connectors()["customs"].codec)
    issued = [one for n in range(5) for one in prepare(sample(), context(f"m-{n}", seed=n)).issued]
    lane.put(*(one.payload for one in issued if one.partner == "customs"))
    await lane.work(len(files))
    assert [body.count(b"<DxpMsg ") for _, body in lane.wire.sent] == files
    assert lane.left() == []


async def test_a_lanes_next_message_follows_without_a_wake(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "POLL_S", 10 * DUE_S)
    for payload in (b"a", b"b", b"c"):
        put(lane.database, "customs", "one lane", payload)
    working = asyncio.create_task(lane.component._dispatch_on(lane.ledger))
    for _ in range(500):
        if len(lane.wire.messages) == 3:
            break
        await asyncio.sleep(DUE_S / 500)
    working.cancel()
    assert [body.split(b"|")[1:] for _, body in lane.wire.sent] == [[b"a"], [b"b"], [b"c"]]


async def test_a_lane_at_rest_is_woken_each_time(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(component, "POLL_S", 10 * DUE_S)
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    for payload in (b"a", b"b", b"c"):
        await asyncio.sleep(0.3)
        lane.put(payload)
        lane.database.execute("sw_intake", "select pg_notify('outbox', 'customs')")
        for _ in range(500):
            if payload in lane.wire.messages:
                break
            await asyncio.sleep(DUE_S / 500)
    working.cancel()
    assert lane.wire.messages == [b"a", b"b", b"c"]


async def test_a_broken_answer_is_kept_for_a_person_and_the_next_one_is_read(lane: Lane) -> None:
    samples = rooms.PACKAGE / "connectors/customs/samples"
    right, wrong = ((samples / name).read_bytes() for name in ("positive.xml", "malformed.xml"))
    remedy = Text("请拆小", "make it smaller")
    unread = Problem("transport.answer-too-large", Text("过大", "too large"), "3", remedy=remedy)
    found = [Inbound("1", wrong), Inbound("2", right), Inbound("3", b"<half", (unread,)), Inbound("4", right)]
    lane.wire.answers = list(found)
    lane.component.connector = connectors()["customs"]
    assert await lane.component.collect_once(lane.ledger) == len(found)
    assert lane.wire.settled == ["1", "2", "3", "4"]
    rows = lane.database.execute("postgres", "select source, state, problem <> '' from sw.inbox order by id")
    assert rows == [("1", 1, True), ("2", 0, False), ("3", 1, True)]
    said = lane.database.execute("postgres", "select problem from sw.inbox where source = '3'")
    assert said == [("3: 过大。请拆小 · too large; make it smaller",)]
    assert await lane.component.collect_once(lane.ledger) == 0


async def test_a_file_still_being_written_is_left_until_it_is_whole_or_rests(lane: Lane) -> None:
    whole = (rooms.PACKAGE / "connectors/customs/samples/positive.xml").read_bytes()
    lane.component.connector = connectors()["customs"]
    rounds: list[tuple[list[tuple[str, bytes, bool]], list[str]]] = [
        ([("1", b"", True), ("2", whole[:90], True)], []),
        ([("1", whole[:50], True), ("2", whole[:90], True)], []),
        ([("1", whole[:50], True), ("2", whole[:90], False)], ["2"]),
        ([("1", whole, True)], ["1"]),
    ]
    for there, settled in rounds:
        lane.wire.answers = [Inbound(name, data, growing=growing) for name, data, growing in there]
        lane.wire.settled.clear()
        assert await lane.component.collect_once(lane.ledger) == len(settled)
        assert lane.wire.settled == settled
    rows = lane.database.execute("postgres", "select source, problem <> '' from sw.inbox order by id")
    assert rows == [("2", True), ("1", False)]


async def test_what_nobody_foresaw_of_a_wire_is_tried_again_and_ends_no_process(lane: Lane) -> None:
    lane.put(b"a")
    lane.wire.failures = [OverflowError("too large for a C long") for _ in range(2)]
    await lane.work(2)
    assert lane.component.breaker.failures == 2
    assert lane.left()[0][2] == "OverflowError: too large for a C long"
    await lane.work()
    assert (lane.wire.messages, lane.left()) == ([b"a"], [])


@pytest.mark.parametrize("failing", ["fetch", "settle"])
async def test_what_nobody_foresaw_while_answers_are_fetched_loses_none(
    lane: Lane, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    async def fails(*_: object) -> None:
        raise LookupError("no such thing")

    one = Inbound("1", b"answer")
    lane.wire.answers = [one]
    with monkeypatch.context() as broken:
        broken.setattr(lane.wire, failing, fails)
        with pytest.raises(Unanswered, match="LookupError: no such thing"):
            await lane.component.collect_once(lane.ledger)
    lane.wire.answers = [one]
    assert await lane.component.collect_once(lane.ledger) == 1
    assert lane.wire.settled == ["1"]
    assert lane.database.execute("postgres", "select source from sw.inbox") == [("1",)]


async def test_a_spoilt_answer_leaves_its_number_to_the_good_copy(lane: Lane) -> None:
    (about,) = lane.put(b"a")
    good = {
        "number": "R1",
        "messageId": str(about),
        "stage": "technical",
        "code": "ACK",
        "time": "2026-11-21",
    }
    right, other = good | {"time": "2026-11-21T09:00:00+08:00"}, good | {"number": "R2", "time": "later"}
    other["time"] = "2026-11-21T09:00:01+08:00"
    lane.component.connector = connectors()["terminal"]
    bodies = [msgspec.json.encode({"receipts": each}) for each in ([good, other], [right])]
    lane.wire.answers = [Inbound(str(n), body) for n, body in enumerate(bodies)]
    await lane.component.collect_once(lane.ledger)
    engine = await psycopg.AsyncConnection.connect(lane.database.dsn("sw_engine"), autocommit=True)
    async with engine:
        while await Receiver(uuid4).apply(engine):
            pass
    rows = lane.database.execute("postgres", "select receipt_id, code from sw.receipt order by receipt_id")
    assert [row for row in rows if row[1] == "ACK"] == [("R1", "ACK"), ("R2", "ACK")]
    assert [row[0][:7] for row in rows if row[1] == "unreadable"] == ["spoilt:"]


async def test_what_a_person_has_replayed_is_a_sending_of_its_own(lane: Lane) -> None:
    lane.put(REFUSED)
    await lane.work()
    lane.database.execute("sw_engine", "update sw.outbox set state = 0, attempts = 0")
    await lane.work()
    first, second = lane.wire.sent
    assert first[0] != second[0]
