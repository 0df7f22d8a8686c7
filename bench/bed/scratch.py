"""What the twin and the limit stand on: PostgreSQL with a scratch data base, and the same counterparts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import psycopg

from bed.installation import SETTINGS, SOURCE, stop
from bed.recipients import recipients
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import configuration, endpoints, postgres
from singlewindow.server.commands import up
from singlewindow.server.configuration import Configuration

BENCH = Path(__file__).parent.parent
READY_S = 60.0


class Task(msgspec.Struct):
    """What a twin or limit process is told."""

    dsn: str
    port: int
    token: str
    count: int
    endpoints: dict[str, dict[str, Any]]


class Scratch:
    """A running candidate, looked at like a platform."""

    def __init__(self, given: Configuration, groups: Mapping[str, list[int]], task: Task) -> None:
        self.configuration, self._groups, self.task = given, groups, task
        self.token = task.token

    def groups(self) -> Mapping[str, list[int]]:
        """The processes by what they are."""
        return self._groups

    def processes(self) -> Mapping[str, list[int]]:
        """None of them tells more than its group."""
        return {}

    def connect(self) -> psycopg.Connection[Any]:
        """A connection of our own, for looking."""
        return psycopg.connect(self.task.dsn, autocommit=True)


@contextmanager
def scratch(folder: Path, module: str, tables: str, count: int) -> Iterator[Scratch]:
    """Run ``python -m module`` beside PostgreSQL and the counterparts of every connector."""
    (folder / "singlewindow.toml").write_text(SETTINGS, encoding="utf-8")
    given = configuration.load({"data": folder, "port": free_port()}, {})
    up.folder(given)
    up.make_secrets(given)
    with ExitStack() as stack:
        cluster = given.cluster
        assert cluster
        server = cluster.start()
        stack.callback(postgres.stop, server)
        task = prepared(given, tables, count)
        theirs = {name: started(stack, folder, f"counterpart:{name}") for name in task.endpoints}
        for name, process in theirs.items():
            wait_for(port_of(task.endpoints[name]), process)
        ours = subprocess.Popen([sys.executable, "-m", module], stdin=subprocess.PIPE, cwd=BENCH)
        stack.callback(stop, ours)
        assert ours.stdin
        ours.stdin.write(msgspec.json.encode(task))
        ours.stdin.close()
        wait_for(task.port, ours)
        groups = {
            "platform": [ours.pid],
            "postgres": [server.pid],
            "counterparts": [each.pid for each in theirs.values()],
        }
        yield Scratch(given, groups, task)


def prepared(given: Configuration, tables: str, count: int) -> Task:
    """The scratch data base with its tables, and where the counterparts will be."""
    with psycopg.connect(given.dsn("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("create database scratch")
    dsn = given.dsn("postgres", "scratch")
    with psycopg.connect(dsn) as connection:
        connection.execute(tables)
    endpoints.rehearse(given)
    where = {name: endpoints.endpoint(given, name) for name in recipients()}
    return Task(dsn, given.port, "a token", count, where)


def started(stack: ExitStack, folder: Path, role: str) -> subprocess.Popen[bytes]:
    """One role of the platform as a process; stopped with the others."""
    process = subprocess.Popen(
        [sys.executable, "-m", "singlewindow.server", "role", role, "--data", str(folder)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    stack.callback(stop, process)
    return process


def port_of(endpoint: Mapping[str, Any]) -> int:
    """Where a counterpart listens, however its transport writes it."""
    return int(endpoint.get("port") or urlsplit(endpoint["url"]).port)


def wait_for(port: int, process: subprocess.Popen[Any]) -> None:
    """Until somebody accepts connections at the port."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{process.args} did not start") from None
            time.sleep(0.05)
