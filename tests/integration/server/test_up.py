"""The whole platform as one command: started, wounded, killed, stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from singlewindow.rehearsal.ports import free_port

pytestmark = pytest.mark.database
SOURCE = Path(__file__).parents[3] / "src"
START_SECONDS = 60
Start = Callable[..., "Platform"]


class Platform:
    """A platform under test: its supervisor, its words, its processes."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.data, self.port = data, free_port()
        self.said = data.with_name("said.txt")
        self.process = self.command("up", "--port", str(self.port), *arguments)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one command on this data folder."""
        command = [sys.executable, "-m", "singlewindow.server", *arguments, "--data", str(self.data)]
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
        with self.said.open("ab") as said:
            return subprocess.Popen(command, stdout=said, stderr=said, env=environment)

    def wait_for(self, true: Callable[[], object], what: str, seconds: float = START_SECONDS) -> None:
        """Wait, bounded, until something is so."""
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"{what}; said:\n{self.words()}"
            time.sleep(0.05)

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def ready(self) -> bool:
        assert self.process.poll() is None, self.words()
        return f"ready: http://127.0.0.1:{self.port}\n" in self.words()

    def children(self) -> dict[int, str]:
        """The supervisor's children: process id and start time tell them apart."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return {int(pid): started for pid in listed if (started := born(pid))}

    def status(self) -> int:
        """What the web role answers to a file that is none; 0 while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/static/none", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def left(self) -> list[int]:
        """Every process that still works for this data folder, ours or PostgreSQL's."""
        home = os.fsencode((self.data / "postgres").resolve())
        needles = (os.fsencode(self.data), home)
        found = []
        for entry in Path("/proc").iterdir():
            try:
                line = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
                place = os.fsencode(os.readlink(entry / "cwd")) if entry.name.isdigit() else b""
            except OSError:
                continue
            if any(needle in line or place.startswith(needle) for needle in needles):
                found.append(int(entry.name))
        return found


def born(pid: str) -> str:
    """When a process started, in the kernel's ticks; nothing for one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        return ""


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a platform in a fresh folder; whatever happens, nothing stays behind."""
    folder = Path(tempfile.mkdtemp(prefix="sw-"))
    folder.chmod(0o711)
    started: list[Platform] = []

    def begin(*arguments: str) -> Platform:
        platform = Platform(folder / "data", *arguments)
        started.append(platform)
        platform.wait_for(platform.ready, "not ready")
        return platform

    yield begin
    for platform in started:
        if platform.process.poll() is None:
            platform.process.kill()
        platform.process.wait()
    started[-1].wait_for(lambda: not started[-1].left(), "processes left")
    shutil.rmtree((folder / "data" / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(folder)


@pytest.mark.parametrize("how", ["fork", "exec"])
def test_what_is_killed_comes_back_and_nothing_stays_behind(start: Start, how: str) -> None:
    platform = start(*(["--exec"] if how == "exec" else []))
    before = platform.children()
    assert len(before) >= 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)

    def all_back() -> bool:
        now = platform.children()
        return len(now) == len(before) and not set(now.items()) & set(before.items())

    platform.wait_for(all_back, "not all back")
    platform.wait_for(lambda: platform.status() == 404, "the web role does not answer")
    platform.process.send_signal(signal.SIGINT)
    assert platform.process.wait(30) == 0
    assert platform.left() == []
    assert platform.words().rstrip().endswith("stopped")


def test_nothing_survives_a_killed_supervisor(start: Start) -> None:
    platform = start()
    platform.process.kill()
    platform.process.wait()
    platform.wait_for(lambda: not platform.left(), "processes left")
    again = start()
    assert again.status() == 404


def test_a_second_platform_is_refused_in_both_languages(start: Start) -> None:
    platform = start("--no-demo")
    second = platform.command("up", "--port", str(free_port()))
    assert second.wait(20) == 2
    assert re.search(rf"已由进程 {platform.process.pid} 使用", platform.words())
    assert f"in use by process {platform.process.pid}" in platform.words()
    assert platform.status() == 404
    platform.process.terminate()
    assert platform.process.wait(30) == 0


def test_a_taken_port_is_refused_before_anything_starts(start: Start) -> None:
    platform = start("--no-demo")
    other = platform.data.with_name("other")
    command = [
        sys.executable,
        "-m",
        "singlewindow.server",
        "up",
        "--data",
        str(other),
        "--port",
        str(platform.port),
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    refused = subprocess.run(command, env=environment, capture_output=True, timeout=20, check=False)
    assert refused.returncode == 2
    assert f"Port {platform.port} is not available" in refused.stderr.decode()
    assert not (other / "postgres").exists()
