"""The real platform in a data folder of its own, started as people start it and stopped by its id."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bed.processes import children
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import configuration, loaders
from singlewindow.server.configuration import Configuration

SOURCE = Path(__file__).parent.parent.parent / "src"
START_S = 120.0
STOP_S = 60.0
BACKENDS = """
select usename, array_agg(pid) from pg_stat_activity where starts_with(usename::text, 'sw_') group by usename
"""
# Commit times tell when a receipt took effect; nothing is made less durable.
SETTINGS = 'rehearsal_profile = "prompt"\n\n[database_settings]\ntrack_commit_timestamp = "on"\n'


class Platform:
    """A running platform: where it listens, its processes, its data base."""

    def __init__(self, folder: Path, process: subprocess.Popen[str], given: Configuration) -> None:
        self.folder, self.process, self.configuration = folder, process, given
        self.started: dict[str, int] = {}  # role -> process

    @property
    def token(self) -> str:
        """What the broker's system shows."""
        return loaders.demo_secrets(self.configuration)["token"]

    @property
    def postmaster(self) -> int:
        """PostgreSQL's first process: the supervisor's child that is none of the roles."""
        known = set(self.started.values())
        return next(pid for pid in children(self.process.pid) if pid not in known)

    def groups(self) -> Mapping[str, list[int]]:
        """The processes by what they are; the supervisor's own time is in its line of /proc alone."""
        ours = [pid for name, pid in self.started.items() if not name.startswith("counterpart")]
        theirs = [pid for name, pid in self.started.items() if name.startswith("counterpart")]
        return {"platform": ours, "postgres": [self.postmaster], "counterparts": theirs}

    def processes(self) -> Mapping[str, list[int]]:
        """The same one by one: each role, and PostgreSQL's by whom they work for."""
        found = {name: [pid] for name, pid in self.started.items()}
        with self.connect() as connection:
            for role, pids in connection.execute(BACKENDS).fetchall():
                found[f"postgres for {role}"] = pids
        return found

    def connect(self, role: str = "postgres") -> psycopg.Connection[Any]:
        """A connection of our own, for looking."""
        return psycopg.connect(self.configuration.dsn(role), autocommit=True)


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder for one run, removed afterwards with what PostgreSQL keeps elsewhere."""
    folder = Path(tempfile.mkdtemp(prefix="sw-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        elsewhere = (folder / "postgres").resolve()
        if elsewhere.parent != folder:
            shutil.rmtree(elsewhere, ignore_errors=True)
        shutil.rmtree(folder)


@contextmanager
def platform(folder: Path, settings: str = SETTINGS, *more: str) -> Iterator[Platform]:
    """``singlewindow up`` in ``folder`` until the block ends; ``more`` are arguments of its own."""
    (folder / "singlewindow.toml").write_text(settings, encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "singlewindow.server",
            "up",
            "--data",
            str(folder),
            "--port",
            str(port),
            *more,
        ],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Platform(folder, process, configuration.load({"data": folder, "port": port}, {}))
    try:
        wait_until_ready(running)
        yield running
    finally:
        stop(process)


def wait_until_ready(running: Platform) -> None:
    """Read what ``up`` says until it is ready, and who its roles are."""
    lines: queue.Queue[str] = queue.Queue()
    threading.Thread(target=listen, args=(running.process, lines), daemon=True).start()
    deadline = time.monotonic() + START_S
    said = ""
    while not said.startswith("ready:"):
        said = lines.get(timeout=max(0.01, deadline - time.monotonic()))
        if not said:
            raise RuntimeError(f"the platform ended; its logs are in {running.folder / 'log'}")
        if "process " in said:
            name, _, pid = said.partition(": ")[0], "", said.rsplit(maxsplit=1)[1]
            running.started[name] = int(pid)


def listen(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Every line as it comes, then an empty one: a pipe nobody reads would stop the platform."""
    for line in process.stdout or ():
        lines.put(line)
    lines.put("")


def stop(process: subprocess.Popen[Any]) -> None:
    """SIGTERM to this one process, which stops its own; SIGKILL if it does not."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
