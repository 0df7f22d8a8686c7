"""A disk that runs full under a working platform: what is taken stays, what is not is told, and it goes on.

It needs a disk of its own, which only root may mount.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from running import COMMAND_S, SOURCE, body_of, declaration
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import keys

BILL = "CQX2511070386"
SIZE = "600m"
READY_S, BACK_S, STOP_S = 90.0, 90.0, 60.0
MOUNT = f'mount -t tmpfs -o size={SIZE},mode=0711 none "$1" && shift && exec "$@"'
SURROUNDINGS = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
SWITCH = """
import sys, psycopg
from singlewindow.server.configuration import load
with psycopg.connect(load({"data": sys.argv[1]}).dsn("postgres"), autocommit=True) as connection:
    connection.execute("select pg_switch_wal()")
    connection.execute("checkpoint")
"""
ALONE = ["unshare", "--mount", "--propagation", "private"]


def mountable() -> bool:
    """Whether we may mount a disk where nobody else sees it."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    with tempfile.TemporaryDirectory() as place:
        tried = subprocess.run(
            [*ALONE, "sh", "-c", MOUNT, "sh", place, "true"], check=False, capture_output=True
        )
    return tried.returncode == 0


pytestmark = [
    pytest.mark.database,
    pytest.mark.timeout(400),
    pytest.mark.skipif(not mountable(), reason="only root may mount a disk, and not in every container"),
]


class Disk:
    """A platform whose data folder is a disk of its own, and what is asked of it."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, free_port()
        (place / "data").mkdir()
        words = self.command("up", "--port", str(self.port))
        with (place / "said.txt").open("wb") as said:
            self.up = subprocess.Popen(
                [*ALONE, "sh", "-c", MOUNT, "sh", str(place / "data"), *words],
                stdout=said,
                stderr=said,
                env=SURROUNDINGS,
            )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "singlewindow.server", *words, "--data", str(self.place / "data")]

    @property
    def folder(self) -> Path:
        """The data folder as its own processes see it."""
        return Path(f"/proc/{self.up.pid}/root{self.place}/data")

    def inside(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end where the disk is seen."""
        enter = ["nsenter", f"--mount=/proc/{self.up.pid}/ns/mnt", "--", *command]
        return subprocess.run(enter, env=SURROUNDINGS, capture_output=True, timeout=COMMAND_S, check=False)

    def ask(self, *words: str) -> tuple[int, Any]:
        """Exit code and JSON of a command that sees the disk."""
        done = self.inside(*self.command(*words, "--json"))
        assert done.stdout, done.stderr.decode()
        return done.returncode, json.loads(done.stdout)

    def answered(self, submission: str) -> bool:
        """Whether every receiver's last receipt is there."""
        code, found = self.ask("status", submission)
        assert code == 0, found
        stages = [
            {receipt["stage"] for receipt in each["receipts"]}
            for each in found["documents"]
            if each["receiver"]
        ]
        return all("business" in each for each in stages)

    def run_out_of_log(self) -> None:
        """Let PostgreSQL begin a new piece of its write-ahead log, as it does after every 16 MB."""
        done = self.inside(sys.executable, "-c", SWITCH, str(self.place / "data"))
        assert "OperationalError" in done.stderr.decode(), "it ended under it"

    def fill(self) -> int:
        """Write until nothing more goes; how much it was."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12, 1):
                with suppress(OSError):
                    while True:
                        ballast.write(bytes(size))
            return ballast.tell()

    def submit(self, body: bytes) -> tuple[int, Any]:
        """Status and answer; 0 where there is none."""
        token = keys.known(self.folder / "demo.toml")["token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/submissions", body, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError as error:
            return 0, str(error)

    def words(self) -> str:
        return (self.place / "said.txt").read_text("utf-8")

    def wait_for(self, true: Callable[[], object], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not true():
            assert self.up.poll() is None, self.words()
            assert time.monotonic() < deadline, (what, self.words())
            time.sleep(0.2)


@pytest.fixture
def disk() -> Iterator[Disk]:
    place = Path(tempfile.mkdtemp(prefix="sw-"))
    place.chmod(0o711)
    found = Disk(place)
    yield found
    if found.up.poll() is None:
        found.up.terminate()
        found.up.wait(STOP_S)
    shutil.rmtree(place)


def declared(mark: str) -> bytes:
    return body_of(declaration(bill_number=f"{BILL}-{mark}", voyage_number=mark))


def asked_while_full(disk: Disk, marks: range) -> set[int]:
    """The statuses of declarations handed in meanwhile; refused ones say what to do."""
    answers = [disk.submit(declared(f"F{mark}")) for mark in marks]
    for status, said in answers:
        assert status != 503 or "send it again later" in said["problems"][0]["remedy"]["en"]
    return {status for status, _ in answers}


def test_it_goes_on_once_there_is_room_and_nothing_that_was_taken_is_lost(disk: Disk) -> None:
    disk.wait_for(lambda: "ready: " in disk.words(), "not ready", READY_S)
    status, taken = disk.submit(declared("F0"))
    assert status == 202
    assert disk.fill() > 0
    assert asked_while_full(disk, range(1, 9)) == {503}, "no room in tables"
    code, found = disk.ask("doctor")
    (short,) = (each for each in found if each["question"] == "disk")
    assert (code, short["fine"]) == (1, False)
    assert "make room" in short["text"][1]
    disk.run_out_of_log()
    disk.fill()  # what it had half written is gone by now
    assert asked_while_full(disk, range(1, 9)) == {503}, "no database at all"
    (disk.folder / "ballast").unlink()
    disk.wait_for(lambda: disk.submit(declared("F1"))[0] == 202, "does not take again", BACK_S)
    assert disk.submit(declared("F0")) == (202, taken), "the original receipt"
    disk.wait_for(lambda: disk.answered(taken["submission_id"]), "not answered", BACK_S)
    code, verified = disk.ask("journal", "verify")
    assert (code, verified["sound"]) == (0, True)
    assert BILL.encode() not in b"".join(log.read_bytes() for log in (disk.folder / "log").iterdir())
