"""A partner whose answers cannot be fetched does not look healthy: its lane says so, and people are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import structlog.testing

from integration.hub.coordination.story import Port
from integration.hub.exchange.telling import boxed
from integration.hub.exchange.test_component import DUE_S, Lane, lane
from integration.hub.exchange.test_minding import World, viewer, world
from singlewindow.hub.exchange import component, lanes, operating, unheard
from singlewindow.hub.exchange.lanes import UNHEARD
from singlewindow.hub.exchange.transports.port import Inbound, Left, Unreachable
from singlewindow.kernel.messages import Actor, Problem, Text

__all__ = ["lane", "world"]

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
GONE = "InBox: permission denied"
FAILS = """insert into sw.lane
             (partner, changed_at, fetch_failures, fetch_problem, unfetched_since, fetched_at)
           values (%s, %s, 7, %s, %s, %s)"""
FETCHES = """select fetch_failures, fetch_problem, unfetched_since, fetched_at, failures, breaker
               from sw.lane"""


class Enough(Exception):
    """Ends what would run for ever."""


async def none() -> list[Inbound]:
    return []


async def gone() -> list[Inbound]:
    raise Unreachable(GONE)


async def shows(lane: Lane, expected: Callable[[Any], bool]) -> Any:
    """The lane's row once it is as expected."""
    for _ in range(500):
        rows = lane.database.execute("postgres", FETCHES)
        if rows and expected(rows[0]):
            return rows[0]
        await asyncio.sleep(DUE_S / 500)
    raise AssertionError(f"it never came: {rows}")


async def test_a_partner_whose_answers_are_not_fetched_says_so_with_nothing_to_send(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane.wire, "fetch", gone)
    with structlog.testing.capture_logs() as logged:
        working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
        failed = await shows(lane, lambda row: row[0] >= 3)
        monkeypatch.setattr(lane.wire, "fetch", none)
        lane.component.back.set()
        again = await shows(lane, lambda row: row[0] == 0)
        working.cancel()
        await asyncio.wait([working])
    assert failed[1] == GONE
    assert failed[2] is not None, "since when"
    assert failed[3] is None
    assert failed[4:] == (0, "closed"), "sending is another matter"
    assert again[1:3] == ("", None)
    assert again[3] is not None
    said = [one for one in logged if one["event"].startswith("answers ")]
    assert [one["event"] for one in said] == ["answers not fetched", "answers fetched again"]
    assert (said[0]["partner"], said[0]["error"]) == ("customs", GONE)
    assert said[1]["lasted_s"] >= 3_600, "the clock here is an hour further at every look"


async def test_what_stays_with_a_partner_is_told_on_the_lane_while_the_rest_is_fetched(lane: Lane) -> None:
    """One that was not read may be an order to hold; one that only cannot be taken away is known here."""
    problem = Problem("p", Text("锁住", "locked"), field="b.xml")
    told = "b.xml: 锁住 · locked"
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    await shows(lane, lambda row: row[3] is not None)
    lane.wire.stays = [Left(problem)]
    unread = await shows(lane, lambda row: row[:2] == (1, told))
    lane.wire.answers = [Inbound("a.xml", b"a")]
    await shows(lane, lambda _: lane.wire.settled == ["a.xml"])
    lane.wire.stays = [Left(problem, kept=True)]
    kept = await shows(lane, lambda row: row[:2] == (1, told) and row[2] is None)
    lane.wire.stays = []
    over = await shows(lane, lambda row: row[0] == 0)
    working.cancel()
    await asyncio.wait([working])
    assert unread[2] is not None, "since when"
    assert unread[3] < kept[3] < over[3]
    assert over[1:3] == ("", None)


async def test_of_who_is_disconnected_nothing_is_fetched_until_it_is_connected_again(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "POLL_S", 0.05)
    done: list[str] = []
    asks = component.Ledger.disconnected

    async def noted(ledger: component.Ledger) -> bool:
        done.append("asked")
        return await asks(ledger)

    async def fetch() -> list[Inbound]:
        done.append("fetched")
        return []

    monkeypatch.setattr(component.Ledger, "disconnected", noted)
    monkeypatch.setattr(lane.wire, "fetch", fetch)
    lane.database.execute("postgres", FAILS, "customs", AT, "", None, None)
    lane.database.execute("postgres", "update sw.lane set paused_at = now(), disconnected = true")
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    while done.count("asked") < 3:  # noqa: ASYNC110 - a component tells nobody
        await asyncio.sleep(0.01)
    assert "fetched" not in done
    lane.database.execute("postgres", "update sw.lane set paused_at = null, disconnected = false")
    await shows(lane, lambda row: row[3] is not None)
    assert "fetched" in done
    working.cancel()
    await asyncio.wait([working])


async def test_what_failed_before_a_restart_has_failed_since_then(lane: Lane) -> None:
    lane.database.execute("postgres", FAILS, "customs", AT, GONE, AT, None)
    with structlog.testing.capture_logs() as logged:
        lane.anew()
        await lane.component._unfetched(lane.ledger, lane.component.breaker, Unreachable("again"))
        assert lane.database.execute("postgres", "select unfetched_since from sw.lane") == [(AT,)]
        lane.now = AT + timedelta(hours=5)
        await lane.component._fetched(lane.ledger)
    (said,) = [one for one in logged if one["event"] == "answers fetched again"]
    assert said["lasted_s"] == 6 * 3_600


async def test_while_answers_are_fetched_the_lane_says_so_from_time_to_time(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "HEARD_S", 0.0)
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    *_, first, _, _ = await shows(lane, lambda row: row[3] is not None)
    await shows(lane, lambda row: row[3] > first)
    working.cancel()
    await asyncio.wait([working])


@pytest.mark.parametrize("who", ["platform", "customs"])
def test_who_minds_the_lane_reads_since_when_and_the_operator_why(world: World, who: str) -> None:
    world.database.execute("postgres", FAILS, "customs", AT, GONE, AT, AT - timedelta(seconds=9))
    party = getattr(world, who)
    with world.serving(party) as cursor:
        found = lanes.lane(viewer(party), cursor, "customs", AT, 15)
    assert found is not None
    assert (found.fetch_failures, found.unfetched_since) == (7, AT)
    assert found.fetched_at == AT - timedelta(seconds=9)
    assert found.fetch_problem == (GONE if who == "platform" else None)


def test_the_wires_words_are_read_by_no_page_otherwise(world: World) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.database.execute("sw_web", "select fetch_problem from lane")


@pytest.mark.parametrize(
    ("unfetched", "fetched", "late", "expected"),
    [
        (None, None, 9_999, None),  # never ran, or is at its first look
        (None, AT, 179, None),
        (None, AT, 180, AT),  # its component has ended
        (AT, AT - timedelta(hours=1), 179, None),
        (AT, AT - timedelta(hours=1), 180, AT),
        (AT, None, 180, AT),
    ],
)
async def test_it_is_told_after_the_bound_as_pages_have_it(
    database: Any, unfetched: datetime | None, fetched: datetime | None, late: int, expected: datetime | None
) -> None:
    at = AT + timedelta(seconds=late)
    database.execute("postgres", FAILS, "customs", AT, "", unfetched, fetched)
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True) as worker:
        assert await unheard.once(worker, at) == (expected is not None)
    assert lanes.unheard_since(unfetched, fetched, at) == expected


async def test_of_who_was_disconnected_the_decision_is_told_and_no_silence(database: Any) -> None:
    port = Port(database).operated()
    platform, customs = port.party["platform"], port.party["customs"]
    database.execute("postgres", FAILS, "customs", AT, GONE, AT, None)
    with psycopg.connect(database.dsn("sw_engine")) as connection, connection.cursor() as cursor:
        operator = Actor("system", "lanes", "on duty")
        assert operating.disconnect(operator, cursor, partner="customs", reason="来函 131 号", at=AT)
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True) as worker:
        assert await unheard.once(worker, AT + timedelta(days=9)) == 0
    await boxed(port)
    rows = port.rows("select topic, party, detail_zh from sw.notice order by party")
    assert {(topic, party) for topic, party, _ in rows} == {
        ("lane_disconnected", platform),
        ("lane_disconnected", customs),
    }
    assert all("来函 131 号" in said for *_, said in rows)


async def test_operator_and_partner_are_told_once_of_a_silence_and_of_its_end(database: Any) -> None:
    port = Port(database).operated()
    platform, customs = port.party["platform"], port.party["customs"]
    database.execute("postgres", FAILS, "customs", AT, GONE, AT, None)
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True) as worker:
        told = [await unheard.once(worker, AT + UNHEARD + timedelta(minutes=n)) for n in range(3)]
        assert told == [1, 0, 0]
        over = AT + timedelta(hours=4)
        port.rows("update sw.lane set unfetched_since = null, fetched_at = %s", over)
        told = [await unheard.once(worker, over + timedelta(seconds=n)) for n in range(3)]
        assert told == [1, 0, 0]
        port.rows("update sw.lane set unfetched_since = %s", over)
        assert await unheard.once(worker, over + UNHEARD) == 1, "another silence"
    await boxed(port)
    rows = port.rows("select topic, party, title_zh, detail_zh from sw.notice order by position, party")
    assert {(topic, party) for topic, party, *_ in rows} == {
        (topic, party) for topic in ("lane_unheard", "lane_heard") for party in (platform, customs)
    }
    assert [topic for topic, party, *_ in rows if party == customs] == [
        "lane_unheard",
        "lane_heard",
        "lane_unheard",
    ]
    assert all(GONE not in said for row in rows for said in row[2:])
    assert "11-23 10:10" in rows[0][2], "since when, in Beijing's time"


async def test_who_was_silent_while_the_platform_stood_still_is_asked_first(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unheard, "POLL_S", 0.01)
    database.execute("postgres", FAILS, "customs", AT, "", None, AT)
    times = [AT + timedelta(hours=8, seconds=n) for n in (179, 90, 1, 0)]

    def clock() -> datetime:
        if not times:
            raise Enough
        return times.pop()

    with pytest.raises(Enough):
        await unheard.run(database.dsn("sw_engine"), clock)
    assert database.execute("postgres", "select from sw.journal_entry") == []
