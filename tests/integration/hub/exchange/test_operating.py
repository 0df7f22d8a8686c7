"""A lane rests on somebody's word, and tries at once on it: who may, who is told, what goes on meanwhile."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from database import Database
from integration.hub.exchange.test_component import DUE_S, Lane, lane
from integration.hub.exchange.test_ledger import put
from integration.hub.exchange.test_minding import AT, WIRE, World, actor, described, viewer, world
from singlewindow.hub.exchange import component, lanes, operating
from singlewindow.hub.exchange.breaker import Breaker
from singlewindow.hub.exchange.connector import Retry
from singlewindow.hub.exchange.ledger import Answer, Ledger
from singlewindow.hub.exchange.queries import submission_status
from singlewindow.hub.exchange.transports.port import Inbound, Unreachable
from singlewindow.kernel.messages import Actor

__all__ = ["lane", "world"]

pytestmark = pytest.mark.database
WHY = "海关今夜 22:00 起维护 · customs maintain their system from 22:00"
OVER = "海关来电，维护结束 · customs rang, they are done"
ON_DUTY = Actor("system", "lanes", "on duty")
CUT = """insert into sw.lane (partner, breaker, failures, problem, probe_at, since, changed_at)
         values (%s, 'open', 6, %s, %s, %s, %s)"""


def ran(database: Database, *partners: str) -> None:
    """Their components were started once."""
    for partner in partners:
        database.execute(
            f"sw_component_{partner}", "insert into lane (partner, changed_at) values (%s, %s)", partner, AT
        )


def pause(world: World, party: int, partner: str = "customs", why: str = WHY) -> bool:
    with world.serving(party) as cursor:
        return operating.pause(actor(party), cursor, partner=partner, reason=f" {why}\n", at=AT)


def resume(world: World, party: int, partner: str = "customs") -> bool:
    with world.serving(party) as cursor:
        return operating.resume(actor(party), cursor, partner=partner, reason=OVER, at=AT)


def probe(world: World, party: int, partner: str = "customs") -> bool:
    with world.serving(party) as cursor:
        return operating.probe(actor(party), cursor, partner=partner, at=datetime.now(UTC))


def on_duty(database: Database, what: str, partner: str = "customs") -> None:
    """The command line's word, committed and announced."""
    with psycopg.connect(database.dsn("sw_engine")) as connection, connection.cursor() as cursor:
        given = {} if what == "probe" else {"reason": WHY}
        act = getattr(operating, what)
        assert act(ON_DUTY, cursor, partner=partner, at=datetime.now(UTC), **given)


def told(database: Database) -> list[tuple[object, ...]]:
    return database.execute(
        "postgres",
        """select verb, actor_name, viewers, convert_from(content, 'utf8')::jsonb ->> 'reason'
             from sw.journal_entry where subject_kind = 'lane' order by id""",
    )


@pytest.mark.parametrize("who", ["platform", "customs"])
def test_who_minds_the_lane_pauses_it_once_and_resumes_it_once(world: World, who: str) -> None:
    ran(world.database, "customs", "quarantine")
    party = getattr(world, who)
    assert pause(world, party)
    assert not pause(world, world.platform), "it rests already"
    for minding in (world.platform, world.customs):
        with world.serving(minding) as cursor:
            found = lanes.lane(viewer(minding), cursor, "customs", AT, 15)
        assert found is not None
        assert (found.paused_at, found.paused_by, found.paused_for) == (AT, "接口员", WHY)
    with world.serving(world.platform) as cursor:
        other = lanes.lane(viewer(world.platform), cursor, "quarantine", AT, 15)
    assert other is not None
    assert other.paused_at is None
    assert resume(world, world.platform)
    assert not resume(world, party)
    both = sorted({world.platform, world.customs})
    assert told(world.database) == [
        ("lane.paused", "接口员", both, WHY),
        ("lane.resumed", "接口员", both, OVER),
    ]


@pytest.mark.parametrize("who", ["quarantine", "firm"])
def test_nobody_else_pauses_resumes_or_tries_it(world: World, who: str) -> None:
    ran(world.database, "customs")
    party = getattr(world, who)
    assert not pause(world, party)
    assert pause(world, world.customs)
    assert not resume(world, party)
    assert resume(world, world.customs)
    world.database.execute("postgres", "delete from sw.lane")
    cut(world.database)
    assert not probe(world, party)
    assert [verb for verb, *_ in told(world.database)] == ["lane.paused", "lane.resumed"]


def test_a_lane_that_never_ran_is_not_paused(world: World) -> None:
    assert not pause(world, world.platform)
    assert not pause(world, world.platform, "nobody")
    assert told(world.database) == []


@pytest.mark.parametrize("reason", ["  ", "x" * 501])
def test_the_data_base_keeps_no_pause_without_a_reason(world: World, reason: str) -> None:
    ran(world.database, "customs")
    with pytest.raises(psycopg.errors.CheckViolation):
        pause(world, world.platform, why=reason)


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("sw_component_customs", "update lane set paused_at = null"),
        (
            "sw_component_customs",
            "insert into lane (partner, changed_at, paused_by) values ('customs', now(), '')",
        ),
        ("sw_component_customs", "select lane_resume('customs')"),
        ("sw_web", "update lane set paused_at = now()"),
        ("sw_web", "select paused_for from lane"),
        ("sw_web", "select paused_by from lane"),
        ("sw_web", "select lane_people('customs')"),
    ],
)
def test_neither_components_nor_pages_reach_it_otherwise(
    database: Database, role: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute(role, statement)


def test_a_partner_is_disconnected_once_for_good_until_it_is_connected_again(world: World) -> None:
    ran(world.database, "customs")
    assert pause(world, world.customs)
    on_duty(world.database, "disconnect")
    with pytest.raises(AssertionError):
        on_duty(world.database, "disconnect")
    assert not resume(world, world.customs), "an agency does not connect itself again"
    assert not resume(world, world.platform)
    for minding in (world.platform, world.customs):
        with world.serving(minding) as cursor:
            found = lanes.lane(viewer(minding), cursor, "customs", AT, 15)
        assert found is not None
        assert (found.disconnected, found.paused_by, found.paused_for) == (True, "on duty", WHY)
        assert found.unheard_since(AT + timedelta(days=9)) is None
    on_duty(world.database, "connect")
    rows = world.database.execute("postgres", "select paused_at, paused_for, disconnected from sw.lane")
    assert rows == [(None, None, False)]
    both = sorted({world.platform, world.customs})
    assert told(world.database)[1:] == [
        ("lane.disconnected", "on duty", both, WHY),
        ("lane.connected", "on duty", both, WHY),
    ]


@pytest.mark.parametrize(
    "statement", ["select lane_disconnect('customs', 'x', 'y', now())", "select lane_connect('customs')"]
)
def test_pages_and_programs_disconnect_nobody(database: Database, statement: str) -> None:
    ran(database, "customs")
    for role in ("sw_web", "sw_component_customs"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute(role, statement)


def test_of_a_partner_that_is_disconnected_nothing_is_tried(world: World) -> None:
    unfetched(world.database)
    world.database.execute("postgres", "update sw.lane set failures = 1")
    on_duty(world.database, "disconnect")
    assert not probe(world, world.platform)


async def test_nothing_is_claimed_while_it_rests_and_other_lanes_go_on(lane: Lane) -> None:
    ran(lane.database, "customs", "quarantine")
    first, second = lane.put(b"a"), put(lane.database, "quarantine", "k")
    on_duty(lane.database, "pause")
    assert await lane.ledger.claim(100, uuid4(), AT) == []
    dsn = lane.database.dsn("sw_component_quarantine")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        others = await Ledger(connection, "quarantine", "检疫").claim(100, uuid4(), AT)
        assert [one.message_id for one in others] == [str(second)]
    lane.anew()
    assert await lane.component.dispatch_once(lane.ledger) == 0, "after a restart too"
    on_duty(lane.database, "resume")
    assert [one.message_id for one in await lane.ledger.claim(100, uuid4(), AT)] == [str(first[0])]


async def test_what_was_taken_up_before_is_sent_to_its_end_and_answers_are_fetched(lane: Lane) -> None:
    ran(lane.database, "customs")
    lane.put(b"a")
    leased = await lane.ledger.claim(100, uuid4(), AT)
    on_duty(lane.database, "pause")
    assert await lane.ledger.sent(leased[0].batch_id, leased, [Answer("1", b"<a/>")], AT) == 1
    lane.wire.answers = [Inbound("2", b"<b/>")]
    assert await lane.component.collect_once(lane.ledger) == 1
    rows = lane.database.execute("postgres", "select source from sw.inbox order by id")
    assert rows == [("1",), ("2",)]


async def test_how_a_lane_fares_is_shown_beside_its_rest_and_ends_it_not(lane: Lane) -> None:
    ran(lane.database, "customs")
    on_duty(lane.database, "pause")
    await lane.ledger.show(Breaker(Retry(), 1, WIRE, AT), AT)
    rows = lane.database.execute("postgres", "select failures, paused_for from sw.lane")
    assert rows == [(1, WHY)]


async def sent(lane: Lane, *payloads: bytes) -> None:
    """Return once the partner has these."""
    for _ in range(500):
        if set(payloads) <= set(lane.wire.messages):
            return
        await asyncio.sleep(DUE_S / 500)


async def test_a_running_component_goes_on_at_once_when_resumed(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "POLL_S", 10 * DUE_S)
    ran(lane.database, "customs")
    on_duty(lane.database, "pause")
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    lane.put(b"a", b"b")
    lane.database.execute("sw_intake", "select pg_notify('outbox', 'customs')")
    await asyncio.sleep(0.7)
    assert lane.wire.sent == []
    on_duty(lane.database, "resume")
    await sent(lane, b"a", b"b")
    working.cancel()
    assert lane.wire.messages == [b"a", b"b"]


def test_a_trader_is_told_that_it_rests_and_not_why(world: World) -> None:
    seq = world.put("customs")
    ran(world.database, "customs")
    assert pause(world, world.platform)
    (submission, message) = world.database.execute(
        "postgres", "select submission_id, message from sw.outbox where seq = %s", seq
    )[0]
    described(world, submission, message)
    with world.serving(world.firm) as cursor:
        found = submission_status(viewer(world.firm), cursor, UUID(str(submission)))
    assert found is not None
    waiting = found["documents"][0]["waiting"]
    assert (waiting["reason"]["code"], waiting["next_try"]) == ("delivery.paused", None)
    assert "维护" not in str(found)


def cut(database: Database, *, wait: timedelta = timedelta(hours=1), partner: str = "customs") -> None:
    database.execute("postgres", CUT, partner, WIRE, datetime.now(UTC) + wait, AT, AT)


def due(database: Database) -> list[object]:
    """Whose next try is now, of those that wait."""
    rows = database.execute("postgres", "select order_key, ready_at <= now() from sw.outbox order by seq")
    return [key for key, is_due in rows if is_due]


def postponed(world: World, key: str, ready_at: datetime) -> None:
    seq = world.put("customs", attempts=1)
    world.database.execute(
        "postgres",
        "update sw.outbox set order_key = %s, ready_at = %s where seq = %s",
        key, ready_at, seq,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        ([("a", 3600), ("b", 3600)], ["a", "b"]),
        ([("bad", 7200), ("new", 0)], ["new"]),  # the lane's next try is somebody else's
        ([("bad", 7200)], ["bad"]),
        ([("bad", 7200), ("bad", 0)], ["bad", "bad"]),  # what stands behind another cannot go before it
        ([], []),
    ],
)
def test_what_would_be_tried_next_is_tried_now(
    world: World, waiting: list[tuple[str, int]], expected: list[str]
) -> None:
    cut(world.database)
    now = datetime.now(UTC)
    for key, wait_s in waiting:
        postponed(world, key, now + timedelta(seconds=wait_s))
    assert probe(world, world.customs)
    assert due(world.database) == expected
    assert world.database.execute("postgres", "select probe_at <= now() from sw.lane") == [(True,)]
    both = sorted({world.platform, world.customs})
    assert told(world.database) == [("lane.probed", "接口员", both, None)]


def test_a_partner_that_answers_is_not_tried_nor_one_whose_lane_rests(world: World) -> None:
    ran(world.database, "customs")
    assert not probe(world, world.platform)
    assert not probe(world, world.platform, "quarantine")
    world.database.execute("postgres", "delete from sw.lane")
    cut(world.database)
    assert pause(world, world.platform)
    assert not probe(world, world.platform)
    assert [verb for verb, *_ in told(world.database)] == ["lane.paused"]


def unfetched(database: Database, partner: str = "customs") -> None:
    database.execute(
        f"sw_component_{partner}",
        """insert into lane (partner, changed_at, fetch_failures, fetch_problem, unfetched_since)
           values (%s, %s, 9, %s, %s)""",
        partner, AT, WIRE, AT,
    )  # fmt: skip


@pytest.mark.parametrize("rests", [False, True])
def test_where_only_answers_are_not_fetched_that_is_tried_at_once(world: World, rests: bool) -> None:
    unfetched(world.database)
    later = datetime.now(UTC) + timedelta(hours=2)
    postponed(world, "a", later)
    assert not rests or pause(world, world.platform)
    assert not probe(world, world.firm)
    assert probe(world, world.customs)
    assert due(world.database) == [], "what is sent waits as it did"
    assert world.database.execute("postgres", "select probe_at from sw.lane") == [(None,)]
    assert told(world.database)[-1][0] == "lane.probed"


def test_of_a_lane_that_rests_nothing_is_sent_sooner_where_answers_are_looked_for(world: World) -> None:
    cut(world.database)
    postponed(world, "a", datetime.now(UTC) + timedelta(hours=2))
    world.database.execute("postgres", "update sw.lane set fetch_failures = 1")
    assert pause(world, world.platform)
    assert probe(world, world.platform)
    assert due(world.database) == []
    assert world.database.execute("postgres", "select probe_at <= now() from sw.lane") == [(False,)]


async def test_a_running_component_looks_for_answers_at_once_on_the_word(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its back-off is an hour, nothing is sent, and nothing but the word wakes it."""
    monkeypatch.setattr(component, "POLL_S", 10 * DUE_S)
    wired = lane.wire.fetch

    async def gone() -> list[Inbound]:
        raise Unreachable("HTTP 404")

    monkeypatch.setattr(lane.wire, "fetch", gone)
    retry = Retry(first_s=3600, factor=1, most_s=3600, attempts=4, breaker_failures=1)
    manifest = msgspec.structs.replace(lane.component.connector.manifest, retry=retry)
    lane.component.connector = msgspec.structs.replace(lane.component.connector, manifest=manifest)
    lane.component.clock = lambda: datetime.now(UTC)
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    failures = "select fetch_failures from sw.lane where fetch_failures > 0"
    while not lane.database.execute("postgres", failures):  # noqa: ASYNC110 - a table tells nobody
        await asyncio.sleep(DUE_S / 500)
    monkeypatch.setattr(lane.wire, "fetch", wired)
    on_duty(lane.database, "probe")
    for _ in range(500):
        if not lane.database.execute("postgres", failures):
            break
        await asyncio.sleep(DUE_S / 500)
    working.cancel()
    await asyncio.wait([working])
    assert lane.database.execute("postgres", "select fetch_failures, failures from sw.lane") == [(0, 0)]


async def test_a_running_component_tries_at_once_and_looks_for_answers(
    lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its back-off is an hour, and nothing but the word wakes it."""
    monkeypatch.setattr(component, "POLL_S", 10 * DUE_S)
    retry = Retry(first_s=3600, factor=1, most_s=3600, attempts=4, breaker_failures=1)
    lane.component.clock = lambda: datetime.now(UTC)
    lane.component.breaker = Breaker(retry)
    lane.wire.failures = [Unreachable("connection refused")]
    lane.put(b"a")
    working = asyncio.create_task(lane.component.run(lane.database.dsn("sw_component_customs")))
    failures = "select failures from sw.lane"
    while lane.database.execute("postgres", failures) != [(1,)]:  # noqa: ASYNC110 - a table tells nobody
        await asyncio.sleep(DUE_S / 500)
    assert len(lane.wire.sent) == 1
    on_duty(lane.database, "probe")
    await sent(lane, b"a")
    working.cancel()
    assert lane.wire.messages == [b"a"]
    assert lane.component.back.is_set()
