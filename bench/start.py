"""The promise of starting: a bare clone ready in ≤ 120 s with empty caches, ``up`` after set-up in ≤ 15 s.

Clones the repository, sets it up in a folder with caches of its own, starts it, then starts it again with
nothing but the set-up kept. Run: ``python bench/start.py [--quick] [--json FILE]``; ``--quick`` leaves out
the clone, which downloads every dependency.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from singlewindow.rehearsal.ports import free_port

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.installation import data_folder, listen, stop  # noqa: E402

RUNS = 3
BOUND_S = 600.0


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


def up(data: Path) -> float:
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
    ]
    return ready_in(command, HERE.parent, os.environ | {"PYTHONPATH": str(HERE.parent / "src")})


def fresh() -> float:
    """The first start in an empty data folder: the cluster is made, migrated and filled."""
    with data_folder() as data:
        return up(data)


def again() -> float:
    """A later start: everything is there."""
    with data_folder() as data:
        up(data)
        return up(data)


def bare() -> float:
    """Clone, set-up and first start, with a home and caches that hold nothing."""
    with data_folder() as folder:
        environment = {
            name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "PYTHONPATH")
        } | {"PIP_CACHE_DIR": str(folder / "cache"), "XDG_CACHE_HOME": str(folder / "cache")}
        started = time.monotonic()
        subprocess.run(["git", "clone", "-q", str(HERE.parent), str(folder / "clone")], check=True)
        arguments = f"ARGS=--port {free_port()} --data {folder / 'data'}"
        ready_in(["make", "up", arguments], folder / "clone", environment)
        return time.monotonic() - started


def medians(quick: bool) -> dict[str, float]:
    """Seconds of each kind of start."""
    kinds: dict[str, tuple[Callable[[], float], int]] = {
        "first_start": (fresh, RUNS),
        "next_start": (again, RUNS),
    }
    if not quick:
        kinds["bare_machine"] = (bare, 1)
    return {name: statistics.median(work() for _ in range(times)) for name, (work, times) in kinds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="without the clone")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = medians(given.quick)
    clone = f"bare clone to ready {found['bare_machine']:.1f} s (≤ 120), " if "bare_machine" in found else ""
    each = f"first start {found['first_start']:.1f} s, next start {found['next_start']:.1f} s (≤ 15)"
    print(f"start: {clone}{each}")
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        content = {"promise": "start", "at": datetime.now(UTC).isoformat(), "seconds": found}
        given.json.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
