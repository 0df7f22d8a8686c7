"""The promise of the gate: whether a truck may leave is answered within a second (p95), whatever is stored.

A lane's system asks for containers of thousands of released consignments, among as many of others: looks,
which are asked again and again while a truck stands there, and passages, which use a release up, record the
event and are each asked once. All looked for must pass, and all let out must be told as used afterwards. The
limit is a request of the same program that is refused before anything is looked up. There is no twin: a gate
that asked less would let out what must stay.
Run: ``python bench/gate.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import httpx  # noqa: E402
import msgspec  # noqa: E402
from bed.installation import SETTINGS, Platform, data_folder, platform  # noqa: E402
from bed.outcome import NotTrueError, percentile  # noqa: E402
from bed.processes import group_cpu_s, spent  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from pages import Times, filled  # noqa: E402

from singlewindow.server import loaders  # noqa: E402

FULL, QUICK = (5_000, 300), (200, 30)  # declarations, questions of a kind
SEED = 20261123
GATE, PLATE = "3", "渝A88888"
FREE = """
select o.number, o.seal from sw.dossier_object o join sw.gate_pass p on p.key = o.key
 where o.kind = 'container' and o.standing = 'counts' and p.used_at is null
   and position('#' in o.number) = 0  -- no copy
"""
Question = dict[str, str]


class Lane:
    """The system of a terminal's gate."""

    def __init__(self, running: Platform) -> None:
        token = loaders.demo_secrets(running.configuration)["gate_token"]
        head = {"authorization": f"Bearer {token}"}
        self.client = httpx.Client(base_url=running.configuration.url, headers=head, timeout=30)
        self.groups = running.groups()

    def check(self, asked: Question) -> None:
        """It may leave; raises NotTrueError where it may not."""
        self._passed(self.client.post("/api/v1/gate/checks", json=asked))

    def passage(self, asked: Question) -> None:
        """It leaves."""
        key = {"idempotency-key": f"gate-{asked['container']}"}
        self._passed(self.client.post("/api/v1/gate/passages", json=asked | {"gate": GATE}, headers=key))

    def again(self, asked: Question) -> None:
        """It left already, and may not leave again."""
        answer = self.client.post("/api/v1/gate/checks", json=asked).json()
        if answer["passed"] or "G-23" not in [reason["code"] for reason in answer["reasons"]]:
            raise NotTrueError(f"a release is used twice: {answer}")

    def nothing(self, _: Question) -> None:
        """A question without a seal is none."""
        if self.client.post("/api/v1/gate/checks", json={}).status_code != 422:
            raise NotTrueError("a question without its members was not refused")

    def timed(self, ask: Callable[[Question], None], questions: list[Question]) -> Times:
        """One after the other, over a kept connection."""
        before, taken = group_cpu_s(self.groups), []
        for asked in questions:
            started = time.perf_counter()
            ask(asked)
            taken.append(1e3 * (time.perf_counter() - started))
        after = group_cpu_s(self.groups)
        cpu = {name: round(1e6 * (after[name] - before[name]) / len(questions)) for name in after}
        return Times(statistics.median(taken), percentile(taken, 0.95), cpu)

    @staticmethod
    def _passed(answer: httpx.Response) -> None:
        if answer.status_code != 200 or not answer.json()["passed"]:
            raise NotTrueError(f"{answer.status_code} {answer.text[:500]}")


def bench(wanted: int, count: int) -> dict[str, Any]:
    """Everything, in one run on one installation."""
    with data_folder() as folder, platform(folder, SETTINGS) as running:
        done, lane = len(filled(running, wanted)), Lane(running)
        with running.connect() as connection:
            free = connection.execute(FREE).fetchall()
        chosen = random.Random(SEED).sample(sorted(free), count)
        asked = [{"plate": PLATE, "container": number, "seal": seal} for number, seal in chosen]
        lane.timed(lane.check, asked[:20])
        found = {
            "check": lane.timed(lane.check, asked),
            "passage": lane.timed(lane.passage, asked),
            "again": lane.timed(lane.again, asked),
            "nothing": lane.timed(lane.nothing, asked),
        }
    return {"declarations": done, "answered": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few declarations, few trucks")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    measured = bench(*(QUICK if given.quick else FULL))
    found = measured["answered"]
    slowest = max(found[name].p95 for name in ("check", "passage"))
    print(
        f"gate: p95 {slowest:.1f} ms ({found['nothing'].p95 / slowest:.2f} of limit;"
        f" {measured['declarations']:,} declarations released beside others) {verdict(gate_p95=slowest)}"
    )
    for name, each in found.items():
        print(f"  {name:8} p50 {each.p50:6.1f} ms   p95 {each.p95:6.1f} ms   CPU µs: {spent(each.cpu)}")
    keep(given.json, "gate", {"gate_p95": slowest}, seed=SEED, **msgspec.to_builtins(measured))


if __name__ == "__main__":
    main()
