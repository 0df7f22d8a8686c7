"""Each row policy by itself: whom it lets through, and nobody else, whatever else the row says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from database import Database
from integration.hub.rows_of_owners import AT, Rows, counted

pytestmark = pytest.mark.database

READ = """
select distinct tablename from pg_policies
where schemaname = 'sw' and cmd = 'SELECT' and roles = array['sw_web'::name]
"""
# Tables that do not say in ``viewers`` who reads them.
OWNED = {
    "api_answer": ["party"],
    "api_token": ["party_id"],
    "membership": ["party_id"],
    "mandate": ["principal", "agent"],
}
ELSEWHERE = {
    "announcement": "test_announcements: public once it is shown",
    "lane": "public",
    "party": "test_row_security: by kind, and by mandate",
}
ONE, TWO = 1, 2  # parties; the second has two rows of everything
NIL = UUID(int=0)


@pytest.fixture
def rows(database: Database) -> Iterator[Rows]:
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as owner:
        yield Rows(database, owner)


def test_every_table_is_read_by_those_who_stand_in_its_rows_alone(rows: Rows) -> None:
    tables = {str(name) for (name,) in rows.owner.execute(READ)} - ELSEWHERE.keys()
    assert len(tables) > 25
    for table in tables:
        for number, owner in ((801, ONE), (802, TWO), (803, TWO)):
            rows.add_owned(table, OWNED.get(table, ["viewers"]), number, owner)
    each = {table: len(OWNED.get(table, [""])) for table in tables}
    for viewers, found in (((), 0), ((ONE,), 1), ((TWO,), 2), ((ONE, TWO), 3), ((801, 901), 0)):
        # For whom one acts opens nothing: it is one of those for whom one reads, or nobody.
        with rows.web(*viewers, acting=TWO) as connection:
            seen = {table: counted(connection, table) for table in tables}
        assert seen == {table: found * times for table, times in each.items()}, viewers


def test_an_agency_reads_the_dossiers_it_was_sent_documents_about(rows: Rows) -> None:
    sent, other = UUID(int=31), UUID(int=32)
    for party, partner in ((ONE, "customs"), (TWO, "border")):
        rows.add("party", party, id=party, partner=partner, merged_into=None)
    rows.add("document", 31, submission_id=sent, partner="customs", viewers=[ONE])
    rows.add("document", 32, submission_id=other, partner="maritime", viewers=[ONE])
    for number, dossier in enumerate((sent, other), 31):
        rows.add("dossier", number, id=dossier)
        rows.add("dossier_document", number, dossier=dossier, submission_id=dossier)
        rows.add("dossier_object", number, dossier=dossier)
        for kind in ("bill", "waybill", "order", "declaration", "pre_entry", "unified", "transit"):
            rows.add("identity_key", number, dossier=dossier, kind=kind)
    expected = {"dossier": "id", "dossier_document": "dossier", "dossier_object": "dossier"}
    with rows.web(ONE) as connection:
        for table, column in expected.items():
            assert connection.execute(f"select {column} from {table}").fetchall() == [(sent,)], table
        keys = connection.execute("select dossier, kind from identity_key order by kind").fetchall()
    assert keys == [(sent, "bill"), (sent, "order"), (sent, "waybill")], "numbers that another gave"
    with rows.web(TWO) as connection:
        assert [counted(connection, table) for table in (*expected, "identity_key")] == [0, 0, 0, 0]


def test_how_a_call_stands_is_read_by_who_has_goods_on_it_or_forwards_them(rows: Rows) -> None:
    rows.add("party", TWO, id=TWO, code="F", merged_into=None)
    rows.add("dossier", 41, call="C1", viewers=[ONE], forwarder="F")
    for number, (kind, dossier, key) in enumerate(
        [
            ("conveyance", NIL, "C1"),
            ("conveyance", NIL, "C2"),
            ("conveyance", UUID(int=41), "C1"),
            ("container", NIL, "C1"),
        ]
    ):
        rows.add("disposition", number, subject_kind=kind, dossier=dossier, subject_key=key)
    for viewer, found in ((ONE, 1), (TWO, 1), (3, 0)):
        with rows.web(viewer) as connection:
            assert counted(connection, "disposition") == found, viewer


SAID: dict[str, Any] = {"actor_kind": "person", "actor_party": ONE, "viewers": [ONE]}
MINE = {
    "announcement": {"party": ONE},  # the platform's operator in these tests
    "api_answer": {"party": ONE},
    "coordination_request": SAID,
    "draft": {"viewers": [ONE]},
    "gate_event": {"viewers": [ONE]},
    "journal_entry": SAID,
    "notice_read": {"party": ONE, "viewers": [ONE]},
    "notice_reader": {"party": ONE, "viewers": [ONE]},
    "notice_through": {"party": ONE, "viewers": [ONE]},
}
NOT_MINE: list[tuple[str, dict[str, Any]]] = [
    ("announcement", {"party": TWO}),
    ("announcement", {"party": 3}),
    ("api_answer", {"party": 3}),
    ("coordination_request", {"actor_party": TWO, "viewers": [TWO]}),
    ("coordination_request", {"viewers": [ONE, TWO]}),
    ("coordination_request", {"actor_kind": "system"}),
    ("draft", {"viewers": [3]}),
    ("gate_event", {"viewers": [3]}),
    ("gate_event", {"viewers": [ONE, 3]}),
    ("journal_entry", {"actor_party": TWO}),
    ("journal_entry", {"actor_kind": "component"}),
    ("notice_read", {"party": 3, "viewers": [3]}),
    ("notice_read", {"party": 3}),
    ("notice_reader", {"party": 3, "viewers": [3]}),
    ("notice_reader", {"party": 3}),
    ("notice_through", {"party": 3, "viewers": [3]}),
    ("notice_through", {"party": 3}),
]


def test_a_page_writes_in_nobody_elses_name(rows: Rows) -> None:
    """Somebody acts for one party, reads for it and another, and has nothing to do with a third."""
    rows.add("party", ONE, id=ONE, kind="platform", merged_into=None)
    with rows.web(ONE, TWO, acting=ONE) as connection:
        for table, wrong in NOT_MINE:
            assert not rows.insert(connection, "sw_web", table, MINE[table] | wrong), (table, wrong)
        for table, row in MINE.items():
            assert rows.insert(connection, "sw_web", table, row), table


def test_what_a_page_writes_was_tried_for_every_table(database: Database) -> None:
    listed = "select tablename from pg_policies where cmd = 'INSERT' and roles = array['sw_web'::name]"
    assert {name for (name,) in database.execute("postgres", listed)} == MINE.keys()


USED = "update gate_pass set used_at = now()"
DONE = "update duty set done_at = now()"
# What one tries with a row, and how many it changes; ``None``: what would become of it is refused.
CHANGES: list[tuple[str, dict[str, Any], str, int | None]] = [
    ("draft", {"viewers": [ONE]}, "update draft set title = 't'", 1),
    ("draft", {"viewers": [TWO]}, "update draft set title = 't'", 0),
    ("draft", {"viewers": [ONE]}, "update draft set viewers = '{2}'", None),
    ("draft", {"viewers": [ONE], "submission_id": None}, "delete from draft", 1),
    ("draft", {"viewers": [TWO], "submission_id": None}, "delete from draft", 0),
    ("draft", {"viewers": [ONE]}, "delete from draft", 0),
    ("duty", {"viewers": [ONE], "done_at": None}, DONE, 1),
    ("duty", {"viewers": [TWO], "done_at": None}, DONE, 0),
    ("duty", {"viewers": [ONE], "done_at": AT}, DONE, 0),
    ("duty", {"viewers": [ONE], "done_at": None}, "update duty set done_at = null", None),
    ("gate_pass", {"operators": [ONE], "viewers": [TWO], "used_at": None}, USED, 1),
    ("gate_pass", {"operators": [TWO], "viewers": [ONE], "used_at": None}, USED, 0),
    ("gate_pass", {"operators": [ONE], "used_at": AT}, USED, 0),
    ("gate_pass", {"operators": [ONE], "used_at": None}, "update gate_pass set plate = 'p'", None),
    ("notice_reader", {"party": ONE, "viewers": [ONE]}, "update notice_reader set up_to = 9", 1),
    ("notice_reader", {"party": TWO, "viewers": [TWO]}, "update notice_reader set up_to = 9", 0),
]


def test_a_page_changes_what_is_its_partys_and_still_open(rows: Rows) -> None:
    for number, (table, row, statement, changed) in enumerate(CHANGES):
        rows.add(table, number, **row)
        with rows.web(ONE, acting=ONE if table == "draft" else TWO) as connection:
            assert rows.changed(connection, statement) == changed, (row, statement)
        rows.empty(table)


def test_drafts_are_changed_by_who_acts_for_their_party_alone(rows: Rows) -> None:
    for number, (_, row, statement, _) in enumerate(one for one in CHANGES if one[0] == "draft"):
        rows.add("draft", number, **row)
        with rows.web(ONE, TWO, acting=3) as connection:
            assert rows.changed(connection, statement) == 0, (row, statement)
        rows.empty("draft")


def test_a_component_reads_and_changes_the_rows_of_its_partner_alone(rows: Rows) -> None:
    tables = ("inbox", "lane", "lane_minute", "message", "outbox")
    for table in tables:
        for number, partner in ((61, "customs"), (62, "border"), (63, "terminal")):
            rows.add(table, number, partner=partner)
    for partner, found in (("customs", 1), ("border", 1), ("maritime", 0)):
        with psycopg.connect(rows.database.dsn(f"sw_component_{partner}")) as connection:
            for table in tables:
                seen = connection.execute(f"select partner from {table}").fetchall()
                assert seen == [(partner,)] * found, table
            assert rows.changed(connection, "update lane set failures = 9") == found
            assert rows.changed(connection, "update outbox set attempts = 9") == found
            assert rows.changed(connection, "delete from outbox") == found


TOLD: dict[str, Any] = {
    "actor_kind": "component",
    "actor_id": "customs",
    "verb": "message.sent",
    "submission_id": None,
    "viewers": [],
}
NOT_ITS_OWN: list[tuple[str, dict[str, Any]]] = [
    ("inbox", {"partner": "border"}),
    ("lane", {"partner": "border"}),
    ("lane_minute", {"partner": "border"}),
    ("journal_entry", {"actor_kind": "person"}),
    ("journal_entry", {"actor_id": "border"}),
    ("journal_entry", {"verb": "receipt.received"}),
    ("journal_entry", {"submission_id": UUID(int=9)}),
    ("journal_entry", {"viewers": [ONE]}),
]


def test_a_component_writes_of_its_own_alone(rows: Rows) -> None:
    partner = {"partner": "customs"}
    own = {"inbox": partner, "lane": partner, "lane_minute": partner, "journal_entry": TOLD}
    role = "sw_component_customs"
    with psycopg.connect(rows.database.dsn(role)) as connection:
        for table, wrong in NOT_ITS_OWN:
            assert not rows.insert(connection, role, table, own[table] | wrong), (table, wrong)
        for table, row in own.items():
            assert rows.insert(connection, role, table, row), table
