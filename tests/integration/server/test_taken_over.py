"""What a process that was taken over may write besides what it writes anyway: nothing others rest on."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from database import Database
from singlewindow.hub.identity.sessions import VIEWERS

pytestmark = pytest.mark.database

OURS, THEIRS = 7, 8
ENTRY = {
    "at": "2026-11-21T08:00:00Z",
    "verb": "message.sent",
    "actor_kind": "component",
    "actor_id": "customs",
    "actor_name": "x",
    "actor_party": OURS,
    "subject_kind": "batch",
    "subject_id": "019a9d5e-7c10-7a4e-9c31-000000000001",
    "content": b"{}",
    "salt": b"0123456789abcdef",
    "leaf": bytes(32),
    "viewers": [],
}
PAID = {**ENTRY, "actor_kind": "person", "viewers": [OURS]}
ANSWER = {
    "partner": "customs",
    "source": "a",
    "digest": bytes(32),
    "raw": b"",
    "receipts": b"",
    "received_at": "2026-11-21T08:00:00Z",
}
REQUEST = {
    "id": "019a9d5e-7c10-7a4e-9c31-000000000002",
    "verb": "ready",
    "actor_kind": "person",
    "actor_id": "1",
    "actor_name": "x",
    "actor_party": OURS,
    "arguments": "{}",
    "asked_at": "2026-11-21T08:00:00Z",
    "viewers": [OURS],
}
PASS = """
insert into gate_pass (key, number, seals, releases, dossiers, version, issued_at, valid_until, operators,
                       viewers)
values ('k', 'CQXU2045171', '{}', '{}', '{}', 1, now(), now() + interval '1 day', '{7}', '{7}')"""
DUTY = """
insert into duty (submission_id, document_id, version, code, partner, role, kind, name_zh, name_en, text_zh,
                  text_en, action_zh, action_en, reason, since, viewers)
values (gen_random_uuid(), gen_random_uuid(), 1, 'correct', 'customs', '', '', '', '', '', '', '', '', '',
        now(), '{7}')"""


def insert(
    database: Database, role: str, table: str, row: dict[str, Any], ours: tuple[int, ...] = (OURS,)
) -> None:
    """As one request of ``role`` would, reading and acting for our party; undone."""
    columns = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(sql.Placeholder() * len(row))
    kept = (
        sql.SQL("overriding system value")
        if {"id", "seq"} & row.keys() and table != "coordination_request"
        else ""
    )
    statement = sql.SQL("insert into {} ({}) {} values ({})").format(
        sql.Identifier(table), columns, kept or sql.SQL(""), values
    )
    with psycopg.connect(database.dsn(role)) as connection:
        connection.execute(VIEWERS, ["{" + ",".join(map(str, ours)) + "}", str(OURS)])
        connection.execute(statement, list(row.values()))
        connection.rollback()


def changed(database: Database, statement: str) -> int:
    with psycopg.connect(database.dsn("sw_web")) as connection:
        connection.execute(VIEWERS, ["{7}", "7"])
        return connection.execute(statement).rowcount


WRITERS = [("sw_component_customs", ENTRY), ("sw_web", PAID), ("sw_intake", PAID), ("sw_engine", PAID)]


@pytest.mark.parametrize(("role", "row"), WRITERS)
def test_nobody_gives_an_entry_of_the_journal_its_number(
    database: Database, role: str, row: dict[str, Any]
) -> None:
    """An entry with a very high one would leave all later ones in a gap that is given up: never numbered."""
    insert(database, role, "journal_entry", row)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(database, role, "journal_entry", row | {"id": 2**62})


@pytest.mark.parametrize(("role", "row"), WRITERS)
def test_nothing_is_written_as_erased(database: Database, role: str, row: dict[str, Any]) -> None:
    erased = row | {"content": None, "salt": None, "commitment": bytes(32)}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(database, role, "journal_entry", erased)


def test_a_component_takes_no_number_of_another_partners_answer(database: Database) -> None:
    insert(database, "sw_component_customs", "inbox", ANSWER)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(database, "sw_component_customs", "inbox", ANSWER | {"id": 2})


def test_a_page_asks_in_the_name_it_acts_for_and_tells_nobody_else(database: Database) -> None:
    insert(database, "sw_web", "coordination_request", REQUEST)
    both = (OURS, THEIRS)
    for more in ({"actor_party": THEIRS, "viewers": [THEIRS]}, {"viewers": [OURS, THEIRS]}):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert(database, "sw_web", "coordination_request", REQUEST | more, both)


def test_a_page_does_not_answer_what_it_asks(database: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        insert(database, "sw_web", "coordination_request", REQUEST | {"applied_at": "2026-11-21T08:00:00Z"})


def test_a_pass_that_was_used_is_not_made_usable_again(database: Database) -> None:
    database.execute("sw_engine", PASS)
    assert changed(database, "update gate_pass set used_at = now()") == 1
    assert changed(database, "update gate_pass set used_at = null, plate = ''") == 0


def test_a_pass_is_not_given_a_plate_without_being_used(database: Database) -> None:
    database.execute("sw_engine", PASS)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        changed(database, "update gate_pass set plate = 'x'")


def test_what_was_done_is_not_asked_again_by_a_page(database: Database) -> None:
    database.execute("sw_engine", DUTY)
    assert changed(database, "update duty set done_at = now()") == 1
    assert changed(database, "update duty set done_at = null") == 0
