"""Every dangerous set-up is really made, and refused."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database import Database
from singlewindow.hub.identity import seed
from singlewindow.hub.identity.tokens import new_token
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Problem
from singlewindow.server import checks, health, keys
from singlewindow.server.commands import role
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
        ("grant sw_intake to sw_web", "member of sw_intake"),
        ("grant sw_component_border to sw_component_customs", "member of sw_component_border"),
        ("grant sw_web to sw_component_customs", "member of sw_web"),
        ("grant pg_read_all_data to sw_web", "member of pg_read_all_data"),
        ("grant pg_execute_server_program to sw_component", "member of pg_execute_server_program"),
        ("alter table sw.document owner to sw_web", "owns tables"),
        ("create role sw_component_rogue login bypassrls in role sw_component", "bypassrls"),
    ],
)
def test_a_role_that_row_level_security_does_not_bind(database: Database, statement: str, why: str) -> None:
    problems = found(database, statement)
    assert {problem.code for problem in problems} == {"role-privileged"}
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
    configuration.make_secrets()
    keys.signing_key(configuration.signing_key)
    assert checks.of_machine(configuration) == []
    configuration.secrets_file.chmod(0o640)
    configuration.signing_key.chmod(0o604)
    assert [problem.code for problem in checks.of_machine(configuration)] == ["secrets-readable"] * 2


BINDS = [("127.0.0.1", False), ("::1", False), ("localhost", False), ("0.0.0.0", True), ("sw.example", True)]
SAFE = {"demo": False, "https": True}


@pytest.mark.parametrize(("bind", "refused"), BINDS)
@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("debug-exposed", {**SAFE, "debug": True}),
        ("demo-exposed", {**SAFE, "demo": True}),
        ("plain-http", {**SAFE, "https": False}),
    ],
)
def test_what_stays_on_this_machine(
    tmp_path: Path, bind: str, refused: bool, code: str, given: dict[str, Any]
) -> None:
    found = checks.of_machine(Configuration(tmp_path, bind=bind, **given))
    assert [problem.code for problem in found] == [code] * refused
    assert checks.of_machine(Configuration(tmp_path, bind=bind, **SAFE)) == []


def test_a_closed_network_is_somebodys_decision(tmp_path: Path) -> None:
    allowed = Configuration(tmp_path, bind="10.1.2.3", allow_exposed_demo=True, allow_plain_http=True)
    assert checks.of_machine(allowed) == []


def test_a_role_that_a_service_manager_starts_is_refused_alike(tmp_path: Path) -> None:
    dangerous = Configuration(tmp_path, bind="0.0.0.0", https=True, demo=False, debug=True)
    with pytest.raises(Refusal, match="debug is on"):
        role.run(argparse.Namespace(name="web"), dangerous)


def test_doctor_names_what_is_exposed(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path / "none", bind="0.0.0.0", database_url="host=/nowhere dbname=x")
    found = {finding.question for finding in health.examine(configuration) if finding.fine is False}
    assert {"demo-exposed", "plain-http"} <= found


@pytest.mark.parametrize(
    ("url", "refused"),
    [
        ("", False),
        ("postgresql://boss@127.0.0.1/x", False),
        ("postgresql://boss@[::1]/x", False),
        ("postgresql://boss@localhost/x", False),
        ("host=/run/postgresql dbname=x", False),
        ("dbname=x", False),
        ("postgresql://boss@db.example/x", True),
        ("postgresql://boss@db.example/x?sslmode=prefer", True),
        ("postgresql://boss@localhost,db.example/x", True),
        ("postgresql://boss@db.example/x?sslmode=require", False),
        ("postgresql://boss@db.example/x?sslmode=verify-full", False),
    ],
)
def test_the_line_to_a_database_elsewhere_is_encrypted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, refused: bool
) -> None:
    monkeypatch.delenv("PGHOST", raising=False)
    monkeypatch.delenv("PGSSLMODE", raising=False)
    found = checks.of_machine(Configuration(tmp_path, database_url=url))
    assert [problem.code for problem in found] == ["database-plain"] * refused
    assert checks.of_machine(Configuration(tmp_path, database_url=url, allow_plain_database=True)) == []


def test_settings_that_hold_a_password_are_their_owners_alone(tmp_path: Path) -> None:
    settings = tmp_path / "singlewindow.toml"
    settings.write_text("port = 8000\n")
    settings.chmod(0o644)
    assert checks.of_machine(Configuration(tmp_path)) == []
    settings.write_text('database_url = "postgresql://boss:s3@db.example/sw"\n')
    assert [problem.code for problem in checks.of_machine(Configuration(tmp_path))] == ["secrets-readable"]


def test_the_key_we_sign_in_with_at_a_partner_is_its_owners_alone(tmp_path: Path) -> None:
    key, endpoint = tmp_path / "client", tmp_path / "components" / "customs.toml"
    endpoint.parent.mkdir()
    endpoint.write_text(f'client_key = "{key}"\n')
    endpoint.chmod(0o600)
    key.write_text("x")
    key.chmod(0o644)
    assert [problem.code for problem in checks.of_machine(Configuration(tmp_path))] == ["secrets-readable"]
    key.chmod(0o600)
    assert checks.of_machine(Configuration(tmp_path)) == []


def test_a_database_of_the_demonstration_is_not_shown_to_others(database: Database) -> None:
    shown = replace(database.configuration, bind="10.1.2.3", demo=False, allow_unsafe_durability=True)
    with psycopg.connect(database.dsn("sw_engine")) as connection:
        assert checks.kept_demonstration(shown) == []
        secrets = {name: new_token() for name in seed.token_names()}
        seed.seed(connection, now, "shared password", secrets)
        connection.commit()
    assert [each.code for each in checks.kept_demonstration(shown)] == ["demo-kept"]
    assert checks.kept_demonstration(replace(shown, bind="127.0.0.1")) == []


def test_a_refusal_names_everything() -> None:
    problems = [checks.problem("a", "甲", "one"), checks.problem("b", "乙", "two")]
    with pytest.raises(Refusal, match="one\n- two") as refused:
        checks.refuse(problems)
    assert "甲" in refused.value.text.zh
    checks.refuse([])
