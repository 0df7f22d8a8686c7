"""The promise of size: every process of the demonstration together, PostgreSQL included, ≤ 1.0 GB.

Sums the proportional set size (PSS) of the supervisor and everything below it, idle after the start and
again after a load; the naive twin starts each role as a program of its own, the limit is as many bare
interpreters beside the same PostgreSQL. Run as root, or as the user PostgreSQL runs as, for its
processes are read as well.
Run: ``python bench/memory.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.installation import SETTINGS, Platform, data_folder, platform  # noqa: E402
from bed.processes import family, pss_bytes  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.rest import loaded  # noqa: E402

MB, GB = 1_000_000, 1_000_000_000
REST_S = 3.0


def sizes(running: Platform) -> dict[str, int]:
    """PSS in bytes by what the process is; PostgreSQL's are one."""
    known = {pid: name for name, pid in running.started.items()}
    server = set(family(running.postmaster))
    found: dict[str, int] = {}
    for pid in family(running.process.pid):
        name = "postgres" if pid in server else known.get(pid, "supervisor")
        found[name] = found.get(name, 0) + pss_bytes(pid)
    return found


def measured(seconds: float) -> dict[str, dict[str, int]]:
    """Idle, and after a load of so many seconds."""
    with data_folder() as folder, platform(folder) as running:
        time.sleep(REST_S)
        idle = sizes(running)
        loaded(running, seconds, 128)
        time.sleep(REST_S)
        return {"idle": idle, "after_load": sizes(running)}


def twin() -> dict[str, int]:
    """The same roles, each a program that imports everything for itself; idle."""
    with data_folder() as folder, platform(folder, SETTINGS, "--exec") as running:
        time.sleep(REST_S)
        return sizes(running)


def limit(idle: dict[str, int]) -> int:
    """As many interpreters that have imported nothing, and the same PostgreSQL."""
    waiting = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
    interpreters = [subprocess.Popen(waiting, stdin=subprocess.PIPE) for _ in range(len(idle) - 1)]
    try:
        time.sleep(1)
        return idle["postgres"] + sum(pss_bytes(each.pid) for each in interpreters)
    finally:
        for each in interpreters:
            each.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a shorter load")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measured(3.0 if given.quick else 15.0)
    found["naive_idle"] = twin()
    totals = {when: sum(each.values()) for when, each in found.items()} | {"limit_idle": limit(found["idle"])}
    idle, most = totals["idle"], max(totals["idle"], totals["after_load"])
    print(
        f"memory: {most / GB:.2f} GB after load, {idle / GB:.2f} GB idle "
        f"({totals['naive_idle'] / idle:.1f} x less than naive, {totals['limit_idle'] / idle:.2f} of limit) "
        f"{verdict(memory=most / GB)}"
    )
    for name, size in sorted(found["after_load"].items(), key=lambda item: -item[1]):
        alone = found["naive_idle"].get(name, 0) / MB
        print(
            f"  {name:24} {found['idle'].get(name, 0) / MB:6.0f} → {size / MB:6.0f} MB   naive {alone:.0f} MB"
        )
    keep(given.json, "memory", {"memory": most / GB}, totals=totals, bytes=found)


if __name__ == "__main__":
    main()
