"""The door's promise: what a declaration with all its recipients costs web and PostgreSQL of CPU.

``prepare`` (decode, check, project, encode) and ``store`` in group commits, alone, beside the naive twin
of the whole path (json.loads, JSON Schema, element trees, an INSERT and a commit a row) and the limit
(the same bytes hashed, compressed and copied into one table with nothing to check or index). Counts CPU
time, which holds when the machine is shared.
Run: ``python bench/prepare.py [--steps] [--count N] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import sys
import time
from collections.abc import Awaitable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import zstandard

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests"), str(HERE)]

from bed import naive  # noqa: E402
from bed.bodies import Bodies, sample  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.recipients import recipients  # noqa: E402
from bed.scratch import Task  # noqa: E402
from bed.timing import cpu_us  # noqa: E402
from msgspec.structs import replace  # noqa: E402

import database as databases  # noqa: E402
from platform_under_test import context  # noqa: E402
from singlewindow.hub.documents.decoding import decode_json  # noqa: E402
from singlewindow.hub.exchange.storing import store  # noqa: E402
from singlewindow.hub.exchange.submission import Context, Prepared, Subscription, prepare  # noqa: E402
from singlewindow.hub.exchange.subscriptions import read_rows  # noqa: E402
from singlewindow.hub.identity.directory import Directory, Mandate, Party, Snapshot  # noqa: E402
from singlewindow.kernel.clock import now  # noqa: E402
from singlewindow.kernel.messages import Envelope, Text  # noqa: E402
from singlewindow.server import rooms  # noqa: E402
from singlewindow.server.doors import new_id  # noqa: E402

GROUP = 20  # submissions a commit, as the door sees them with 128 in flight
best_us = partial(cpu_us, times=10, rounds=60)
SLOW = 20  # the twin is this much shorter


def door() -> Context:
    """What the door knows of the load's broker and importer, and all recipients."""
    values = sample()["values"]
    given = context()
    broker = Party(7, "firm", values["declarant_code"], Text("报关行", "Broker"))
    importer = Party(8, "firm", values["consignee_code"], Text("收货人", "Importer"))
    agencies = [
        Party(n, "agency", name, Text(name, name), partner=name) for n, name in enumerate(recipients(), 20)
    ]
    on = now().date()
    mandate = Mandate(1, 8, 7, "goods_declaration", on, on.replace(year=on.year + 1))
    directory = Directory(1, Snapshot([broker, importer, *agencies], [mandate], []))
    rows = [row for path in rooms.PACKAGE.glob("apps/*/subscriptions.csv") for row in read_rows(path)]
    subscriptions = [
        Subscription(row["receiver"], row["source_kind"], row["document_kind"], row["condition"], on)
        for row in rows
        if row["receiver"] in recipients()
    ]
    known = replace(given.knowledge, directory=directory, subscriptions=tuple(subscriptions))
    return replace(given, knowledge=known, party=broker, at=now(), new_id=new_id)


def on_cpu_s(pid: int) -> float:
    """CPU seconds of a process, to the nanosecond where the kernel keeps them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


async def spent(work: Awaitable[Any], backend: int, count: int) -> tuple[float, float]:
    """CPU µs an item, of this process and of the server process behind it."""
    own, theirs = time.process_time(), on_cpu_s(backend)
    await work
    own, theirs = time.process_time() - own, on_cpu_s(backend) - theirs
    return own / count * 1e6, theirs / count * 1e6


def steps(circumstances: Context, body: bytes) -> None:
    """What each step of ``prepare`` costs."""
    registry = circumstances.knowledge.registry
    definition = registry.current("goods_declaration")
    check = registry.checks[definition.id, definition.version]
    values, on = decode_json(body)["values"], circumstances.at.date()
    document = check(values, on).document
    print(f"  {'decode':28}{best_us(lambda: decode_json(body)):8.1f} µs")
    print(f"  {'check':28}{best_us(lambda: check(values, on)):8.1f} µs")
    for partner in recipients():
        projection, connector = registry.principal[partner], circumstances.knowledge.connectors[partner]
        made = projection.project(document)
        envelope = Envelope(str(new_id()), "S", "R", circumstances.at, "W000000000000000001")
        print(f"  {'project ' + partner:28}{best_us(lambda p=projection: p.project(document)):8.1f} µs")
        encode = connector.codec.encode
        print(f"  {'encode ' + partner:28}{best_us(lambda: encode(made, envelope)):8.1f} µs")  # noqa: B023
    print(f"  {'whole prepare':28}{best_us(lambda: prepare(body, circumstances)):8.1f} µs")


async def ours(connection: Any, batches: list[list[Prepared]]) -> None:
    """Group commits."""
    for batch in batches:
        async with connection.transaction(), connection.cursor() as cursor:
            await store(cursor, batch)


async def limit(connection: Any, batches: list[list[Prepared]]) -> None:
    """The same bytes, each hashed, compressed and copied once."""
    press = zstandard.ZstdCompressor(level=1).compress
    for batch in batches:
        async with (
            connection.transaction(),
            connection.cursor() as cursor,
            cursor.copy("copy bare from stdin (format binary)") as copy,
        ):
            copy.set_types(["bytea", "bytea"])
            for one in batch:
                for data in (one.original, *(issued.payload for issued in one.issued)):
                    await copy.write_row((hashlib.sha256(data).digest(), press(data)))


def bodies(first: int, count: int) -> list[bytes]:
    """Declarations ``first`` onwards."""
    make = Bodies().body
    return [make(n) for n in range(first, first + count)]


async def measured(database: databases.Database, circumstances: Context, count: int) -> dict[str, float]:
    """Ours and the limit, of as many declarations."""
    found: dict[str, float] = {}
    sent = bodies(0, count)
    started = time.process_time()
    made = [prepare(body, replace(circumstances, message_id=f"bench-{n}")) for n, body in enumerate(sent)]
    found["prepare"] = (time.process_time() - started) / count * 1e6
    batches = [made[at : at + GROUP] for at in range(0, count, GROUP)]
    database.execute("postgres", "create table sw.bare (digest bytea, content bytea)")
    database.execute("postgres", "grant all on sw.bare to sw_intake")
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_intake"), autocommit=True) as door_:
        backend = door_.info.backend_pid
        found["store"], found["postgres"] = await spent(ours(door_, batches), backend, count)
        found["limit"], found["limit postgres"] = await spent(limit(door_, batches), backend, count)
    return found


def twin(database: databases.Database, count: int) -> tuple[float, float]:
    """The naive twin of the whole path takes the same declarations."""
    tables = (HERE / "bed" / "naive.sql").read_text(encoding="utf-8")
    database.execute("postgres", "create schema naive")
    dsn = database.dsn("postgres") + " options='-c search_path=naive'"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(tables)
    endpoints: dict[str, dict[str, Any]] = {name: {} for name in recipients()}
    office = naive.Office(Task(dsn, 0, "", 0, endpoints))
    office.take(bodies(count, 1)[0], "warm")
    backend = office.local.connection.info.backend_pid

    async def take() -> None:
        for n, body in enumerate(bodies(0, count)):
            office.take(body, f"naive-{n}")

    found = asyncio.run(spent(take(), backend, count))
    office.local.connection.close()
    return found


def report(found: dict[str, float], naive_cost: tuple[float, float], kept: Path | None) -> None:
    """Three lines and the ratios, printed and kept."""
    web = found["prepare"] + found["store"]
    lines = {
        "ours": (web, found["postgres"]),
        "naive": naive_cost,
        "limit": (found["limit"], found["limit postgres"]),
    }
    print(
        f"door, {len(recipients())} recipients:"
        f" prepare {found['prepare']:.0f} µs, store {found['store']:.0f} µs"
    )
    for name, (own, server) in lines.items():
        print(f"  {name:6} web {own:8.0f} µs   postgres {server:8.0f} µs   sum {own + server:8.0f} µs")
    total = web + found["postgres"]
    bare = sum(lines["limit"])
    measured = {"door_web": web, "door_postgres": found["postgres"]}
    print(f"  {sum(naive_cost) / total:.1f} x naive, {bare / total:.2f} of limit {verdict(**measured)}")
    keep(kept, "prepare", measured, recipients=recipients(), cpu_us=lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", action="store_true", help="what each step of prepare costs, and no more")
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    circumstances = door()
    gc.collect()
    gc.freeze()
    steps(circumstances, bodies(1, 1)[0])
    if given.steps:
        return
    databases.SETTINGS = (("synchronous_commit", "on"),)
    with databases.server() as server, databases.cloned(server) as fresh:
        found = asyncio.run(measured(fresh, circumstances, given.count))
        report(found, twin(fresh, max(1, given.count // SLOW)), given.json)


if __name__ == "__main__":
    main()
