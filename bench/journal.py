"""The journal's promise: what each of 15 entries a declaration costs the doors of CPU, made and appended.

Makes, appends, sequences and verifies the same entries three ways, in one run on one server: ours, a
naive twin (an INSERT an entry, a hash chain row by row) and the limit (COPY of the same bytes into a
table without index, row-level security or trigger).
Run: ``python bench/journal.py [declarations] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests"), str(HERE)]

from bed.promises import keep, verdict  # noqa: E402

import database as databases  # noqa: E402
from singlewindow.hub.journal.append import COPY, append, copied  # noqa: E402
from singlewindow.hub.journal.entry import Entry, entry  # noqa: E402
from singlewindow.hub.journal.sequencer import Sequencer  # noqa: E402
from singlewindow.hub.journal.verify import verify  # noqa: E402
from singlewindow.kernel.crypto.signing import SigningKey, keyring  # noqa: E402
from singlewindow.kernel.ids import uuid7  # noqa: E402
from singlewindow.kernel.messages import Actor  # noqa: E402

EACH = 15
BATCH = 100  # declarations a door commits together
NAIVE = 100  # declarations are enough to time the twin
AT = datetime(2026, 11, 21, tzinfo=UTC)
ACTOR = Actor("token", "01J9", "重庆某报关有限公司", 1001)
CONTENT = {"partner": "customs", "document": "customs_declaration", "version": 1, "state": "sent"}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """CPU seconds a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Stopwatch:
    """Prints entries a second and CPU µs an entry, and remembers them for the ratios."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, tuple[float, float]] = {}  # µs an entry, of this process and of PostgreSQL

    async def time(self, name: str, count: int, work: Awaitable[Any], backend: int = 0) -> None:
        """Await the work; ``backend`` is the server process whose CPU counts as PostgreSQL's."""
        started, cpu, server = time.perf_counter(), time.process_time(), cpu_of(backend) if backend else 0.0
        await work
        seconds, own = time.perf_counter() - started, time.process_time() - cpu
        theirs = cpu_of(backend) - server if backend else 0.0
        self.seconds[name] = seconds / count
        own, theirs = self.cpu[name] = (1e6 * own / count, 1e6 * theirs / count)
        print(f"{name:26}{count / seconds:>10,.0f}/s   python {own:6.2f} µs   postgres {theirs:6.2f} µs")

    def ratio(self, name: str, other: str) -> None:
        """How many times as long the other takes."""
        print(f"{other} / {name}: {self.seconds[other] / self.seconds[name]:.2f}")


def subjects(declarations: int) -> list[tuple[UUID, UUID]]:
    """Submission and subject of 15 entries a declaration."""
    ids = [uuid7(AT + timedelta(milliseconds=n)) for n in range(declarations)]
    return [(each, UUID(int=each.int + n)) for each in ids for n in range(EACH)]


def made(about: list[tuple[UUID, UUID]]) -> list[Entry]:
    """An entry about each."""
    return [
        entry(
            at=AT,
            actor=ACTOR,
            verb="message.queued",
            subject_kind="document",
            subject_id=subject,
            submission_id=submission,
            content=CONTENT,
            viewers=(1001, 1, 7),
        )
        for submission, subject in about
    ]


def batches(entries: list[Entry]) -> list[list[Entry]]:
    """What the doors commit together."""
    step = BATCH * EACH
    return [entries[at : at + step] for at in range(0, len(entries), step)]


async def ours(connection: AsyncConnection[Any], entries: list[Entry]) -> None:
    for batch in batches(entries):
        async with connection.transaction(), connection.cursor() as cursor:
            await append(cursor, batch)


async def write_row(connection: AsyncConnection[Any], entries: list[Entry], form: str) -> None:
    """The driver's own packing of each value."""
    types = ["timestamptz", *["text"] * 4, "int4", "text", *["uuid"] * 2, *["bytea"] * 3, "int4[]"]
    names = Entry.__struct_fields__
    for batch in batches(entries):
        async with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(COPY.replace("(format binary)", f"(format {form})")) as copy,
        ):
            copy.set_types(types)
            for each in batch:
                values = [getattr(each, name) for name in names]
                values[-1] = list(values[-1])
                await copy.write_row(values)


async def limit(connection: AsyncConnection[Any], streams: list[bytes]) -> None:
    """The same bytes, packed beforehand, into a table with nothing to check or index."""
    for stream in streams:
        async with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy(COPY.replace("journal_entry", "bare")) as copy,
        ):
            await copy.write(stream)


async def naive(connection: AsyncConnection[Any], entries: list[Entry]) -> None:
    """An INSERT an entry, and a chain: each row hashes the row before it."""
    for batch in batches(entries):
        async with connection.transaction(), connection.cursor() as cursor:
            await cursor.execute("select pg_advisory_xact_lock(1)")
            for each in batch:
                await cursor.execute("select hash from chain order by id desc limit 1")
                before = await cursor.fetchone()
                chained = sha256((before[0] if before else b"") + each.content).digest()
                names = Entry.__struct_fields__
                values = [getattr(each, name) for name in names[:-1]]
                await cursor.execute(
                    f"insert into chain ({', '.join(names)}, hash) values ({'%s, ' * len(names)}%s)",
                    [*values, list(each.viewers), chained],
                )


async def sequenced(sequencer: Sequencer) -> None:
    while await sequencer.once(1500):
        pass


async def bench(database: databases.Database, declarations: int) -> Stopwatch:
    """Everything, and what it means in cores at 15,000 entries a second."""
    watch, signer, count = Stopwatch(), SigningKey.generate(), declarations * EACH

    entries: list[Entry] = []
    about = subjects(declarations)

    async def make() -> None:
        entries.extend(made(about))

    await watch.time("entries made", count, make())
    database.execute("postgres", "create table sw.bare as select * from sw.journal_entry")
    database.execute("postgres", "create table sw.chain (like sw.journal_entry including all, hash bytea)")
    database.execute("postgres", "grant all on sw.bare, sw.chain to sw_intake")
    async with await database.connect("sw_intake") as door:
        pid = door.info.backend_pid
        streams = [copied(batch) for batch in batches(entries)]
        await watch.time("appended", count, ours(door, entries), pid)
        await watch.time("limit: bare COPY", count, limit(door, streams), pid)
        few = entries[: NAIVE * EACH]
        await watch.time("naive: INSERT and chain", len(few), naive(door, few), pid)
    async with await database.connect("sw_engine") as engine:
        await engine.set_autocommit(True)
        sequencer = Sequencer(engine, lambda: AT)
        await watch.time("sequenced, 1,500 a pass", count, sequenced(sequencer), engine.info.backend_pid)
        await sequencer.sign(signer, timedelta(0))
        check = verify(engine, keys=keyring([signer.verifying_key]))
        await watch.time("verified", count, check, engine.info.backend_pid)
    async with await database.connect("sw_intake") as door:
        pid = door.info.backend_pid
        for form in ("binary", "text"):
            await watch.time(f"twin: write_row, {form}", count, write_row(door, entries, form), pid)
    watch.ratio("appended", "naive: INSERT and chain")
    watch.ratio("appended", "twin: write_row, binary")
    watch.ratio("appended", "twin: write_row, text")
    watch.ratio("limit: bare COPY", "appended")
    whole = sum(watch.seconds[name] for name in ("entries made", "appended", "sequenced, 1,500 a pass"))
    print(f"the journal of 1,000 declarations/s takes {whole * 1000 * EACH:.2f} s each second of one core")
    return watch


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("declarations", type=int, nargs="?", default=4_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    databases.SETTINGS = (("synchronous_commit", "on"),)
    with databases.server() as server, databases.cloned(server) as fresh:
        watch = asyncio.run(bench(fresh, given.declarations))
    door = watch.cpu["entries made"][0] + watch.cpu["appended"][0]
    print(f"the doors: {door:.2f} µs an entry, made and appended {verdict(journal_entry=door)}")
    keep(given.json, "journal", {"journal_entry": door}, cpu_us=watch.cpu)


if __name__ == "__main__":
    main()
