"""A PostgreSQL for tests: one server a session, migrated once, cloned for every test that asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from singlewindow.server import configuration, postgres
from singlewindow.server.configuration import Configuration

SOURCE = Path(__file__).parent.parent / "src"
MIGRATION_SECONDS = 120
# Tests may lose their data: nothing here waits for a disk.
SETTINGS = (("autovacuum_naptime", "1min"), ("fsync", "off"), ("full_page_writes", "off"))
URL = "SINGLEWINDOW_TEST_DATABASE_URL"  # a server the tests may do as they like with
names = count(1)


@dataclass(frozen=True)
class Database:
    """A fresh, migrated database of its own for one test."""

    configuration: Configuration

    def dsn(self, role: str) -> str:
        """How ``role`` connects: ``sw_web``, ``sw_component_customs`` …, ``postgres`` for the superuser."""
        known = role == "postgres" or role.startswith("sw_")
        return self.configuration.dsn(role if known else f"sw_{role}")

    async def connect(self, role: str) -> psycopg.AsyncConnection:
        """An asynchronous connection as ``role``; the caller closes it (``async with``)."""
        return await psycopg.AsyncConnection.connect(self.dsn(role))

    def execute(self, role: str, statement: str, *values: object) -> list[tuple[object, ...]]:
        """Run one statement in a transaction of its own and return its rows, if it has any."""
        with psycopg.connect(self.dsn(role), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def server() -> Iterator[Configuration]:
    """A running server with the platform's roles and one migrated database, the template.

    The embedded one, or that of ``SINGLEWINDOW_TEST_DATABASE_URL``. The roles of a server belong to all
    its databases and get passwords of ours, so one with an installation is refused.
    """
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o711)  # PostgreSQL may run as another account than the tests
    url = os.environ.get(URL, "")
    arguments = {"data": folder, "demo": False, "database": f"sw_template_{os.getpid()}"}
    given = configuration.load(
        arguments | {"database_settings": dict(SETTINGS), "database_url": url or None}, {}
    )
    given.log.mkdir()
    given.make_secrets()
    if url:
        refuse_workers()
        refuse_an_installation(given)
    process = given.cluster.start() if given.cluster else None
    try:
        migrate(given)
        yield given
        drop(given, given.database)
    finally:
        if process:
            postgres.stop(process)
        shutil.rmtree((folder / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder)


def refuse_workers() -> None:
    """Each would change the others' passwords."""
    if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
        raise RuntimeError(f"the roles of {URL}'s server are shared by all its databases; use -n 1")


def refuse_an_installation(given: Configuration) -> None:
    """Tests on a server in use would lock everybody out of it."""
    others = "select datname from pg_database where datallowconn and datname not like 'sw\\_te%%'"
    with psycopg.connect(given.dsn("postgres", "postgres"), autocommit=True) as connection:
        names = [name for (name,) in connection.execute(others).fetchall()]
    for name in names:
        with psycopg.connect(given.dsn("postgres", name), autocommit=True) as connection:
            if connection.execute("select to_regnamespace('sw') is not null").fetchone() == (True,):
                raise RuntimeError(
                    f"the server of {URL} holds an installation, {name}; give the tests one of their own"
                )


def migrate(given: Configuration) -> None:
    """In a process of its own, so that the tests' Django keeps its own settings."""
    program = (
        "import sys; from singlewindow.server import configuration, database; "
        "given = configuration.load({'data': sys.argv[1], 'database': sys.argv[2], 'demo': False}); "
        "database.prepare(given)"
    )
    environment = os.environ | {"PYTHONPATH": str(SOURCE), "DATABASE_URL": given.database_url}
    subprocess.run(
        [sys.executable, "-c", program, str(given.data), given.database],
        env=environment,
        timeout=MIGRATION_SECONDS,
        check=True,
    )


@contextmanager
def cloned(template: Configuration) -> Iterator[Database]:
    """A copy of the template under a new name, dropped afterwards."""
    fresh = replace(template, database=f"sw_test_{os.getpid()}_{next(names)}")
    statement = sql.SQL("create database {} template {} strategy {}")
    with psycopg.connect(template.dsn("postgres", "postgres"), autocommit=True) as connection:
        # Where nothing is flushed a copy of the files costs a fourth of one that the log is told of as well.
        flushed = connection.execute("show fsync").fetchone() != ("off",)
        how = sql.SQL("wal_log" if flushed else "file_copy")
        names_of_both = map(sql.Identifier, (fresh.database, template.database))
        connection.execute(statement.format(*names_of_both, how))
    try:
        yield Database(fresh)
    finally:
        drop(template, fresh.database)


def drop(template: Configuration, name: str) -> None:
    """Remove a database with whatever is still connected to it."""
    with psycopg.connect(template.dsn("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
