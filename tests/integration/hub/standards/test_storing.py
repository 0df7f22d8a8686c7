"""Shipped lists come with every migration; official tables stay over them and are told to the journal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.standards import storing
from singlewindow.hub.standards.codelists import Code, CodeList, Standing, load
from singlewindow.hub.standards.storing import Edition
from singlewindow.hub.standards.tables import read_table
from singlewindow.kernel.messages import Actor, Text

pytestmark = pytest.mark.database
AT = datetime(2026, 1, 1, 8, tzinfo=UTC)
ON = AT.date()
ACTOR = Actor("system", "test", "Test")


@pytest.fixture
def engine(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        with connection.transaction():
            storing.load_into(connection)
        yield connection


def imported(engine: psycopg.Connection[Any], list_id: str, text: str, on: date = ON) -> dict[str, int]:
    edition = Edition(list_id, "table.csv", text.encode(), "official", on)
    table = read_table(edition.data)
    with engine.transaction():
        changes = storing.plan_import(engine, edition, table)
        storing.import_table(engine, ACTOR, edition, table, changes, AT)
    return changes.counts()


def test_what_is_shipped_is_what_is_read(engine: psycopg.Connection[Any]) -> None:
    shipped, kept = load(), storing.read_lists(engine)
    assert kept.keys() == shipped.keys()
    for list_id, listing in shipped.items():
        assert (kept[list_id].name, kept[list_id].source) == (listing.name, listing.source)
        assert kept[list_id].codes == listing.codes


def test_loading_again_changes_nothing(engine: psycopg.Connection[Any]) -> None:
    rows = "select xmin::text, list || code from code union all select xmin::text, id from code_list"
    before = engine.execute(rows).fetchall()
    with engine.transaction():
        storing.load_into(engine)
    assert set(engine.execute(rows).fetchall()) == set(before)


def test_a_new_release_replaces_what_it_shipped(engine: psycopg.Connection[Any]) -> None:
    lists = load()
    lists["packing_groups"] = CodeList(
        "packing_groups",
        Text("新名", "New name"),
        Text("某", "Some"),
        [Code("1", Text("一", "One"), source="x")],
    )
    with engine.transaction():
        storing.load_into(engine, lists)
    found = storing.read_lists(engine, "packing_groups")["packing_groups"]
    assert (found.name.en, [code.code for code in found.codes]) == ("New name", ["1"])


def test_an_imported_list_stays_over_the_shipped_one(engine: psycopg.Connection[Any]) -> None:
    counts = imported(engine, "packing_groups", "code,name\n1,一类\n2,Ⅱ类（中度危险）\n4,四类\n")
    assert counts == {"added": 1, "changed": 1, "ended": 1, "kept": 1}
    with engine.transaction():
        storing.load_into(engine)
    found = storing.read_lists(engine)["packing_groups"]
    assert found.active(ON) == {"1", "2", "4"}
    assert found.find("3", ON)[0] is Standing.ENDED
    assert found.find("3", date(2025, 12, 31))[0] is Standing.CURRENT
    assert found.text("1", ON).zh == "一类"


def test_an_import_writes_one_journal_entry(engine: psycopg.Connection[Any]) -> None:
    imported(engine, "packing_groups", "code,name\n1,一类\n")
    rows = engine.execute("select verb, subject_kind, subject_id, content, at from journal_entry").fetchall()
    assert len(rows) == 1
    verb, kind, subject, content, at = rows[0]
    assert (verb, kind, subject, at) == (
        storing.IMPORTED,
        "code_list",
        storing.subject_of("packing_groups"),
        AT,
    )
    told = json.loads(content)
    assert (told["list"], told["added"], told["changed"], told["ended"]) == ("packing_groups", 0, 1, 2)
    assert told["encoding"] == "utf-8"


def test_who_runs_the_platform_reads_of_an_import(engine: psycopg.Connection[Any]) -> None:
    with engine.transaction():
        (party,) = engine.execute(
            "insert into party (kind, code, name_zh, name_en)"
            " values ('platform', '12500000MADEM0P1X2', '中心', 'Centre') returning id"
        ).fetchone() or (0,)
    imported(engine, "packing_groups", "code,name\n1,一类\n")
    assert engine.execute("select viewers from journal_entry").fetchall() == [([party],)]


def test_importing_the_same_again_changes_nothing(engine: psycopg.Connection[Any]) -> None:
    text = "code,name\n1,一类\n9,九类\n"
    imported(engine, "packing_groups", text)
    again = imported(engine, "packing_groups", text, date(2026, 6, 1))
    assert again == {"added": 0, "changed": 0, "ended": 0, "kept": 2}


def test_a_failed_import_leaves_no_trace(
    engine: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(storing.QUERIES, "put_codes", storing.QUERIES["put_codes"] + "; select 1 / 0")
    with pytest.raises(psycopg.errors.DivisionByZero):
        imported(engine, "packing_groups", "code,name\n1,x\n")
    assert engine.execute("select count(*) from journal_entry").fetchone() == (0,)
    assert storing.read_lists(engine)["packing_groups"].codes == load()["packing_groups"].codes


@pytest.mark.parametrize("role", ["sw_web", "sw_intake"])
def test_everybody_reads_and_only_the_engine_writes(
    database: Database, engine: psycopg.Connection[Any], role: str
) -> None:
    engine.commit()
    assert database.execute(role, "select count(*) from code where list = 'packing_groups'") == [(3,)]
    for statement in (
        "update code set name_zh = 'x'",
        "delete from code",
        "insert into code_list values ('x', 'x', 'x', 'x', 'x')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            database.execute(role, statement)


def test_standings_count_codes_in_force(engine: psycopg.Connection[Any]) -> None:
    found = {each.id: each for each in storing.summaries(engine, ON)}
    countries = load()["countries"]
    assert found["countries"].current == len(countries.active(ON))
    assert found["countries"].ended == len(countries) - len(countries.active(ON))
    assert found["countries"].imported_at is None
