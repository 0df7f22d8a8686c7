"""What is imported in one process is in force in another, and nothing is read that did not change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.standards import following, storing
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.following import LiveLists
from singlewindow.hub.standards.storing import Edition
from singlewindow.hub.standards.tables import read_table
from singlewindow.kernel.messages import Actor

pytestmark = pytest.mark.database
AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
ON = AT.date()
ACTOR = Actor("system", "test", "Test")


@pytest.fixture
def engine(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.dsn("sw_engine"), autocommit=True) as connection:
        yield connection


def imported(engine: psycopg.Connection[Any], list_id: str, text: str) -> None:
    edition = Edition(list_id, "table.csv", text.encode(), "official", ON)
    table = read_table(edition.data)
    with engine.transaction():
        changes = storing.plan_import(engine, edition, table)
        storing.import_table(engine, ACTOR, edition, table, changes, AT)


async def test_a_store_as_shipped_replaces_nothing(database: Database) -> None:
    shipped = load()
    lists = LiveLists(shipped, database.dsn("sw_intake"))
    assert lists.edition == 0
    async with await database.connect("sw_intake") as connection:
        await lists.refresh(connection)
    assert lists.current is shipped
    assert lists.edition >= len(shipped)


async def test_only_a_changed_list_is_read_again(
    database: Database, engine: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = LiveLists(load(), database.dsn("sw_intake"), lambda: AT)
    asked: list[tuple[str, ...]] = []
    read = following.read_lists

    def watched(connection: Any, *only: str) -> Any:
        asked.append(only)
        return read(connection, *only)

    async with await database.connect("sw_intake") as connection:
        await connection.set_autocommit(True)
        await lists.refresh(connection)
        monkeypatch.setattr(following, "read_lists", watched)
        before, edition = lists.current, lists.edition
        await lists.refresh(connection)
        assert asked == []
        imported(engine, "packing_groups", "code,name\n1,一\n9,九\n")
        await lists.refresh(connection)
    assert asked == [("packing_groups",)]
    assert lists.edition > edition
    assert lists.current["packing_groups"].active(ON) == {"1", "9"}
    assert {each for each in before if lists.current[each] is not before[each]} == {"packing_groups"}


async def test_two_processes_that_know_the_same_have_the_same_edition(
    database: Database, engine: psycopg.Connection[Any]
) -> None:
    early, late = (LiveLists(load(), database.dsn(role)) for role in ("sw_intake", "sw_web"))
    async with await database.connect("sw_intake") as connection:
        await connection.set_autocommit(True)
        await early.refresh(connection)
        imported(engine, "packing_groups", "code,name\n1,一\n9,九\n")
        await early.refresh(connection)
        await late.refresh(connection)
    assert early.edition == late.edition > 0


async def test_before_midnight_the_next_day_is_ready(database: Database) -> None:
    at = [AT]
    lists = LiveLists(load(), database.dsn("sw_intake"), lambda: at[0])
    async with await database.connect("sw_intake") as connection:
        await lists.refresh(connection)
        assert lists.current["units"]._active.keys() == {ON, ON + timedelta(days=1)}
        at[0] += timedelta(days=1)
        await lists.refresh(connection)
    assert ON + timedelta(days=2) in lists.current["units"]._active


async def test_a_store_that_does_not_answer_leaves_what_was_known(database: Database) -> None:
    lists = LiveLists(load(), "host=/nowhere dbname=none")
    before = lists.current
    async with await database.connect("sw_intake") as connection:
        with pytest.raises(psycopg.OperationalError):
            await lists.refresh(connection)
    assert (lists.current, lists.edition) == (before, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "update code set name_en = 'x' where list = 'units' and code = '035'",
        "delete from code where list = 'units' and code = '035'",
        "insert into code (list, code, place, name_zh, name_en, source) values ('units', 'X', 1, '', '', '')",
        "update code_list set name_zh = '单位' where id = 'units'",
    ],
)
def test_every_change_of_a_list_raises_its_revision_alone(
    engine: psycopg.Connection[Any], statement: str
) -> None:
    before = dict(engine.execute(storing.QUERIES["read_revisions"]).fetchall())
    engine.execute(statement)  # type: ignore[call-overload]
    after = dict(engine.execute(storing.QUERIES["read_revisions"]).fetchall())
    assert {each for each in after if after[each] > before[each]} == {"units"}
