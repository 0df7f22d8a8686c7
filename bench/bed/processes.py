"""CPU time and memory of processes, read from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def children(pid: int) -> list[int]:
    """The processes ``pid`` has started and that still run."""
    try:
        return [int(each) for each in (PROC / f"{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it ended while we looked
        return []


def family(pid: int) -> list[int]:
    """A process and everything below it."""
    return [pid, *(below for child in children(pid) for below in family(child))]


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and of the children it has already buried."""
    fields = (PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def group_cpu_s(groups: Mapping[str, Iterable[int]]) -> dict[str, float]:
    """CPU seconds of each group; a backend that ended between is in its postmaster's account."""
    return {name: sum(cpu_of_family(pid) for pid in pids) for name, pids in groups.items()}


def spent(used: Mapping[str, int]) -> str:
    """CPU µs of each group in words, but for the counterparts, which are not the platform's."""
    return "   ".join(f"{who} {each:,}" for who, each in used.items() if who != "counterparts")


def cpu_of_family(pid: int) -> float:
    """Of a process, its running children and its buried ones."""
    total = 0.0
    for member in family(pid):
        try:
            total += cpu_s(member)
        except OSError:  # it ended while we looked
            continue
    return total


def pss_bytes(pid: int) -> int:
    """Proportional set size: shared pages are divided among those who share them."""
    for line in (PROC / f"{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def command(pid: int) -> str:
    """What the process calls itself, on one line."""
    return (PROC / f"{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
