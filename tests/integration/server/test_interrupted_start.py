"""A first start that is killed again and again, in surroundings as a service manager leaves them."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from running import SOURCE
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import postgres

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
SEED = int(os.environ.get("SINGLEWINDOW_KILL_SEED", "20261122"))
KILLS = int(os.environ.get("SINGLEWINDOW_KILLS", "5"))
LONGEST_S = 4.5  # a little more than a first start takes
READY = "ready: http://127.0.0.1:"
READY_S, STOP_S = 90.0, 30.0
NAME = "数据 and, \"odd\" 'names' 与 一个 很长 的 路径 那里 没有 套接字 的 位置"
# No home, no terminal, a locale without Chinese, a temporary folder that is none.
SURROUNDINGS = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SOURCE), "LC_ALL": "C", "TMPDIR": "/nowhere"}


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder whose path a socket cannot have."""
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o711)
    yield folder / NAME
    shutil.rmtree((folder / NAME / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(postgres.socket_folder(folder / NAME), ignore_errors=True)
    shutil.rmtree(folder)


def command(data: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "singlewindow.server", *words, "--data", str(data)]


def begun(data: Path, port: int) -> subprocess.Popen[bytes]:
    """``up`` with its standard input closed, in a session of its own."""
    with (data.parent / "said.txt").open("ab") as said:
        return subprocess.Popen(
            ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command(data, "up", "--port", str(port))],
            stdout=said,
            stderr=said,
            env=SURROUNDINGS,
            start_new_session=True,
        )


def answer(data: Path, *words: str) -> tuple[int, str]:
    """Exit code and words of a command that is told the folder and nothing else."""
    done = subprocess.run(
        command(data, *words), env=SURROUNDINGS, capture_output=True, timeout=60, check=False
    )
    return done.returncode, done.stdout.decode() + done.stderr.decode()


def test_whenever_a_first_start_is_killed_the_next_one_goes_on(data: Path) -> None:
    moments = sorted(random.Random(SEED).uniform(0.1, LONGEST_S) for _ in range(KILLS))
    port = free_port()
    for moment in moments:
        starting = begun(data, port)
        time.sleep(moment)
        starting.kill()
        starting.wait()
    said = data.parent / "said.txt"
    before, deadline = said.read_text("utf-8").count(READY), time.monotonic() + READY_S
    running = begun(data, port)
    try:
        while said.read_text("utf-8").count(READY) == before:
            assert running.poll() is None, (moments, said.read_text("utf-8"))
            assert time.monotonic() < deadline, (moments, said.read_text("utf-8"))
            time.sleep(0.05)
        code, found = answer(data, "doctor", "--json")
        wrong = {each["question"] for each in json.loads(found) if each["fine"] is not True} - {"disk"}
        assert wrong == set(), (moments, found)
        code, verified = answer(data, "journal", "verify")
        assert code == 0, (moments, verified)
        code, told = answer(data, "status", "00000000-0000-0000-0000-000000000001")
        assert code == 1, f"the platform answers where nobody named its port: {told}"
    finally:
        running.send_signal(signal.SIGHUP)  # as when the terminal is closed
        assert running.wait(STOP_S) == 0
    assert said.read_text("utf-8").rstrip().endswith("stopped")
    assert list(data.rglob("*unfinished*")) == []
