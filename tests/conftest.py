"""Fixtures every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog

import apart  # noqa: F401 - ports of this worker alone
import database as databases
from browser_program import chromium
from singlewindow.server.configuration import Configuration

NO_BROWSER = (
    "no Chromium: install it, e.g. apt-get install chromium-headless-shell fonts-noto-cjk,"
    " or set CHROMIUM to the program's path"
)
# Who runs an installation may have named its server: no platform that a test starts may touch it.
os.environ.pop("DATABASE_URL", None)
# Otherwise each fault that is logged is drawn with the values of all its frames, longer than its test takes.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stories need a browser; the tests that need none run without."""
    if chromium():
        return
    how = pytest.mark.skip(reason=NO_BROWSER)
    for item in items:
        if item.get_closest_marker("story"):
            item.add_marker(how)


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
