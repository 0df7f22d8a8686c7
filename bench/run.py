"""Every promise, one file after the other: prints what each says and writes ``build/bench.json``.

Run: ``make bench``, ``make bench ARGS="whole_path memory"`` or ``ARGS=--quick``.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.bed.promises import judged, tally

HERE = Path(__file__).parent
BUILD = HERE.parent / "build"
NO_PROMISE = {"run", "__main__", "__init__"}
BOUND_S = 1_800


def promises() -> dict[str, Path]:
    """Bench files by name."""
    return {path.stem: path for path in sorted(HERE.glob("*.py")) if path.stem not in NO_PROMISE}


def options(path: Path) -> set[str]:
    """Which of our options a bench file knows: it says so in what it adds to its parser."""
    found = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        node.value for node in found if isinstance(node, ast.Constant) and node.value in ("--quick", "--json")
    }


def measured(name: str, path: Path, quick: bool) -> dict[str, Any]:
    """Run one file, show what it says as it says it, and keep it."""
    known, kept = options(path), BUILD / "bench" / f"{name}.json"
    kept.unlink(missing_ok=True)
    command = [sys.executable, str(path)]
    command += ["--quick"] if quick and "--quick" in known else []
    command += ["--json", str(kept)] if "--json" in known else []
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE.parent)
    said = []
    for line in process.stdout or ():
        print(line, end="", flush=True)
        said.append(line.rstrip("\n"))
    code = process.wait(BOUND_S)
    return {
        "file": f"bench/{path.name}",
        "seconds": round(time.monotonic() - started, 1),
        "exit_status": code,
        "said": said,
        "values": json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None,
    }


def verdicts(found: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The row of each promise of the files run; one whose file said nothing is not measured."""
    rows = []
    for name, each in found.items():
        rows += (each["values"] or {}).get("promises") or judged(name, {})
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="bench files; all of them if none is named")
    parser.add_argument("--quick", action="store_true", help="smoke runs, where a file offers one")
    given = parser.parse_args()
    known = promises()
    if unknown := set(given.names) - known.keys():
        parser.error(f"no bench named {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    (BUILD / "bench").mkdir(parents=True, exist_ok=True)
    found = {name: measured(name, known[name], given.quick) for name in given.names or known}
    rows = verdicts(found)
    cores = len(os.sched_getaffinity(0))  # the promises are of two
    content = {"quick": given.quick, "cores": cores, "promises": rows, "files": found}
    (BUILD / "bench.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(tally(rows))
    failed = [name for name, each in found.items() if each["exit_status"]]
    print(
        f"{len(found) - len(failed)} of {len(found)} ran on {cores} cores; build/bench.json"
        + (f"; failed: {failed}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
