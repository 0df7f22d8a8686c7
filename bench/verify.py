"""``journal verify`` whole: every entry, tile, checkpoint and signature, every row held against its entry.

Loads the platform, verifies, loads it until there are four times as many declarations, and verifies again:
time an entry, and memory that must not grow with the record (the smaller one has two batches already). In
turn with it run the naive twin (a query an entry, another for the row it tells of, the same hashes; some
thousand entries from the middle) and the limit (the same columns streamed and hashed, with nothing unpacked
or compared). Medians of rounds. The platform is at rest meanwhile.
Run: ``python bench/verify.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import msgspec  # noqa: E402
from bed.installation import Platform, data_folder, platform  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.rest import loaded  # noqa: E402
from bed.verifying import WAYS, Taken, taken  # noqa: E402

CONNECTIONS, MOST_S = 32, 120.0
DECLARATIONS, TIMES = 800, 4  # at first, and how many times as many in the end
TWIN = 3_000  # entries are enough to time the twin
MB = 1_000_000


class Found(msgspec.Struct):
    """The middle run of each way over all there is, and of ours over a fourth of it."""

    small: Taken
    ours: Taken
    naive: Taken
    limit: Taken

    @property
    def times_naive(self) -> float:
        """Entries a second, of the twin's."""
        return self.ours.rate / self.naive.rate

    @property
    def growth(self) -> float:
        """Percent more memory than over the smaller record."""
        return 100 * (self.ours.peak / self.small.peak - 1)


def middle(runs: Sequence[Taken]) -> Taken:
    """The run of middle speed, with the most memory that any of them took."""
    found = sorted(runs, key=lambda each: each.rate)[len(runs) // 2]
    return msgspec.structs.replace(found, peak=max(each.peak for each in runs))


def tidied(running: Platform) -> None:
    """What would have been done long since, had the rows come one by one."""
    with running.connect() as connection:
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


def bench(count: int, rounds: int) -> Found:
    """Everything, in one run on one installation."""
    with data_folder() as folder, platform(folder) as running:
        loaded(running, MOST_S, CONNECTIONS, most=count)
        tidied(running)
        small = [taken(running, "ours") for _ in range(rounds)]
        loaded(running, MOST_S, CONNECTIONS, first=count, most=(TIMES - 1) * count)
        tidied(running)
        runs: dict[str, list[Taken]] = {way: [] for way in WAYS}
        for _ in range(rounds):
            for way in WAYS:
                runs[way].append(taken(running, way, TWIN))
    return Found(middle(small), **{way: middle(each) for way, each in runs.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = bench(DECLARATIONS, 1 if given.quick else 3)
    ours, cpu = found.ours, sum(found.ours.cpu.values())
    measured = {
        "verify_times_naive": found.times_naive,
        "verify_entry": cpu,
        "verify_memory_growth": found.growth,
    }
    print(
        f"verify: {ours.rate:,.0f} entries/s ({found.times_naive:.1f} x naive, "
        f"{ours.rate / found.limit.rate:.2f} of limit), {cpu:.1f} µs an entry, {found.growth:+.1f} % memory"
        f" {verdict(**measured)}"
    )
    for name, one in msgspec.structs.asdict(found).items():
        used = "   ".join(f"{who} {spent:5.1f}" for who, spent in one.cpu.items())
        print(
            f"  {name:6} {one.entries:>9,} entries, {one.held:>7,} rows held   {one.rate:>9,.0f}/s"
            f"   CPU µs: {used}   at most {one.peak / MB:.0f} MB"
        )
    keep(given.json, "verify", measured, **msgspec.to_builtins(found))


if __name__ == "__main__":
    main()
