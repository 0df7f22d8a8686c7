"""The database as one file: PostgreSQL's own ``pg_dump`` and ``pg_restore``, over the embedded server."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from singlewindow.kernel.messages import Problem, Text
from singlewindow.server import database, postgres
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

MOST_SECONDS = 6 * 3600.0  # a dump holds one snapshot, which keeps the database from tidying up
LOCK_WAIT = "60s"
LINES = 5


def dump(configuration: Configuration, to: Path) -> None:
    """The whole database as of one instant, while others go on writing; the file is its owner's alone."""
    options = ["--format=custom", "--compress=gzip:1", f"--lock-wait-timeout={LOCK_WAIT}", f"--file={to}"]
    run(configuration, "pg_dump", *options)
    descriptor = os.open(to, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fill(configuration: Configuration, dumped: Path, at: datetime) -> None:
    """An empty server with roles and all that was dumped, in one transaction.

    ``at``: when the dump was begun; what was given out since is not given out again.
    """
    database.create_database(configuration)
    with database.connect(configuration, "postgres") as connection:
        database.make_roles(connection, configuration)
        connection.execute("drop schema sw")  # an empty one came with the roles; the dump brings its own
    run(configuration, "pg_restore", "--single-transaction", "--exit-on-error", str(dumped))
    with database.connect(configuration, "postgres") as connection:
        connection.execute("select sw.restored(%s)", [at])
        connection.execute("analyze")


def run(configuration: Configuration, program: str, *options: str) -> None:
    """One program as the superuser, whose password stands in no list of processes; bounded."""
    place: dict[str, Any] = conninfo_to_dict(configuration.dsn("postgres"))
    password = str(place.pop("password"))
    command = str(postgres.shipped() / "bin" / program), "--no-password", f"--dbname={make_conninfo(**place)}"
    try:
        done = subprocess.run(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=postgres.ENVIRONMENT | {"PGPASSWORD": password},
            umask=0o077,
            timeout=MOST_SECONDS,
            check=False,
            preexec_fn=partial(postgres.begin, os.getpid(), signal.SIGKILL),
        )
    except subprocess.TimeoutExpired as error:
        raise failed(program, f"> {MOST_SECONDS:g} s") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise failed(program, " | ".join(said[:LINES]))


def failed(program: str, why: str) -> Refusal:
    """In PostgreSQL's own words."""
    return Refusal.of(
        Problem(
            "dump-failed",
            Text(f"{program} 没有完成：{why}", f"{program} did not finish: {why}"),
            remedy=Text(
                "请看磁盘空间和数据库日志，再试", "look at the disk and the database's log, and try again"
            ),
        )
    )
