"""The promise of the whole path: ≥ 600 declarations/s and 10 × the naive twin; 200/s with p99 ≤ 1 s.

HTTP in → checked → one document for every connector there is → delivered in the batches the connectors use
→ both receipts of each applied → composite release; all durable, counterparts and load on the same machine.
The platform, the twin and the limit in turn. What is promised is the rate of a whole run, its filling and
draining included; the rate while the load lasted stands beside it.
Run: ``python bench/whole_path.py [--quick] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import msgspec  # noqa: E402
from bed import limit  # noqa: E402
from bed.generator import Load, Sent  # noqa: E402
from bed.installation import Platform, data_folder, platform  # noqa: E402
from bed.outcome import (  # noqa: E402
    FAVOURABLE,
    NotTrueError,
    finished,
    journal_verifies,
    numbered,
    one,
    percentile,
    rate,
    released,
    settled,
    sustained,
)
from bed.processes import group_cpu_s  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.recipients import recipients  # noqa: E402
from bed.scratch import scratch  # noqa: E402
from bed.stored import Stored, stored  # noqa: E402

from singlewindow.kernel.messages import Receipt  # noqa: E402
from singlewindow.server import composition  # noqa: E402
from singlewindow.server.configuration import ENGINE  # noqa: E402

FASTEST = 1_500  # so many bodies are made for each second of load
OPEN_RATE = 200.0  # declarations a second by the clock
TWIN_S = 1.0  # of that rate for the twin, which falls further behind the longer it lasts
DRAIN_S = 90.0
NAIVE_DONE = """
select submission_id::text, extract(epoch from max(pg_xact_commit_timestamp(xmin)))::float8
  from receipt
 where submission_id = any (%s::uuid[])
   and (stage = 'technical' or stage = 'business' and outcome between 10 and 50)
 group by submission_id having count(distinct (document_id, stage)) = 2 * %s
"""
KEPT = """
select n, partner, content, extract(epoch from pg_xact_commit_timestamp(xmin))::float8
  from answer where n > %s order by n
"""


class Measure(msgspec.Struct):
    """One run: complete declarations a second, and CPU µs each by who used it."""

    rate: float
    cpu: dict[str, int]
    count: int
    accepted: float  # p50 seconds until the receipt of the door
    complete: list[float]  # seconds from due to the last receipt, p50 and p99
    each: dict[str, int] = {}  # CPU as above, process by process
    sustained: float = 0.0  # the rate while the load lasted


class Candidate:
    """A running platform, twin or limit, and how its work is told complete."""

    def __init__(
        self,
        running: Any,
        complete: Callable[[Any, Sent, int], dict[str, float]],
        after: Callable[[Any, Sent], Mapping[str, float]] = lambda connection, sent: {},
    ) -> None:
        self.running, self.complete, self.after, self.first = running, complete, after, 0
        self.before, self.count = self.stored(), 0

    def measure(self, seconds: float, connections: int = 0, open_rate: float = 0.0) -> Measure:
        """Load it once and wait until all of it is done."""
        running, most = self.running, int(seconds * (open_rate or FASTEST))
        port = running.configuration.port
        load = Load(port, running.token, self.first, most, seconds, connections, open_rate)
        groups, processes = running.groups(), running.processes()
        before, before_each = group_cpu_s(groups), group_cpu_s(processes)
        sent = generated(load)
        self.first += most
        with running.connect() as connection:
            done, then = self.complete(connection, sent, self.first), self.after(connection, sent)
        self.count += len(done)
        whole = {submission: max(at, then.get(submission, at)) for submission, at in done.items()}
        after, after_each = group_cpu_s(groups), group_cpu_s(processes)
        cpu = {name: round(1e6 * (after[name] - before[name]) / len(done)) for name in after}
        each = {name: round(1e6 * (after_each[name] - before_each[name]) / len(done)) for name in after_each}
        waits = [at - sent.due[submission] for submission, at in done.items() if submission in sent.due]
        return Measure(
            rate=rate(sent, whole),
            cpu=cpu | {"generator": round(1e6 * sent.cpu_s / len(done))},
            count=len(done),
            accepted=statistics.median(sent.waited),
            complete=[percentile(waits, 0.5), percentile(waits, 0.99)] if waits else [],
            each=each,
            sustained=sustained(sent, whole),
        )

    def bytes_each(self) -> dict[str, int]:
        """Bytes a declaration of write-ahead log, tables and indexes, of all it was ever loaded with."""
        return self.stored().each(self.before, self.count)

    def stored(self) -> Stored:
        """What it has on the disk."""
        with self.running.connect() as connection:
            return stored(connection)


def generated(load: Load) -> Sent:
    """Run the generator in a process of its own."""
    with tempfile.NamedTemporaryFile() as written:
        given = msgspec.json.encode(msgspec.structs.replace(load, into=written.name))
        command = [sys.executable, "-m", "bed.generator"]
        subprocess.run(command, input=given, cwd=HERE, check=True, timeout=load.seconds + 120)
        return msgspec.json.decode(Path(written.name).read_bytes(), type=Sent)


def platform_done(connection: Any, sent: Sent, _: int) -> dict[str, float]:
    """All receipts of everything acknowledged, applied and committed by the worker."""
    settled(connection, min(sent.due))
    return dict(finished(connection, sent))


def naive_done(connection: Any, sent: Sent, _: int) -> dict[str, float]:
    """The same of the twin's rows."""
    deadline = time.monotonic() + DRAIN_S
    while time.monotonic() < deadline:
        found = dict(connection.execute(NAIVE_DONE, [list(sent.due), len(recipients())]).fetchall())
        if found.keys() >= sent.due.keys():
            return {submission: found[submission] for submission in sent.due}
        time.sleep(0.5)
    raise NotTrueError(f"the twin finished {len(found)} of {len(sent.due)}; refused: {sent.refused[:3]}")


def decides(receipt: Receipt) -> bool:
    """Whether it is one of the two that complete a document."""
    least, most = FAVOURABLE
    return receipt.stage == "technical" or (receipt.stage == "business" and least <= receipt.outcome <= most)


class Answers:
    """Reads what the limit kept: two receipts of every message, read by the connectors' codecs."""

    def __init__(self) -> None:
        self.seen, self.receipts = 0, 0
        self.last: dict[str, float] = {}  # submission -> second at which its newest receipt was committed

    def __call__(self, connection: Any, sent: Sent, _: int) -> dict[str, float]:
        deadline = time.monotonic() + DRAIN_S
        expected = 2 * len(recipients()) * len(sent.due)
        started = self.receipts
        while self.receipts - started < expected and time.monotonic() < deadline:
            time.sleep(0.5)
            for n, partner, content, at in connection.execute(KEPT, [self.seen]).fetchall():
                self.read(partner, content, at)
                self.seen = n
        if self.receipts - started < expected:
            raise NotTrueError(f"the limit kept {self.receipts - started} receipts of {expected}")
        return {submission: self.last[submission] for submission in sent.due}

    def read(self, partner: str, content: bytes, at: float) -> None:
        """One answer: whose receipts it holds. The limit's first message, number 0, is submission 1's."""
        for receipt in filter(decides, composition.connectors()[partner].codec.decode(content)):
            about = receipt.about
            number = int(about[1:]) if about.startswith("W") else UUID(about).int
            submission = str(UUID(int=number + 1))
            self.last[submission] = max(at, self.last.get(submission, 0.0))
            self.receipts += 1


@contextmanager
def real() -> Iterator[Candidate]:
    """The platform, in a folder of its own."""
    with data_folder() as folder, platform(folder) as running:
        yield Candidate(running, platform_done, released)


@contextmanager
def bare(module: str, tables: str, done: Any, count: int = 0) -> Iterator[Candidate]:
    """The twin or the limit, likewise."""
    with data_folder() as folder, scratch(folder, module, tables, count) as running:
        yield Candidate(running, done)


def repeated(candidate: Candidate, runs: int, seconds: float, connections: int) -> Measure:
    """Warm it up, measure it some times; the run with the median rate."""
    candidate.measure(1.0, 8)
    measured = sorted(
        (candidate.measure(seconds, connections) for _ in range(runs)), key=lambda found: found.rate
    )
    return measured[len(measured) // 2]


def truth(running: Platform) -> str:
    """Nothing left over, the journal sound; raises NotTrueError."""
    with running.connect() as connection:
        numbered(connection)
        accepted = one(connection, "select count(*) from sw.submission")
        receipts = one(connection, "select count(*) from sw.receipt")
    report = journal_verifies(running.configuration.dsn(ENGINE), running.configuration.signing_key)
    return f"{accepted} acknowledged, {receipts} receipts applied, nothing left over; {report}"


def spent(name: str, found: Measure) -> str:
    """CPU µs an item."""
    each = "   ".join(f"{who} {used:,}" for who, used in found.cpu.items())
    return f"  {name:9} CPU µs each: {each}   (sum {sum(found.cpu.values()):,}; {found.count} complete)"


def one_by_one(found: Measure) -> str:
    """The same of each process that used any, the most first."""
    used = sorted(((cpu, name) for name, cpu in found.each.items() if cpu > 0), reverse=True)
    return "    " + "   ".join(f"{name} {cpu:,}" for cpu, name in used)


def weight(bytes_each: Mapping[str, Mapping[str, int]]) -> str:
    """What a declaration leaves on the disk, of each candidate."""
    each = (
        f"{who} " + ", ".join(f"{what} {size:,}" for what, size in sizes.items())
        for who, sizes in bytes_each.items()
    )
    return f"  bytes a declaration: {'; '.join(each)}"


def bench(runs: int, seconds: float, connections: int, slow: int, kept: Path | None) -> None:
    """Everything, printed as it is found, and kept."""
    weights = {}
    with real() as candidate:
        ours = repeated(candidate, runs, seconds, connections)
        by_clock = candidate.measure(seconds, open_rate=OPEN_RATE)
        checked = truth(candidate.running)
        weights["platform"] = candidate.bytes_each()
    tables = (HERE / "bed" / "naive.sql").read_text(encoding="utf-8")
    with bare("bed.naive", tables, naive_done) as candidate:
        twin = repeated(candidate, runs, seconds, slow)
        twin_by_clock = candidate.measure(TWIN_S, slow, OPEN_RATE)
        weights["naive"] = candidate.bytes_each()
    made = int((runs * seconds + 1) * FASTEST + seconds * OPEN_RATE)
    with bare("bed.limit", limit.TABLES, Answers(), made) as candidate:
        bound = repeated(candidate, runs, seconds, connections)
        bound_by_clock = candidate.measure(seconds, open_rate=OPEN_RATE)
        weights["limit"] = candidate.bytes_each()
    throughput = at_full(ours, twin, bound, connections)
    print(weight(weights))
    latency = at_rate(by_clock, twin_by_clock, bound_by_clock)
    print(spent("platform", by_clock))
    print(f"  {checked}")
    measured, figures = ({**throughput[each], **latency[each]} for each in (0, 1))
    more = {"recipients": ", ".join(recipients()), "bytes": weights, "truth": checked}
    keep(kept, "whole_path", measured, **figures, **more)


Said = tuple[dict[str, float], dict[str, Any]]  # what promises are held against, and every figure


def at_full(ours: Measure, twin: Measure, bound: Measure, connections: int) -> Said:
    """The throughput of all three, printed."""
    rates = {"whole_path_rate": ours.rate, "whole_path_times_naive": ours.rate / twin.rate}
    print(
        f"whole path: {ours.rate:.0f}/s ({ours.rate / twin.rate:.1f} x naive, "
        f"{ours.rate / bound.rate:.2f} of limit; {at_best(ours)}; "
        f"recipients {', '.join(recipients())}; {connections} in flight) {verdict(**rates)}"
    )
    for name, found in (("platform", ours), ("naive", twin), ("limit", bound)):
        print(pace(name, found))
        print(spent(name, found))
        if found.each:
            print(one_by_one(found))
    figures = {
        "rate": ours.rate, "naive_rate": twin.rate, "limit_rate": bound.rate,
        "sustained": ours.sustained, "naive_sustained": twin.sustained, "limit_sustained": bound.sustained,
        "times_naive": ours.rate / twin.rate, "of_limit": ours.rate / bound.rate,
        "cpu_us": ours.cpu, "cpu_us_each": ours.each, "naive_cpu_us": twin.cpu, "limit_cpu_us": bound.cpu,
    }  # fmt: skip
    return rates, figures


def at_rate(ours: Measure, twin: Measure, bound: Measure) -> Said:
    """The waiting times of all three at the rate of the clock, printed."""
    (median, worst), behind, least = ours.complete, twin.complete[1], bound.complete[1]
    print(
        f"submit to last receipt at {OPEN_RATE:.0f}/s: p50 {median:.3f} s, p99 {worst:.3f} s "
        f"({ours.count} complete; naive {behind:.1f} s after {TWIN_S:.0f} s of it, for it falls behind; "
        f"{least / worst:.2f} of limit, {least:.3f} s) {verdict(last_receipt_p99=worst)}"
    )
    figures = {
        "latency_200_p50_s": median, "latency_200_p99_s": worst,
        "naive_latency_200_p99_s": behind, "limit_latency_200_p99_s": least,
    }  # fmt: skip
    return {"last_receipt_p99": worst}, figures


def pace(name: str, found: Measure) -> str:
    """Both rates: of the whole run, which is what is promised, and without its filling and draining."""
    rates = f"{found.rate:7.1f}/s   {at_best(found)}"
    return f"  {name:9} {rates}   accepted p50 {1e3 * found.accepted:.0f} ms"


def at_best(found: Measure) -> str:
    """The rate while the load lasted; of a load that was too short for it, just that."""
    if not found.sustained:
        return "none complete while the load lasted"
    return f"{found.sustained:.1f}/s while the load lasted"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a smoke run of under a minute")
    parser.add_argument("--only", choices=["platform", "naive", "limit"], help="one candidate alone")
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    runs, seconds = (1, 3.0) if given.quick else (3, 10.0)
    if given.only:
        alone(given.only, runs, seconds, given.connections)
        return
    bench(runs, seconds, given.connections, slow=32, kept=given.json)


def alone(name: str, runs: int, seconds: float, connections: int) -> None:
    """One candidate, for whoever improves it."""
    tables = (HERE / "bed" / "naive.sql").read_text(encoding="utf-8")
    made = int((runs * seconds + 1) * FASTEST)
    candidates = {
        "platform": real,
        "naive": lambda: bare("bed.naive", tables, naive_done),
        "limit": lambda: bare("bed.limit", limit.TABLES, Answers(), made),
    }
    with candidates[name]() as candidate:
        found = repeated(candidate, runs, seconds, 32 if name == "naive" else connections)
        print(pace(name, found))
        print(spent(name, found))
        if name == "platform":
            print(one_by_one(found))
            print(f"  {truth(candidate.running)}")
        print(weight({name: candidate.bytes_each()}))


if __name__ == "__main__":
    main()
