"""One way of verifying the record, as a process of its own, so that its time and its memory are its alone.

Reads a :class:`Given` from a line of standard input, says that it is ready, waits for another line, verifies
and writes a :class:`Taken`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

import msgspec

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "src")]

from bed import naive_verify  # noqa: E402
from bed.installation import Platform, stop  # noqa: E402
from bed.outcome import NotTrueError  # noqa: E402
from bed.processes import group_cpu_s  # noqa: E402
from singlewindow.server import configuration  # noqa: E402
from singlewindow.server.commands import journal  # noqa: E402
from singlewindow.server.configuration import ENGINE  # noqa: E402

HERE = Path(__file__).parent.parent
WAYS = ("ours", "naive", "limit")
BOUND_S = 300.0


class Given(msgspec.Struct):
    """Which way, of the installation in which folder; the twin looks at ``most`` entries."""

    way: str
    data: str
    most: int


class Taken(msgspec.Struct):
    """Entries verified and other rows held, seconds, µs of CPU an entry, and bytes resident at the most."""

    entries: int
    held: int
    seconds: float
    cpu: dict[str, float]
    peak: int

    @property
    def rate(self) -> float:
        """Entries a second."""
        return self.entries / self.seconds


def taken(running: Platform, way: str, most: int = 0) -> Taken:
    """Verify one way, with nothing else to do; raises NotTrueError where the record is not sound."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bed.verifying"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=HERE,
        text=True,
    )
    server = {"postgres": [running.postmaster]}
    try:
        assert process.stdin
        assert process.stdout
        given = Given(way, str(running.folder), most)
        print(msgspec.json.encode(given).decode(), file=process.stdin, flush=True)
        process.stdout.readline()
        before = group_cpu_s(server)
        said, _ = process.communicate("now\n", timeout=BOUND_S)
        after = group_cpu_s(server)
    finally:
        stop(process)
    if process.returncode:
        raise NotTrueError(f"{way}: the record was not verified")
    found = msgspec.json.decode(said, type=Taken)
    found.cpu["postgres"] = 1e6 * (after["postgres"] - before["postgres"]) / found.entries
    return found


def ours(given: configuration.Configuration) -> tuple[int, int]:
    """The command itself."""
    arguments = argparse.Namespace(action="verify", positions=[], key=[], checkpoint=[])
    reply = journal.run(arguments, given)
    if reply.code:
        raise NotTrueError(reply.text)
    return reply.values["size"], reply.values["held"]


def verified(way: str, given: configuration.Configuration, most: int) -> tuple[int, int]:
    """Entries and rows, one of three ways."""
    if way == "ours":
        return ours(given)
    dsn = given.dsn(ENGINE)
    return naive_verify.naive(dsn, given.signing_key, most) if way == "naive" else naive_verify.limit(dsn)


def peak_bytes() -> int:
    """The most that this program ever had resident; what started it does not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main() -> None:
    given = msgspec.json.decode(sys.stdin.readline(), type=Given)
    known = configuration.load({"data": given.data}, {})
    print("ready", flush=True)
    sys.stdin.readline()
    started, cpu = time.perf_counter(), time.process_time()
    entries, held = verified(given.way, known, given.most)
    seconds, own = time.perf_counter() - started, time.process_time() - cpu
    found = Taken(entries, held, seconds, {"python": 1e6 * own / entries}, peak_bytes())
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main()
