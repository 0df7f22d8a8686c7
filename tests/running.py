"""A running platform for tests: the real command in a temporary folder, its processes, its ledgers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import msgspec
import psycopg

from apart import PORTS
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import endpoints
from singlewindow.server.configuration import Configuration, load
from singlewindow.server.loaders import demo_secrets
from singlewindow.server.rooms import PACKAGE

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src"
SAMPLE = PACKAGE / "apps/declarations/samples/guoyuan_sea_import.json"
PARTIES = PACKAGE / "hub/identity/demo.yaml"
START_S, STOP_S, COMMAND_S = 60.0, 60.0, 60.0
# What no written case is about is released at once: a test that chance may end otherwise shows nothing.
EVEN = 'rehearsal_profile = "even"\n'
BY_CHANCE = 'rehearsal_profile = "mixed"\n'
POSTGRES = "postgres"


class Platform:
    """``singlewindow up`` on one folder, with what else it is ``told``; ``waits``: see ``impatient``.

    ``surroundings`` are variables that every command of it finds, such as ``DATABASE_URL``.
    """

    def __init__(
        self,
        folder: Path,
        waits: Mapping[str, float],
        *told: str,
        settings: str = EVEN,
        **surroundings: str,
    ) -> None:
        self.data = folder / "data"
        self.port = free_port(endpoints.taken(Configuration(self.data)))  # a restored one has its partners
        write_settings(settings, self.data)
        self.surroundings = surroundings
        self.said = folder / "said.txt"
        self.waits = [f"{name}={seconds}" for name, seconds in waits.items()]
        self.waits += [f"ports={PORTS.start}-{PORTS.stop}", f"parent={os.getpid()}"]
        self.told = told
        self.started: list[subprocess.Popen[bytes]] = []
        try:
            self.supervisor = self.up()
        except BaseException:  # an interruption too: nobody else knows of it yet
            self.kill()
            raise

    def up(self) -> subprocess.Popen[bytes]:
        """Start the platform and wait until it says that it is ready."""
        readies = self.words().count("ready: ")
        self.supervisor = self.begin("up", *self.told)
        self.wait_for(lambda: self._ready(readies), "not ready", START_S)
        return self.supervisor

    def _ready(self, before: int) -> bool:
        assert self.supervisor.poll() is None, self.words()
        return self.words().count("ready: ") > before

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one command on this folder, with the same shortened waits."""
        with self.said.open("ab") as said:
            process = subprocess.Popen(
                self._command(*arguments), stdout=said, stderr=said, env=self._environment
            )
        self.started.append(process)
        return process

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run one command to its end; what it answers in JSON."""
        answer: dict[str, Any] = json.loads(self.finish(*arguments, "--json").stdout)
        return answer

    def finish(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run one command to its end, with something on its standard input."""
        return subprocess.run(
            self._command(*arguments),
            env=self._environment,
            input=given,
            capture_output=True,
            timeout=COMMAND_S,
            check=False,
        )

    def _command(self, *arguments: str) -> list[str]:
        place = ["--data", str(self.data), "--port", str(self.port)]
        return [sys.executable, str(TESTS / "impatient.py"), *self.waits, "--", *place, *arguments]

    @property
    def _environment(self) -> dict[str, str]:
        return environment() | self.surroundings

    def words(self) -> str:
        """Everything the platform has said so far."""
        return self.said.read_text("utf-8") if self.said.exists() else ""

    def wait_for(self, true: Callable[[], object], what: str, seconds: float = START_S) -> None:
        """Wait, bounded, until something is so."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"{what} after {seconds} s; said:\n{self.words()}"
            time.sleep(0.05)

    @cached_property
    def configuration(self) -> Configuration:
        return load({"data": self.data, "port": self.port}, self.surroundings)

    @cached_property
    def token(self) -> str:
        """The demonstration's API token."""
        return demo_secrets(self.configuration)["token"]

    @property
    def url(self) -> str:
        return self.configuration.url

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the database says to its superuser; one that is being started again is waited for."""
        deadline = time.monotonic() + START_S
        while True:
            try:
                with psycopg.connect(self.configuration.dsn("postgres"), autocommit=True) as connection:
                    connection.execute("set search_path = sw")
                    return connection.execute(query, values or None).fetchall()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "the database does not answer"
                time.sleep(0.1)

    def ledger_of(self, partner: str, query: str) -> list[tuple[Any, ...]]:
        """What a counterpart's own ledger says; read-only, while it runs or after it was killed."""
        path = self.state_of(partner) / "ledger.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as ledger:
            return ledger.execute(query).fetchall()

    def state_of(self, partner: str) -> Path:
        """Where a counterpart keeps what is its own."""
        return self.data / "counterparts" / partner

    def endpoint_of(self, partner: str) -> Path:
        """The file that tells a component where its counterpart is."""
        return self.data / "components" / f"{partner}.toml"

    def roles(self) -> dict[str, int]:
        """The process id of each role that runs now; a role is known by the log it writes."""
        found = {}
        for pid in children_of(self.supervisor.pid):
            log = opened(pid, 1)
            if log.startswith(str(self.data / "log")):
                found[Path(log).stem.replace("-", ":", 1)] = pid
        return found

    def role(self, name: str) -> int:
        """The process id of a role, waiting for one that is being started again."""
        self.wait_for(lambda: name in self.roles(), f"{name} does not run")
        return self.roles()[name]

    def backends(self) -> list[int]:
        """PostgreSQL's own processes under the postmaster."""
        return children_of(self.roles()[POSTGRES]) if POSTGRES in self.roles() else []

    def left(self) -> list[int]:
        """Every process that still works for this data folder, ours or PostgreSQL's."""
        needles = (os.fsencode(self.data), os.fsencode((self.data / "postgres").resolve()))
        return [int(entry.name) for entry in Path("/proc").iterdir() if _works_for(entry, needles)]

    def end(self) -> int:
        """Ctrl-C; the exit code."""
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(STOP_S)

    def kill(self) -> None:
        """What a test that failed leaves behind: nothing."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        self.wait_for(lambda: not self.left(), "processes left")


@contextmanager
def running(waits: Mapping[str, float] | None = None, *told: str, settings: str = EVEN) -> Iterator[Platform]:
    """A platform in a fresh folder; whatever happens, neither process nor file stays behind."""
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o711)
    try:
        platform = Platform(folder, waits or {}, *told, settings=settings)
        try:
            yield platform
        finally:
            platform.kill()
    finally:  # a worker is interrupted once more where it takes long to end
        shutil.rmtree((folder / "data" / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def write_settings(settings: str, data: Path) -> None:
    """An installation's own settings, in a data folder that may be there already."""
    data.mkdir(mode=0o700, exist_ok=True)
    (data / "singlewindow.toml").write_text(settings, encoding="utf-8")


def declaration(**values: Any) -> dict[str, Any]:
    """The story's declaration for the demonstration's parties, with some of its values replaced."""
    document: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
    document["values"] |= _parties() | values
    return document


@cache
def _parties() -> dict[str, str]:
    """The importer of the demonstration and the broker who holds its mandate."""
    mandate = msgspec.yaml.decode(PARTIES.read_bytes(), strict=False)["mandates"][0]
    return {"consignee_code": mandate["principal"], "declarant_code": mandate["agent"]}


def body_of(document: Mapping[str, Any]) -> bytes:
    """A document as a sender writes it."""
    return json.dumps(document, ensure_ascii=False).encode()


def environment() -> dict[str, str]:
    """Nothing of the surroundings but where programs are."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}


def children_of(pid: int) -> list[int]:
    """The children of a process; none if it has ended."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def opened(pid: int, number: int) -> str:
    """The path behind a process's file descriptor, or nothing."""
    try:
        return os.readlink(f"/proc/{pid}/fd/{number}")
    except OSError:
        return ""


def resident_bytes(pid: int) -> int:
    """How much memory a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _works_for(entry: Path, needles: tuple[bytes, ...]) -> bool:
    if not entry.name.isdigit():
        return False
    try:
        line, place = (entry / "cmdline").read_bytes(), os.fsencode(os.readlink(entry / "cwd"))
    except OSError:
        return False
    return any(needle in line or place.startswith(needle) for needle in needles)
