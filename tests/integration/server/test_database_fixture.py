"""The fixture the other integration tests stand on."""

from __future__ import annotations

import psycopg
import pytest

from database import Database

pytestmark = pytest.mark.database


def test_every_role_signs_in_with_its_own_attributes(database: Database) -> None:
    for role in database.configuration.roles:
        query = "select user, current_setting('search_path'), rolbypassrls from pg_roles where rolname = user"
        [(user, path, bypass)] = database.execute(role, query)
        assert (user, path, bypass) == (role, "sw", role in {"sw_intake", "sw_engine"})


def test_a_wrong_password_is_refused_even_on_the_socket(database: Database) -> None:
    wrong = psycopg.conninfo.make_conninfo(database.dsn("sw_web"), password="guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


@pytest.mark.parametrize("round_", [1, 2])
async def test_each_test_has_a_database_of_its_own(database: Database, round_: int) -> None:
    async with await database.connect("sw_engine") as connection:
        await connection.execute(
            "insert into definition values ('a', '1', '2026-01-01', %s, %s)", [b"h", f"round {round_}"]
        )
    assert database.execute("sw_web", "select text from definition where id = 'a'") == [(f"round {round_}",)]
