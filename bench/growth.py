"""The promise of growth: at ten times the stored data the whole path's rate falls by less than 15 %.

Loads the platform, multiplies what it stored by ten inside the data base, and loads it again.
Run: ``python bench/growth.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.outcome import numbered, one  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from whole_path import Measure, real, repeated, spent  # noqa: E402

TIMES = 10
STORED = "select count(*) from sw.submission"
SCRIPT = (HERE / "bed" / "multiply.sql").read_text(encoding="utf-8")


def multiply(connection: Any) -> None:
    """Nine copies of every row, each with ids, numbers and messages of its own."""
    for copy in range(1, TIMES):
        with connection.transaction():
            connection.execute("select set_config('bench.copy', %s, true)", [str(copy)])
            connection.execute(SCRIPT)


def measured(runs: int, seconds: float) -> tuple[Measure, Measure, int, int]:
    """The rate before and after, and how many submissions were stored."""
    with real() as candidate:
        before = repeated(candidate, runs, seconds, 256)
        with candidate.running.connect() as connection:
            numbered(connection)
            small = one(connection, STORED)
            multiply(connection)
            large = one(connection, STORED)
            numbered(connection)
            # What would have been done long since, had the rows come one by one.
            connection.execute("vacuum (analyze)")
            connection.execute("checkpoint")
        return before, repeated(candidate, runs, seconds, 256), small, large


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    runs, seconds = (1, 3.0) if given.quick else (3, 10.0)
    before, after, small, large = measured(runs, seconds)
    lost = 100 * (1 - after.rate / before.rate)
    measure = {"rate_lost_at_ten_times_the_data": lost}
    work = sum(after.cpu.values()) / sum(before.cpu.values()) - 1
    print(
        f"growth: {before.rate:.0f}/s over {small:,} submissions, {after.rate:.0f}/s over {large:,}: "
        f"{lost:.1f} % of the rate lost, CPU {100 * work:+.1f} % {verdict(**measure)}"
    )
    print(spent("before", before))
    print(spent("after", after))
    ways = {
        "before": {"submissions": small, "rate": before.rate, "cpu_us": before.cpu},
        "after": {"submissions": large, "rate": after.rate, "cpu_us": after.cpu},
    }
    keep(given.json, "growth", measure, **ways)


if __name__ == "__main__":
    main()
