"""The promise of starting: a bare clone ready in ≤ 120 s with empty caches, ``up`` after set-up in ≤ 15 s.

Clones the repository, sets it up in a folder with caches of its own, starts it, then starts it again with
nothing but the set-up kept. The naive twin starts every role as a program of its own; the limit is PostgreSQL
alone, on the same data.

Of the bare machine the limit is what nobody can leave out: an environment, the same locked wheels downloaded
into empty caches and installed by the same pip, and a new cluster of the same PostgreSQL. It has no twin of
its own: a twin would wait for the same downloads, and one that was made to fetch or build them more slowly
would measure that alone; what differs after them is its first start, which stands in the line below.
Run: ``python bench/start.py [--quick] [--json FILE]``; ``--quick`` leaves out the clone and its limit, which
download every dependency.
"""

from __future__ import annotations

import argparse
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.installation import data_folder, listen, stop  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402

from singlewindow.rehearsal.ports import free_port  # noqa: E402
from singlewindow.server import configuration, postgres  # noqa: E402
from singlewindow.server.commands.up import folder, make_secrets  # noqa: E402

RUNS = 3
BOUND_S = 600.0
LOCK = HERE.parent / "requirements.lock"
PYTHON = f"{sys.base_prefix}/bin/python3"  # which .venv was made with


def ready_in(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Seconds from the command to ``ready``; the platform is then stopped by its id."""
    lines: queue.Queue[str] = queue.Queue()
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    threading.Thread(target=listen, args=(process, lines), daemon=True).start()
    try:
        while said := lines.get(timeout=BOUND_S):
            if said.startswith("ready:"):
                return time.monotonic() - started
        raise RuntimeError(f"{command} ended before it was ready")
    finally:
        stop(process)


def up(data: Path, *more: str) -> float:
    """One start of this working copy's platform."""
    command = [
        sys.executable,
        "-m",
        "singlewindow.server",
        "up",
        "--data",
        str(data),
        "--port",
        str(free_port()),
        *more,
    ]
    return ready_in(command, HERE.parent, os.environ | {"PYTHONPATH": str(HERE.parent / "src")})


def fresh(*more: str) -> float:
    """The first start in an empty data folder: the cluster is made, migrated and filled."""
    with data_folder() as data:
        return up(data, *more)


def first() -> dict[str, list[float]]:
    """First starts: ours, the twin's, and a new cluster alone."""
    runs = range(RUNS)
    return {
        "first_start": [fresh() for _ in runs],
        "naive_first_start": [fresh("--exec") for _ in runs],
        "limit_first_start": [new_cluster() for _ in runs],
    }


def new_cluster() -> float:
    """PostgreSQL made in an empty folder and started until it answers."""
    with data_folder() as data:
        chosen = configuration.load({"data": data}, {})
        folder(chosen)
        make_secrets(chosen)
        return postgres_alone(data)


def again() -> dict[str, list[float]]:
    """Later starts, when everything is there: ours, the twin's and the limit's on one folder."""
    with data_folder() as data:
        up(data)
        runs = range(RUNS)
        return {
            "next_start": [up(data) for _ in runs],
            "naive_next_start": [up(data, "--exec") for _ in runs],
            "limit_next_start": [postgres_alone(data) for _ in runs],
        }


def postgres_alone(data: Path) -> float:
    """PostgreSQL of an installation, started until it answers."""
    cluster = configuration.load({"data": data}, {}).cluster
    assert cluster
    started = time.monotonic()
    server = cluster.start()
    taken = time.monotonic() - started
    postgres.stop(server)
    return taken


def bare() -> float:
    """Clone, set-up and first start, with a home and caches that hold nothing."""
    with data_folder() as place:
        started = time.monotonic()
        subprocess.run(["git", "clone", "-q", str(HERE.parent), str(place / "clone")], check=True)
        arguments = f"ARGS=--port {free_port()} --data {place / 'data'}"
        ready_in(["make", "up", arguments], place / "clone", emptied(place / "cache"))
        return time.monotonic() - started


def emptied(cache: Path) -> dict[str, str]:
    """This environment without its Python, and with caches in a folder of their own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")}
    return kept | {"PIP_CACHE_DIR": str(cache), "XDG_CACHE_HOME": str(cache)}


def installed() -> float:
    """An environment with all that is locked, from empty caches, and a new cluster."""
    with data_folder() as place:
        python = str(place / "venv" / "bin" / "python")
        environment, started = emptied(place / "cache"), time.monotonic()
        pip = ["-m", "pip", "--disable-pip-version-check", "-q", "install", "--require-hashes", "-r"]
        for command in ([PYTHON, "-m", "venv", str(place / "venv")], [python, *pip, str(LOCK)]):
            subprocess.run(command, env=environment, check=True, timeout=BOUND_S)
        taken = time.monotonic() - started
    return taken + new_cluster()


def medians(quick: bool) -> dict[str, float]:
    """Seconds of each kind of start; the bare clone and its limit once, as they download everything."""
    taken = again() | first()
    if not quick:
        taken |= {"bare_machine": [bare()], "limit_bare_machine": [installed()]}
    return {name: statistics.median(each) for name, each in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the clone")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = medians(given.quick)
    ours, naive, limit = (found[f"{who}next_start"] for who in ("", "naive_", "limit_"))
    beginning = found["first_start"]
    measured = {name: found[name] for name in ("bare_machine", "next_start") if name in found}
    if bare_machine := found.get("bare_machine"):
        of_limit = found["limit_bare_machine"] / bare_machine
        print(
            f"bare machine: clone to ready in {bare_machine:.1f} s with empty caches "
            f"({of_limit:.2f} of limit) {verdict(bare_machine=bare_machine)}"
        )
    print(
        f"start: {ours:.1f} s after set-up ({naive / ours:.1f} x faster than naive, "
        f"{limit / ours:.2f} of limit), {beginning:.1f} s in an empty folder "
        f"({found['naive_first_start'] / beginning:.1f} x, {found['limit_first_start'] / beginning:.2f}) "
        f"{verdict(next_start=ours)}"
    )
    keep(given.json, "start", measured, seconds=found)


if __name__ == "__main__":
    main()
