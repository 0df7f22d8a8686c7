"""A component against a counterpart that loses answers, chokes on one message, or is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.hub.exchange.test_ledger import put
from singlewindow.hub.exchange.component import COMPANY_MOST, Component
from singlewindow.hub.exchange.connector import Bilingual, Connector, Manifest, Retry, TransportSetting
from singlewindow.hub.exchange.ledger import Ledger
from singlewindow.hub.exchange.transports.port import Inbound, Rejected, Unanswered, Unreachable
from singlewindow.kernel.messages import Receipt, Text

pytestmark = pytest.mark.database
NAME = Bilingual("海关", "Customs")
RETRY = Retry(first_s=0.01, factor=1, most_s=0.01, attempts=4, breaker_failures=3)
MANIFEST = Manifest("customs", NAME, "关", "d", NAME, "S", "R", TransportSetting("http"), retry=RETRY)
DUE_S = 5.0
BAD, REFUSED = b"bad", b"refused"


class Wire:
    """A partner that dedupes by the name of a batch alone, and what became of each sending."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []
        self.kept: dict[str, bytes] = {}
        self.failures: list[Exception] = []
        self.lost_answers = 0

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
        return []

    async def settle(self, inbound: Inbound) -> None:
        raise AssertionError(inbound)

    async def close(self) -> None:
        return

    @property
    def messages(self) -> list[bytes]:
        """What the partner has, batch after batch."""
        return [one for body in self.kept.values() for one in body.split(b"|")[1:]]


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The time of packing stands in it, as in real files."""
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
        deadline = time.monotonic() + DUE_S
        while times and time.monotonic() < deadline:
            times -= bool(await self.component.dispatch_once(self.ledger)) or not self.left()
            await asyncio.sleep(0.005)

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


async def test_what_a_person_has_replayed_is_a_sending_of_its_own(lane: Lane) -> None:
    lane.put(REFUSED)
    await lane.work()
    lane.database.execute("sw_engine", "update sw.outbox set state = 0, attempts = 0")
    await lane.work()
    first, second = lane.wire.sent
    assert first[0] != second[0]
