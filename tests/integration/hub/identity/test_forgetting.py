"""What is kept for a time is forgotten when it is over, oldest first, a bounded number at a time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from database import Database
from singlewindow.hub.identity import forgetting
from singlewindow.hub.identity.forgetting import all_due, once

pytestmark = pytest.mark.database
NOW = datetime(2026, 12, 31, 8, tzinfo=UTC)
KEPT, COUNTED = forgetting.KEPT["answers"], forgetting.KEPT["failures"]
KEEP = "insert into sw.api_answer values (%s, %s, decode(repeat('00', 32), 'hex'), 200, '{}', %s)"
FAIL = "insert into sw.sign_in_failure values (%s, %s, 1, %s)"
BEGIN = "insert into sw.session values (sha256(%s), '', %s)"


def answered(database: Database, key: str, ago: timedelta, party: int = 7) -> None:
    database.execute("postgres", KEEP, party, key, NOW - ago)


def keys(database: Database) -> list[str]:
    return [key for (key,) in database.execute("postgres", "select key from sw.api_answer order by key")]


async def test_an_answer_is_kept_as_long_as_its_key_is_promised(database: Database) -> None:
    for key, ago in (("young", timedelta(0)), ("just", KEPT), ("over", KEPT + timedelta(seconds=1))):
        answered(database, key, ago)
    answered(database, "another's", 2 * KEPT, party=8)
    async with await database.connect("sw_engine") as connection:
        assert await all_due(connection, "answers", lambda: NOW) == 2
        assert await all_due(connection, "answers", lambda: NOW) == 0
    assert keys(database) == ["just", "young"]


async def test_a_batch_is_bounded_and_takes_the_oldest(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST", 2)
    for day in range(5):
        answered(database, f"k{day}", KEPT + timedelta(days=5 - day))
    async with await database.connect("sw_engine") as connection:
        assert await once(connection, "answers", lambda: NOW) == 2
        assert keys(database) == ["k2", "k3", "k4"]
        assert await all_due(connection, "answers", lambda: NOW) == 3
    assert keys(database) == []


async def test_the_task_forgets_until_it_is_stopped(database: Database) -> None:
    task = asyncio.create_task(forgetting.run(database.dsn("sw_engine"), lambda: NOW, every=0.05))
    for key in ("first", "second"):  # the second comes when a round is over
        answered(database, key, 2 * KEPT)
        async with asyncio.timeout(60):
            while keys(database):  # noqa: ASYNC110 - a table tells nobody
                await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.fixture
def person(database: Database) -> int:
    add = "insert into sw.person (login, name, password_hash) values ('yi', '乙', 'x') returning id"
    number: int = database.execute("postgres", add)[0][0]
    return number


async def test_failures_and_sessions_are_forgotten_when_they_count_no_more(
    database: Database, person: int
) -> None:
    for name, at in (("over", NOW - COUNTED - timedelta(seconds=1)), ("young", NOW + timedelta(seconds=1))):
        database.execute("postgres", FAIL, person, name, at)
        database.execute("postgres", BEGIN, name.encode(), at)
    async with await database.connect("sw_engine") as connection:
        for what in ("failures", "sessions"):
            assert await all_due(connection, what, lambda: NOW) == 1
    assert database.execute("postgres", "select origin from sw.sign_in_failure") == [("young",)]
    left = database.execute("postgres", "select key = sha256('young') from sw.session")
    assert left == [(True,)]


async def test_a_batch_of_failures_and_of_sessions_is_bounded_too(
    database: Database, person: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "MOST", 2)
    for days in range(2, 7):
        database.execute("postgres", FAIL, person, f"d{days}", NOW - timedelta(days=days))
        database.execute("postgres", BEGIN, b"%d" % days, NOW - timedelta(days=days))
    async with await database.connect("sw_engine") as connection:
        for what in ("failures", "sessions"):
            assert await once(connection, what, lambda: NOW) == 2
    left = database.execute("postgres", "select origin from sw.sign_in_failure order by since desc")
    assert left == [("d2",), ("d3",), ("d4",)]
    assert database.execute("postgres", "select count(*) from sw.session") == [(3,)]


async def test_who_forgets_reads_nothing_and_nobody_else_forgets(database: Database) -> None:
    answered(database, "over", 2 * KEPT)
    async with await database.connect("sw_engine") as engine:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await engine.execute("select body from api_answer")
    for role in ("sw_web", "sw_intake"):
        async with await database.connect(role) as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute("delete from api_answer")
    assert keys(database) == ["over"]
