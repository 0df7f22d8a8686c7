"""The tests refuse a server on which somebody's installation lives, whatever its database is called."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

import database as databases
from singlewindow.server.configuration import Configuration

pytestmark = pytest.mark.database


@pytest.fixture
def installed(database_server: Configuration) -> Any:
    """A database of another name with the platform's schema in it."""
    name = "customs_of_somewhere"
    with psycopg.connect(database_server.dsn("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name}")
        with psycopg.connect(database_server.dsn("postgres", name), autocommit=True) as inside:
            inside.execute("create schema sw")
        yield name
        connection.execute(f"drop database {name} with (force)")


def test_a_server_with_an_installation_is_refused(database_server: Configuration, installed: str) -> None:
    with pytest.raises(RuntimeError, match=installed):
        databases.refuse_an_installation(database_server)


def test_a_server_with_the_tests_own_databases_alone_is_taken(database: Any, database_server: Any) -> None:
    databases.refuse_an_installation(database_server)
    assert database.execute("postgres", "select to_regnamespace('sw') is not null") == [(True,)]
