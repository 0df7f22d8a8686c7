"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import database as databases
from singlewindow.server.configuration import Configuration


@pytest.fixture(scope="session")
def database_server() -> Iterator[Configuration]:
    """One PostgreSQL for the whole session."""
    with databases.server() as configuration:
        yield configuration


@pytest.fixture
def database(database_server: Configuration) -> Iterator[databases.Database]:
    """A fresh, migrated database: ``.dsn(role)``, ``await .connect(role)``, ``.execute(role, sql)``."""
    with databases.cloned(database_server) as fresh:
        yield fresh
