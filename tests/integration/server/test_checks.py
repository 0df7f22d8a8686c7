"""Every dangerous set-up is really made, and refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from database import Database
from singlewindow.kernel.messages import Problem
from singlewindow.server import checks, keys
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

pytestmark = pytest.mark.database


def found(database: Database, *statements: str, allowed: bool = True) -> list[Problem]:
    """What is found after these statements, which are undone: roles belong to the whole server."""
    configuration = replace(database.configuration, allow_unsafe_durability=allowed)
    with psycopg.connect(database.dsn("postgres")) as connection:
        for statement in statements:
            connection.execute(statement)
        problems = checks.of_database(configuration, connection)
        connection.rollback()
    return problems


def test_the_database_as_shipped_is_accepted(database: Database) -> None:
    assert found(database) == []


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("alter role sw_web superuser", "superuser"),
        ("alter role sw_web bypassrls", "bypassrls"),
        ("alter role sw_web createrole", "createrole"),
        ("grant sw_owner to sw_web", "member of sw_owner"),
        ("grant sw_engine to sw_web", "member of sw_engine"),
        ("alter table sw.document owner to sw_web", "owns tables"),
        ("create role sw_component_rogue login bypassrls in role sw_component", "bypassrls"),
    ],
)
def test_a_role_that_row_level_security_does_not_bind(database: Database, statement: str, why: str) -> None:
    problems = found(database, statement)
    assert [problem.code for problem in problems] == ["role-privileged"]
    assert why in problems[0].text.en
    assert why in problems[0].text.zh


@pytest.mark.parametrize(
    "statement",
    [
        "alter table sw.document no force row level security",
        "alter table sw.message disable row level security",
        "create table sw.shipment (id int, viewers int[] not null)",
        "create table sw.invoice (id int, party int not null)",
    ],
)
def test_a_table_of_a_party_without_forced_row_level_security(database: Database, statement: str) -> None:
    problems = found(database, statement)
    assert [problem.code for problem in problems] == ["table-unprotected"]
    assert statement.split("sw.")[1].split(maxsplit=1)[0] in problems[0].text.en


def test_lost_durability_needs_an_explicit_setting(database: Database) -> None:
    if database.configuration.database_url:
        pytest.skip("a given server keeps its own durability settings")
    problems = found(database, allowed=False)
    assert sorted(problem.text.en.split()[2] for problem in problems) == ["fsync", "full_page_writes"]


def test_secrets_that_others_can_read(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert configuration.secrets
    keys.signing_key(configuration.signing_key)
    assert checks.of_machine(configuration) == []
    configuration.secrets_file.chmod(0o640)
    configuration.signing_key.chmod(0o604)
    assert [problem.code for problem in checks.of_machine(configuration)] == ["secrets-readable"] * 2


@pytest.mark.parametrize(("bind", "many"), [("127.0.0.1", 0), ("::1", 0), ("localhost", 0), ("0.0.0.0", 1)])
def test_debugging_pages_stay_on_this_machine(tmp_path: Path, bind: str, many: int) -> None:
    assert len(checks.of_machine(Configuration(tmp_path, bind=bind, debug=True))) == many
    assert checks.of_machine(Configuration(tmp_path, bind=bind)) == []


def test_a_refusal_names_everything() -> None:
    problems = [checks.problem("a", "甲", "one"), checks.problem("b", "乙", "two")]
    with pytest.raises(Refusal, match="one\n- two") as refused:
        checks.refuse(problems)
    assert "甲" in refused.value.text.zh
    checks.refuse([])
