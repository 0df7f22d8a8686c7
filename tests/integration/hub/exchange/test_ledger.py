"""A component's view of the ledger, through its own role, under row-level security."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest
import zstandard

from singlewindow.hub.exchange.ledger import Answer, Ledger

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def put(database: Any, partner: str, order_key: str, payload: bytes = b"<m/>") -> UUID:
    """One message waiting in a lane, as a door would leave it."""
    submission, message = uuid4(), uuid4()
    database.execute(
        "sw_intake",
        """with m as (
             insert into message (submission_id, id, document_id, version, partner, kind, definition_version,
                                  message_id, reference, digest, payload, created_at, viewers)
             values (%s, %s, %s, 1, %s, 'k', '1', %s, 'W1', %s, %s, now(), '{1}'))
           insert into outbox (submission_id, message, partner, order_key, ready_at, viewers)
           values (%s, %s, %s, %s, now(), '{1}')""",
        submission, message, uuid4(), partner, str(message), hashlib.sha256(payload).digest(),
        zstandard.compress(payload), submission, message, partner, order_key,
    )  # fmt: skip
    return message


async def ledger_of(database: Any, partner: str) -> Ledger:
    connection = await psycopg.AsyncConnection.connect(
        database.dsn(f"sw_component_{partner}"), autocommit=True
    )
    return Ledger(connection, partner, partner)


@pytest.fixture
async def customs(database: Any) -> Any:
    ledger = await ledger_of(database, "customs")
    yield ledger
    await ledger.connection.close()


async def test_a_component_sees_its_own_lane_only(database: Any, customs: Ledger) -> None:
    put(database, "quarantine", "a")
    mine = put(database, "customs", "b", b"<mine/>")
    leased = await customs.claim(100, uuid4(), AT)
    assert [(one.message_id, one.payload) for one in leased] == [(str(mine), b"<mine/>")]


async def test_only_the_head_of_each_lane_is_leased(database: Any, customs: Ledger) -> None:
    first = put(database, "customs", "same")
    second = put(database, "customs", "same")
    other = put(database, "customs", "other")
    leased = await customs.claim(100, uuid4(), AT)
    assert [one.message_id for one in leased] == [str(first), str(other)]
    assert await customs.claim(100, uuid4(), AT) == []
    assert await customs.sent(uuid4(), leased, [], AT) == 2
    assert [one.message_id for one in await customs.claim(100, uuid4(), AT)] == [str(second)]


async def test_a_lease_that_ended_is_taken_over_and_the_late_holder_finishes_nothing(
    database: Any, customs: Ledger
) -> None:
    put(database, "customs", "a")
    late = await customs.claim(100, uuid4(), AT)
    database.execute("postgres", "update sw.outbox set leased_until = now() - interval '1 s'")
    newer = await customs.claim(100, uuid4(), AT)
    assert newer[0].token > late[0].token
    assert await customs.sent(uuid4(), late, [], AT) == 0
    assert await customs.sent(uuid4(), newer, [], AT) == 1


@pytest.mark.parametrize("act", ["bury", "postpone", "unanswered", "split"])
async def test_the_late_holder_of_a_lease_changes_nothing(database: Any, customs: Ledger, act: str) -> None:
    put(database, "customs", "a")
    late = await customs.claim(100, uuid4(), AT)
    database.execute("postgres", "update sw.outbox set leased_until = now() - interval '1 s'")
    await customs.claim(100, uuid4(), AT)
    before = database.execute("postgres", "select * from sw.outbox")
    given: dict[str, tuple[Any, ...]] = {
        "bury": ("late",),
        "postpone": (0.0, "late"),
        "split": ([uuid4() for _ in late], AT),
    }
    await getattr(customs, act)(late, *given.get(act, ()))
    assert database.execute("postgres", "select * from sw.outbox") == before


async def test_what_a_person_had_sent_again_has_not_been_left_unanswered(
    database: Any, customs: Ledger
) -> None:
    put(database, "customs", "a")
    await customs.unanswered(await customs.claim(100, uuid4(), AT))
    database.execute("postgres", "update sw.outbox set leased_until = null")
    (again,) = await customs.claim(100, uuid4(), AT)
    assert (again.attempts, again.unanswered) == (2, 1)
    database.execute("postgres", "update sw.outbox set leased_until = null, attempts = 0")  # as a replay does
    (anew,) = await customs.claim(100, uuid4(), AT)
    assert (anew.attempts, anew.unanswered) == (1, 0)


async def test_what_a_killed_component_had_leased_goes_on_at_once_as_it_was(database: Any) -> None:
    put(database, "customs", "a")
    put(database, "customs", "b")
    killed = await ledger_of(database, "customs")
    assert await killed.take_back() == 0
    held = await killed.claim(100, uuid4(), AT)
    await killed.connection.close()
    put(database, "customs", "c")
    async with (await ledger_of(database, "customs")).connection as connection:
        again = Ledger(connection, "customs", "customs")
        assert await taken_back(again) == 2
        assert await again.claim(100, uuid4(), AT) == [
            msgspec.structs.replace(one, token=one.token + 1, attempts=2) for one in held
        ]


async def taken_back(ledger: Ledger) -> int:
    """The server notices within a moment that the other is gone."""
    for _ in range(100):
        if taken := await ledger.take_back():
            return taken
        await asyncio.sleep(0.05)
    return 0


async def test_leases_of_a_component_that_lives_are_nobody_elses(database: Any, customs: Ledger) -> None:
    put(database, "customs", "a")
    put(database, "quarantine", "a")
    await customs.take_back()
    assert len(await customs.claim(100, uuid4(), AT)) == 1
    async with (await ledger_of(database, "customs")).connection as connection:
        second = Ledger(connection, "customs", "customs")
        assert await second.take_back() == 0
        assert await second.claim(100, uuid4(), AT) == []
    async with (await ledger_of(database, "quarantine")).connection as connection:
        other = Ledger(connection, "quarantine", "quarantine")
        assert len(await other.claim(100, uuid4(), AT)) == 1
        assert await other.take_back() == 1, "another partner's lane is another lock"


async def test_postponed_messages_wait_and_say_why(database: Any, customs: Ledger) -> None:
    put(database, "customs", "a")
    await customs.postpone(await customs.claim(100, uuid4(), AT), 3600, "no answer")
    assert await customs.claim(100, uuid4(), AT) == []
    row = database.execute("postgres", "select problem, attempts, ready_at > now() from sw.outbox")
    assert row == [("no answer", 1, True)]


async def test_a_dead_letter_is_kept_and_blocks_nothing(database: Any, customs: Ledger) -> None:
    put(database, "customs", "same")
    following = put(database, "customs", "same")
    await customs.bury(await customs.claim(1, uuid4(), AT), "件数不符")
    assert [one.message_id for one in await customs.claim(100, uuid4(), AT)] == [str(following)]
    assert database.execute("postgres", "select problem from sw.outbox where state = 1") == [("件数不符",)]


async def test_an_answer_fetched_twice_is_kept_once(database: Any, customs: Ledger) -> None:
    answer = Answer("r1.xml", b"<receipt/>")
    await customs.keep([answer], AT)
    await customs.keep([answer], AT)
    assert database.execute("postgres", "select source, state from sw.inbox") == [("r1.xml", 0)]


async def test_a_new_answer_wakes_the_worker_and_is_counted_a_known_one_neither(
    database: Any, customs: Ledger
) -> None:
    put(database, "customs", "a")
    leased = await customs.claim(100, uuid4(), AT)
    first, second = Answer("1", b"<a/>"), Answer("2", b"<b/>", problem="not XML")
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True) as worker:
        await worker.execute("listen inbox")
        await customs.sent(leased[0].batch_id, leased, [first], AT)
        await customs.keep([first, second], AT)
        assert len([one async for one in worker.notifies(timeout=5, stop_after=2)]) == 2
        await customs.keep([second, first], AT)
        assert [one async for one in worker.notifies(timeout=0.2)] == []
    counted = "select sent, failed, answered, answered_at from sw.lane_minute"
    assert database.execute("postgres", counted) == [(1, 0, 2, AT)]
    kept = "select source, state, problem from sw.inbox order by id"
    assert database.execute("postgres", kept) == [("1", 0, ""), ("2", 1, "not XML")]


async def test_what_the_last_half_second_of_a_minute_carried_is_counted_in_it(
    database: Any, customs: Ledger
) -> None:
    last = AT + timedelta(seconds=59, milliseconds=700)
    await customs.keep([Answer("1", b"<a/>")], last)
    await customs.keep([Answer("2", b"<b/>")], last + timedelta(milliseconds=500))
    rows = database.execute("postgres", "select minute, answered from sw.lane_minute order by minute")
    assert rows == [(AT, 1), (AT + timedelta(minutes=1), 1)]


async def test_what_a_newer_lease_took_is_left_to_it_and_the_rest_is_done(
    database: Any, customs: Ledger
) -> None:
    ids = [str(put(database, "customs", key)) for key in "abc"]
    leased = await customs.claim(100, uuid4(), AT)
    database.execute("postgres", "update sw.outbox set token = token + 1 where seq = %s", leased[1].seq)
    assert await customs.sent(leased[0].batch_id, leased, [Answer("1", b"<a/>")], AT) == 2
    left = database.execute("postgres", "select seq from sw.outbox")
    assert left == [(leased[1].seq,)]
    (told,) = database.execute(
        "postgres", "select convert_from(content, 'UTF8')::jsonb -> 'messages' from sw.journal_entry"
    )
    assert told[0] == [ids[0], ids[2]]
    assert database.execute("postgres", "select count(*) from sw.inbox") == [(1,)]


async def test_a_batch_is_journalled_once_with_its_messages(database: Any, customs: Ledger) -> None:
    ids = {str(put(database, "customs", key)) for key in "abc"}
    await customs.sent(uuid4(), await customs.claim(100, uuid4(), AT), [], AT)
    rows = database.execute(
        "postgres", "select actor_id, verb, convert_from(content, 'UTF8')::jsonb from sw.journal_entry"
    )
    assert [(who, verb) for who, verb, _ in rows] == [("customs", "message.sent")]
    assert set(rows[0][2]["messages"]) == ids


async def test_a_component_cannot_write_in_another_name(database: Any) -> None:
    quarantine = await ledger_of(database, "quarantine")
    async with quarantine.connection:
        forged = Ledger(quarantine.connection, "customs", "customs")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await forged.keep([Answer("x", b"x")], AT)
