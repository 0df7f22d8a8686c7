"""The promise of growth: at ten times the stored data the whole path's rate falls by less than 15 %.

Loads the platform, multiplies what it stored by ten inside the data base, and loads it again. The naive twin
is loaded over as many declarations as the platform had stored, and over ten times as many. There is no limit:
that of the whole path looks nothing up and only appends to two tables without an index, so its loss is none,
and what one measured would be this machine's unrest. Run: ``python bench/growth.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

from bed.multiplied import multiply  # noqa: E402
from bed.outcome import numbered, one  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from whole_path import Measure, bare, naive_done, real, repeated, spent  # noqa: E402

TIMES = 10
STORED = "select count(*) from sw.submission"
NAIVE_STORED = "select count(*) from submission"
NAIVE_OWN = "select count(*) from submission where position('#' in message_id) = 0"
NAIVE_TABLES, NAIVE_SCRIPT = (
    (HERE / "bed" / f"{name}.sql").read_text(encoding="utf-8") for name in ("naive", "multiply_naive")
)


class Grown(msgspec.Struct):
    """Rates over little and over much, and how many submissions were stored at the one and the other."""

    before: Measure
    after: Measure
    small: int
    large: int

    @property
    def lost(self) -> float:
        """Percent of the rate."""
        return 100 * (1 - self.after.rate / self.before.rate)

    def figures(self) -> dict[str, Any]:
        """As it is kept."""
        ways = (("before", self.before, self.small), ("after", self.after, self.large))
        return {
            name: {"submissions": stored, "rate": each.rate, "sustained": each.sustained, "cpu_us": each.cpu}
            for name, each, stored in ways
        }


def multiply_naive(connection: Any, wanted: int) -> int:
    """Copies of what the twin itself has stored, until there are about so many submissions; how many are."""
    there, own = one(connection, NAIVE_STORED), one(connection, NAIVE_OWN)
    copies = (wanted - there) // own
    if copies > 0:
        with connection.transaction():
            for name, value in (("first", there), ("last", there + copies - 1)):
                connection.execute("select set_config(%s, %s, true)", [f"bench.{name}", str(value)])
            connection.execute(NAIVE_SCRIPT)
    tidied(connection)
    return one(connection, NAIVE_STORED)


def tidied(connection: Any) -> None:
    """What would have been done long since, had the rows come one by one."""
    connection.execute("vacuum (analyze)")
    connection.execute("checkpoint")


def measured(runs: int, seconds: float) -> Grown:
    """The platform's rate before and after."""
    with real() as candidate:
        before = repeated(candidate, runs, seconds, 256)
        with candidate.running.connect() as connection:
            numbered(connection)
            small = one(connection, STORED)
            multiply(candidate.running, TIMES - 1)
            large = one(connection, STORED)
            numbered(connection)
            tidied(connection)
        return Grown(before, repeated(candidate, runs, seconds, 256), small, large)


def twin(runs: int, seconds: float, small: int) -> Grown:
    """The twin's, over so many submissions and ten times as many."""
    with bare("bed.naive", NAIVE_TABLES, naive_done) as candidate:
        candidate.measure(1.0, 8)
        with candidate.running.connect() as connection:
            small = multiply_naive(connection, small)
            before = repeated(candidate, runs, seconds, 32)
            large = multiply_naive(connection, TIMES * small)
        return Grown(before, repeated(candidate, runs, seconds, 32), small, large)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short runs")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    runs, seconds = (1, 3.0) if given.quick else (3, 10.0)
    ours = measured(runs, seconds)
    naive = twin(runs, seconds, ours.small)
    measure = {"rate_lost_at_ten_times_the_data": ours.lost}
    work = sum(ours.after.cpu.values()) / sum(ours.before.cpu.values()) - 1
    print(
        f"growth: {ours.before.rate:.0f}/s over {ours.small:,} submissions, {ours.after.rate:.0f}/s over "
        f"{ours.large:,}: {ours.lost:.1f} % of the rate lost, CPU {100 * work:+.1f} % "
        f"(naive {naive.before.rate:.1f} and {naive.after.rate:.1f}/s, {naive.lost:.1f} % lost; "
        f"limit none) {verdict(**measure)}"
    )
    print(spent("before", ours.before))
    print(spent("after", ours.after))
    print(spent("naive", naive.after))
    keep(given.json, "growth", measure, **ours.figures(), naive=naive.figures())


if __name__ == "__main__":
    main()
