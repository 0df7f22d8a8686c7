"""Every committed entry gets one position, whatever commits late, rolls back or dies."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import suppress
from uuid import UUID

import psycopg
import pytest

from database import Database
from integration.hub.journal import journal
from singlewindow.hub.journal import sequencer as sequencing
from singlewindow.hub.journal import tiles
from singlewindow.hub.journal.entry import entry
from singlewindow.hub.journal.sequencer import Sequencer, run
from singlewindow.hub.journal.verify import verify
from singlewindow.kernel.crypto.merkle import root

pytestmark = pytest.mark.database
GAPS = "select first, last from journal_gap order by first"
HELD = "select from pg_locks where locktype = 'advisory' and granted and objid = %s"


def gaps(database: Database) -> list[tuple[object, ...]]:
    return database.execute("sw_engine", GAPS)


async def verified(database: Database) -> int:
    """The journal verifies; its size."""
    async with await database.connect("sw_engine") as connection:
        report = await verify(connection, keys=journal.KEYS)
    assert report.problems == []
    return report.size


async def test_entries_are_numbered_in_the_order_of_their_ids(database: Database) -> None:
    clock = journal.Clock()
    await journal.committed(database, journal.entries(range(10)))
    assert await journal.sequenced(database, clock, limit=4) == 4
    assert await journal.sequenced(database, clock) == 6
    assert await journal.sequenced(database, clock) == 0
    assert journal.order(database) == list(range(10))
    assert journal.positions(database) == list(range(10))


async def test_a_late_commit_fills_its_gap(database: Database) -> None:
    clock = journal.Clock()
    async with await database.connect("sw_intake") as late:
        await journal.write(late, journal.entries(range(5)))
        await journal.committed(database, journal.entries(range(5, 8)))
        assert await journal.sequenced(database, clock) == 3
        assert gaps(database) == [(1, 5)]
        clock.pass_(3600)
        assert await journal.sequenced(database, clock) == 0
        assert gaps(database) == [(1, 5)], "its writer is still open, however old the gap"
        await late.commit()
        assert await journal.sequenced(database, clock, limit=2) == 2
        assert gaps(database) == [(3, 5)]
        assert await journal.sequenced(database, clock) == 3
    assert gaps(database) == []
    assert journal.order(database) == [5, 6, 7, 0, 1, 2, 3, 4]


async def test_a_rolled_back_gap_is_given_up_after_its_rest(database: Database) -> None:
    clock = journal.Clock()
    async with await database.connect("sw_intake") as failing:
        await journal.write(failing, journal.entries(range(3)))
        await journal.committed(database, journal.entries([3]))
        assert await journal.sequenced(database, clock) == 1
        await failing.rollback()
    assert await journal.sequenced(database, clock) == 0
    assert gaps(database) == [(1, 3)]
    clock.pass_(11)
    assert await journal.sequenced(database, clock) == 0
    assert gaps(database) == []
    assert await verified(database) == 1


async def test_a_transaction_elsewhere_delays_nothing(database: Database) -> None:
    with psycopg.connect(database.configuration.dsn("postgres", "postgres")) as forgotten:
        forgotten.execute("create temporary table written (n int) on commit drop")
        await journal.committed(database, journal.entries(range(4)))
        assert await journal.sequenced(database, journal.Clock()) == 4


async def test_an_aborted_pass_leaves_nothing_and_is_repeated(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = journal.Clock()
    await journal.committed(database, journal.entries(range(600)))

    async def killed(*_: object) -> None:
        raise ConnectionAbortedError

    async with await database.connect("sw_engine") as connection:
        await connection.set_autocommit(True)
        pass_ = Sequencer(connection, clock)
        monkeypatch.setattr(sequencing, "_announce", killed)
        with pytest.raises(ConnectionAbortedError):
            await pass_.once()
        assert journal.positions(database) == []
        monkeypatch.undo()
        assert await pass_.once() == 600
        await pass_.sign(journal.SIGNER, sequencing.EVERY)
    assert await verified(database) == 600


async def test_a_sequencer_that_lost_the_lead_notices(database: Database) -> None:
    clock = journal.Clock()
    async with await database.connect("sw_engine") as connection:
        await connection.set_autocommit(True)
        first = Sequencer(connection, clock)
        await journal.committed(database, journal.entries(range(300)))
        assert await first.once() == 300
        await journal.committed(database, journal.entries(range(300, 700)))
        assert await journal.sequenced(database, clock) == 400
        await journal.committed(database, journal.entries(range(700, 710)))
        assert await first.once() == 10
        await first.sign(journal.SIGNER, sequencing.EVERY)
    assert await verified(database) == 710


async def test_one_leads_while_the_others_number_nothing(database: Database) -> None:
    await journal.committed(database, journal.entries([1]))
    async with await database.connect("sw_engine") as leader:
        await leader.execute("select pg_advisory_lock(%s)", [sequencing.LOCK])
        assert await journal.sequenced(database, journal.Clock()) == 0
    assert await journal.sequenced(database, journal.Clock()) == 1


async def test_checkpoints_come_at_most_every_minute_and_only_with_news(database: Database) -> None:
    clock = journal.Clock()
    async with await database.connect("sw_engine") as connection:
        await connection.set_autocommit(True)
        sequencer = Sequencer(connection, clock)
        assert not await sequencer.sign(journal.SIGNER, sequencing.EVERY)
        signed = []
        for number, seconds in enumerate([0, 59, 1, 0, 61]):
            clock.pass_(seconds)
            if number != 3:
                await journal.committed(database, journal.entries([number]))
            await sequencer.once()
            signed.append(await sequencer.sign(journal.SIGNER, sequencing.EVERY))
    assert signed == [True, False, True, False, True]
    sizes = database.execute("sw_engine", "select size from journal_checkpoint order by size")
    assert sizes == [(1,), (3,), (4,)]
    assert await verified(database) == 4


async def test_a_clock_that_was_ahead_and_is_set_right_stops_no_checkpoints(database: Database) -> None:
    clock = journal.Clock()
    async with await database.connect("sw_engine") as connection:
        await connection.set_autocommit(True)
        sequencer = Sequencer(connection, clock)
        signed = []
        for number, seconds in enumerate([86_400, -86_400, 1]):
            clock.pass_(seconds)
            await journal.committed(database, journal.entries([number]))
            await sequencer.once()
            signed.append(await sequencer.sign(journal.SIGNER, sequencing.EVERY))
    assert signed == [True, True, False], "and then once a minute as ever"
    assert await verified(database) == 3


async def test_what_was_touched_is_announced_with_all_its_viewers(database: Database) -> None:
    async with await database.connect("sw_web") as listener:
        await listener.set_autocommit(True)
        await listener.execute("listen journal")
        await journal.committed(database, journal.entries([1], (1,)) + journal.entries([2], (7, 1)))
        await journal.sequenced(database, journal.Clock())
        async for notice in listener.notifies(timeout=5, stop_after=1):
            said = json.loads(notice.payload)
    submission = "00000000-0000-0000-0000-000000000000"
    assert said == {"position": 1, "submissions": [[submission, [1, 7]]]}


async def test_what_a_container_does_at_a_gate_is_announced_under_the_container(database: Database) -> None:
    box, person = UUID(int=77), UUID(int=78)
    made = [
        entry(
            at=journal.START, actor=journal.SYSTEM, verb="gate.passed", subject_kind=kind, subject_id=subject,
            submission_id=None, content={}, viewers=(7,),
        )
        for kind, subject in (("gate", box), ("person", person))
    ]  # fmt: skip
    async with await database.connect("sw_web") as listener:
        await listener.set_autocommit(True)
        await listener.execute("listen journal")
        await journal.committed(database, made)
        await journal.sequenced(database, journal.Clock())
        async for notice in listener.notifies(timeout=5, stop_after=1):
            said = json.loads(notice.payload)
    assert said == {"position": 1, "submissions": [[str(box), [7]]]}


async def test_a_tree_of_several_levels_is_loaded_from_its_edge(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaves = [n.to_bytes(32, "big") for n in range(256 * 256 + 300)]
    packed = b"".join(leaves)
    database.execute(
        "postgres",
        """set search_path = sw; set session_replication_role = replica; insert into journal_position
        select n, n + 1, decode(lpad(to_hex(n), 64, '0'), 'hex') from generate_series(0, 65835) n""",
    )
    assert len(packed) == 32 * 65836
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        tree = tiles.Tree()
        await tiles.keep(cursor, tree.extend(leaves))
        loaded = await tiles.load(cursor, len(leaves))
        assert loaded.edge == tree.edge
        assert loaded.root() == root(leaves)
        with pytest.raises(tiles.IncompleteError):
            await tiles.load(cursor, len(leaves) + 1)


async def writer(database: Database, chance: random.Random, numbers: list[int], kept: set[int]) -> None:
    """Commits and rolls back batches, with pauses in which others overtake."""
    async with await database.connect("sw_intake") as connection:
        while numbers:
            batch = [numbers.pop() for _ in range(min(len(numbers), chance.randint(1, 9)))]
            await journal.write(connection, journal.entries(batch))
            await asyncio.sleep(chance.random() * 0.02)
            if chance.random() < 0.25:
                await connection.rollback()
            else:
                await connection.commit()
                kept.update(batch)


async def killer(database: Database, chance: random.Random, stop: asyncio.Event) -> int:
    """Terminates whoever leads, again and again."""
    killed = 0
    query = """select pg_terminate_backend(pid) from pg_locks
    where locktype = 'advisory' and granted and objid = %s"""
    while not stop.is_set():
        await asyncio.sleep(0.05 + chance.random() * 0.1)
        killed += len(database.execute("postgres", query, sequencing.LOCK & 0xFFFFFFFF))
    return killed


async def test_nothing_is_lost_or_doubled_when_leaders_are_killed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    monkeypatch.setattr(sequencing, "SLOWEST", 0.05)
    clock, kept, stop, calm = journal.Clock(), set[int](), asyncio.Event(), asyncio.Event()
    candidates = [
        asyncio.create_task(run(database.dsn("sw_engine"), clock=clock, signer=journal.SIGNER, stop=stop))
        for _ in range(3)
    ]
    killing = asyncio.create_task(killer(database, chance, calm))
    shares = [list(range(share, 900, 3)) for share in range(3)]
    await asyncio.gather(*(writer(database, chance, share, kept) for share in shares))
    calm.set()
    killed = await killing
    await journal.until(lambda: len(journal.positions(database)) == len(kept))
    await journal.committed(database, journal.entries([9999]))
    await journal.until(lambda: len(journal.positions(database)) == len(kept) + 1)
    stop.set()
    await asyncio.gather(*candidates)
    assert killed > 0
    assert sorted(journal.order(database)) == sorted({*kept, 9999})
    assert await verified(database) == len(kept) + 1
    signed = database.execute("sw_engine", "select max(size) from journal_checkpoint")
    assert signed == [(len(kept) + 1,)], "the last entry is signed at stop"


async def test_the_loop_survives_the_loss_of_its_server_connection(database: Database) -> None:
    stop = asyncio.Event()
    dsn = psycopg.conninfo.make_conninfo(database.dsn("sw_engine"), host="/nowhere")
    task = asyncio.create_task(run(dsn, clock=journal.Clock(), signer=journal.SIGNER, stop=stop))
    await asyncio.sleep(0.1)
    assert not task.done()
    stop.set()
    async with asyncio.timeout(60):
        await task


async def test_a_cancelled_leader_frees_the_lock(database: Database) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(
        run(database.dsn("sw_engine"), clock=journal.Clock(), signer=journal.SIGNER, stop=stop)
    )
    await asyncio.sleep(0.2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await journal.committed(database, journal.entries([1]))
    await journal.until(lambda: not database.execute("sw_engine", HELD, sequencing.LOCK & 0xFFFFFFFF))
    assert await journal.sequenced(database, journal.Clock()) == 1
    async with await database.connect("sw_engine") as connection:
        assert (await verify(connection, keys=journal.KEYS)).size == 1
