"""What a claim looks at grows with what it takes, and not with what waits or was sent before."""

from __future__ import annotations

import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import zstandard

from singlewindow.hub.exchange.ledger import Answer, Leased, Ledger
from singlewindow.hub.journal.looking_up import PLANNED_ONCE

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
TAKEN = 100
EACH = 5  # index entries for a message taken: where it waits, its lane's head, its row, its payload
ROUNDS = 8  # a driver prepares a statement at its sixth use; the plan is made by then
PAYLOAD = zstandard.compress(random.Random(7).randbytes(6000))  # a table of many pages
SENT = """insert into sw.message (submission_id, id, document_id, version, partner, kind, definition_version,
                                  message_id, reference, digest, payload, created_at, viewers)
          select gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, partner, 'k', '1', n::text, 'W',
                 sha256('x'), %s, now(), '{1}'
            from generate_series(1, 3000) n, unnest('{customs,quarantine,border,terminal}'::text[]) partner"""
WAITING = """insert into sw.outbox (submission_id, message, partner, order_key, ready_at, viewers)
             select submission_id, id, partner, message_id, now(), viewers from sw.message"""
PAUSED = """insert into sw.lane (partner, changed_at, paused_at, paused_by, paused_for)
            values ('customs', now(), now(), 'on duty', 'maintenance')"""
LOOKING = """select count(*) from pg_stat_activity
              where datname = current_database() and backend_xmin is not null and pid <> pg_backend_pid()"""
READ = "select coalesce(sum(idx_tup_read), 0)::int from pg_stat_user_indexes where schemaname = 'sw'"


@pytest.fixture
async def ledger(database: Any) -> AsyncIterator[Ledger]:
    """Customs' lane, whose statements were planned and carried out while nothing had been sent."""
    dsn = database.dsn("sw_component_customs")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, options=PLANNED_ONCE) as own:
        ledger = Ledger(own, "customs", "海关")
        for _ in range(ROUNDS):
            assert not await ledger.claim(TAKEN, uuid4(), AT)
        yield ledger


@pytest.fixture
def forgotten(database: Any) -> None:
    """A queue that was used, emptied and vacuumed: nothing is left of the table, and any index is as good."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as owner:
        waiting(owner)
        owner.execute("analyze sw.message, sw.outbox")
        owner.execute("delete from sw.outbox")
        nobody_looks_back(owner)
        owner.execute("vacuum analyze sw.outbox")
    assert database.execute("postgres", "select pg_relation_size('sw.outbox')") == [(0,)]


@pytest.fixture
def many(database: Any, ledger: Ledger) -> Any:
    """Twelve thousand messages waiting, in a table not counted yet and one counted while nothing waited."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as owner:
        waiting(owner)
        owner.execute("delete from sw.outbox where seq < 12000")
        nobody_looks_back(owner)
        owner.execute("vacuum sw.outbox")  # believed empty from now on
        owner.execute("delete from sw.outbox")
        owner.execute(WAITING)
    return database


def waiting(owner: psycopg.Connection[Any]) -> None:
    """Twelve thousand messages, three thousand for each of four partners."""
    owner.execute(SENT, [PAYLOAD])
    owner.execute(WAITING)


def nobody_looks_back(owner: psycopg.Connection[Any]) -> None:
    """What the server counts by itself sees the rows from before it began, and no vacuum takes them away."""
    while owner.execute(LOOKING).fetchone() != (0,):
        time.sleep(0.05)


async def read(database: Any, ledger: Ledger) -> int:
    """Index entries that statements have read so far, the ledger's own among them."""
    await ledger.connection.execute("select pg_stat_force_next_flush()")
    return int(database.execute("postgres", READ)[0][0])


async def claimed(database: Any, ledger: Ledger) -> tuple[list[Leased], int]:
    before = await read(database, ledger)
    leased = await ledger.claim(TAKEN, uuid4(), AT)
    return leased, await read(database, ledger) - before


async def test_a_claim_reads_what_it_takes_alone(many: Any, ledger: Ledger) -> None:
    leased, entries = await claimed(many, ledger)
    assert len(leased) == TAKEN
    assert TAKEN <= entries <= EACH * TAKEN


@pytest.mark.usefixtures("forgotten")
async def test_nor_by_a_plan_made_when_the_queue_had_been_emptied(ledger: Ledger, database: Any) -> None:
    database.execute("postgres", WAITING)
    leased, entries = await claimed(database, ledger)
    assert len(leased) == TAKEN
    assert TAKEN <= entries <= EACH * TAKEN


async def test_a_paused_lane_is_not_looked_through(many: Any, ledger: Ledger) -> None:
    many.execute("postgres", PAUSED)
    leased, entries = await claimed(many, ledger)
    assert leased == []
    assert entries <= EACH


async def test_nor_does_it_walk_over_what_was_sent_since_the_tables_were_counted(
    many: Any, ledger: Ledger
) -> None:
    many.execute("postgres", "delete from sw.outbox where order_key::int <= 2800")
    leased, entries = await claimed(many, ledger)
    assert len(leased) == TAKEN
    assert entries <= EACH * TAKEN + 2800  # the entries of what is gone, once, until they are vacuumed


async def test_what_was_sent_is_forgotten_by_its_keys(many: Any, ledger: Ledger) -> None:
    leased, _ = await claimed(many, ledger)
    before = await read(many, ledger)
    assert await ledger.sent(leased[0].batch_id, leased, [Answer("1", b"<a/>")], AT) == TAKEN
    assert await read(many, ledger) - before <= EACH * TAKEN
