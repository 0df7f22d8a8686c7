"""The worker's promise: what a declaration's answers, applied and decided on, cost of CPU.

Receipts are taken from the inbox as components leave them there, a hundred a row: claims, standings,
instructions, dispositions, signed releases, passes, journal. The naive twin is the same code a receipt a
transaction; the limit decodes the same rows and copies them into one bare table. Counts CPU time, which holds
when the machine is shared. Run: ``python bench/answers.py [--quick] [--count N] [--json FILE]``.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import uvloop
import zstandard

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE.parent / "tests"), str(HERE)]

import msgspec  # noqa: E402
from bed.promises import keep, verdict  # noqa: E402
from bed.recipients import recipients  # noqa: E402
from msgspec.structs import replace  # noqa: E402
from prepare import bodies, door, spent  # noqa: E402

import database as databases  # noqa: E402
from singlewindow.hub.coordination import gathering  # noqa: E402
from singlewindow.hub.coordination.means import Means  # noqa: E402
from singlewindow.hub.coordination.receiving import Coordination  # noqa: E402
from singlewindow.hub.exchange.receiving import Receiver  # noqa: E402
from singlewindow.hub.exchange.storing import store  # noqa: E402
from singlewindow.hub.exchange.submission import Prepared, prepare  # noqa: E402
from singlewindow.hub.journal.looking_up import LOOK_UPS  # noqa: E402
from singlewindow.hub.process import task as process  # noqa: E402
from singlewindow.kernel.clock import now  # noqa: E402
from singlewindow.kernel.crypto.signing import SigningKey  # noqa: E402
from singlewindow.kernel.messages import Instruction, Order, Outcome, Receipt, Stage, Subject  # noqa: E402
from singlewindow.server import rooms  # noqa: E402
from singlewindow.server.doors import new_id  # noqa: E402

# What each partner's first and deciding answers are called on its wire (their receipts.csv).
LETTERS = {
    "border": ("ACK", "CLEARED"),
    "customs": ("0", "P"),
    "maritime": ("7", "10"),
    "quarantine": ("0", "P"),
    "terminal": ("ACK", "ACC"),
}
CALL = Subject("conveyance", "9999993")  # border control clears the ship, with every consignment again
FILE, STORED = 100, 50  # receipts a file or response, declarations a commit of the door
BARE = "create table sw.bare (id text, about text, code text, outcome int, at timestamptz)"
KEEP = (
    "insert into sw.inbox (partner, source, digest, raw, receipts, problem, state, received_at)"
    " values (%s, %s, %s, '', %s, '', 0, now())"
)
PARTY = (
    "insert into sw.party (id, kind, code, partner, name_zh, name_en) overriding system value"
    " values (%s, %s, %s, %s, 'x', 'x')"
)
encode, decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(list[Receipt]).decode
Rows = list[tuple[str, bytes]]


def receipts(made: Sequence[Prepared], partner: str, stage: Stage) -> list[Receipt]:
    """One receipt of a stage for every document of a partner: all taken in, all released."""
    decided = Outcome.ACCEPTED if partner == "terminal" else Outcome.RELEASED
    code = LETTERS[partner][stage is Stage.BUSINESS]
    outcome = decided if stage is Stage.BUSINESS else Outcome.ACCEPTED
    at = now() + timedelta(milliseconds=10)
    cleared = Instruction("cleared", partner, Order.RELEASE, CALL, at)
    clears = stage is Stage.BUSINESS and partner == "border"
    return [
        Receipt(
            f"{stage}-{issued.message}", str(issued.message), stage, code, outcome, at,
            instructions=(replace(cleared, id=str(issued.message)),) if clears else (),
        )
        for one in made
        for issued in one.issued
        if issued.partner == partner
    ]  # fmt: skip


def inbox(made: Sequence[Prepared], in_a_row: int) -> Iterator[tuple[str, bytes]]:
    """Rows as components keep them: all technical receipts, partner after partner, then the decisions."""
    for stage in (Stage.TECHNICAL, Stage.BUSINESS):
        for partner in recipients():
            found = receipts(made, partner, stage)
            for at in range(0, len(found), in_a_row):
                yield partner, zstandard.compress(encode(found[at : at + in_a_row]), 1)


async def fill(database: databases.Database, made: Sequence[Prepared], rows: Rows) -> None:
    """The declarations as the door stores them, and their answers."""
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_intake"), autocommit=True) as intake:
        for start in range(0, len(made), STORED):
            async with intake.transaction(), intake.cursor() as cursor:
                await store(cursor, made[start : start + STORED])
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        given = [(partner, str(n), n.to_bytes(32, "big"), packed) for n, (partner, packed) in enumerate(rows)]
        connection.cursor().executemany(KEEP, given)


def seat(database: databases.Database) -> None:
    """The parties of ``door()``, under its numbers."""
    database.execute("postgres", "delete from sw.party")
    rows = [(7, "firm", "broker", None), (8, "firm", "importer", None), (9, "platform", "platform", None)]
    rows += [(n, "agency", partner, partner) for n, partner in enumerate(recipients(), 20)]
    for row in rows:
        database.execute("postgres", PARTY, *row)


async def apply(connection: Any, means: Means, most: int) -> None:
    """Until nothing waits and everything is decided on; ``most`` rows a transaction."""
    keeper = process.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
    receiver = Receiver(new_id, handlers=(keeper.handle, Coordination(means).handle))
    while await receiver.apply(connection, most):
        pass
    while await gathering.once(connection, means):
        pass


async def limit(connection: Any, rows: Rows) -> None:
    """The same receipts decoded and copied once."""
    async with connection.cursor() as cursor, cursor.copy("copy bare from stdin") as copy:
        for _, packed in rows:
            for one in decode(zstandard.decompress(packed)):
                await copy.write_row((one.id, one.about, one.code, int(one.outcome), one.at))


async def measured(database: databases.Database, count: int, in_a_row: int) -> tuple[float, float, float]:
    """CPU µs a declaration: ours in Python and in PostgreSQL, and the limit in both."""
    seat(database)
    given = door()
    made = [prepare(body, replace(given, message_id=f"a-{n}")) for n, body in enumerate(bodies(0, count))]
    rows = list(inbox(made, in_a_row))
    await fill(database, made, rows)
    database.execute("postgres", BARE)
    database.execute("postgres", "grant all on sw.bare to sw_engine")
    gc.collect()
    gc.freeze()
    means = Means(SigningKey.generate(), now, new_id)
    engine = psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True, options=LOOK_UPS)
    async with await engine as connection:
        backend = connection.info.backend_pid
        own, server = await spent(apply(connection, means, 40 if in_a_row > 1 else 1), backend, count)
        bare = sum(await spent(limit(connection, rows), backend, count))
    released = database.execute("postgres", "select count(*) from sw.release")[0][0]
    if released != count:
        raise RuntimeError(f"{released} of {count} declarations were released")
    return own, server, bare


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer declarations")
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    count = 200 if given.quick else given.count
    databases.SETTINGS = (("synchronous_commit", "on"),)
    with databases.server() as server:
        with databases.cloned(server) as fresh:
            own, ours, bare = uvloop.run(measured(fresh, count, FILE))
        with databases.cloned(server) as fresh:
            twin = sum(uvloop.run(measured(fresh, max(20, count // 20), 1))[:2])
    total = own + ours
    print(
        f"answers: {total:.0f} µs a declaration of {len(recipients())} documents ({twin / total:.1f} x naive,"
        f" {bare / total:.2f} of limit; worker {own:.0f}, PostgreSQL {ours:.0f}) {verdict(answers=total)}"
    )
    cpu = {"worker": own, "postgres": ours, "naive": twin, "limit": bare}
    keep(given.json, "answers", {"answers": total}, recipients=recipients(), cpu_us=cpu)


if __name__ == "__main__":
    main()
