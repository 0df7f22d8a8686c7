"""What became of a load, read from the data base: rates, waiting times, and whether all of it is true."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection

from bed.generator import Sent
from bed.recipients import recipients
from singlewindow.hub.journal.verify import Report, verify
from singlewindow.kernel.crypto.signing import SigningKey, keyring

DRAIN_S = 60.0
LOOK_S = 0.2
STILL_S = 1.5  # longer than any subscriber gathers
FAVOURABLE = (10, 50)  # accepted to closed: a terminal accepts a notice, authorities release
# A document is complete when its technical receipt and its partner's favourable decision are committed.
DONE = """
select submission_id::text, count(distinct document_id),
       extract(epoch from max(pg_xact_commit_timestamp(xmin)))::float8
  from sw.receipt
 where submission_id = any (%s::uuid[])
   and (stage = 'technical' or stage = 'business' and outcome between %s and %s)
   and partner = any (%s)
 group by submission_id
having count(distinct (document_id, stage)) = 2 * %s
"""
LEFT = """
select (select count(*) from sw.outbox) + (select count(*) from sw.inbox where state <> 2)
     + (select count(*) from sw.coordination_due)
"""
RELEASED = """
select d.submission_id::text, extract(epoch from max(pg_xact_commit_timestamp(r.xmin)))::float8
  from sw.dossier_document d join sw.release r on r.dossier = d.dossier
 where d.submission_id = any (%s::uuid[])
 group by d.submission_id
"""
NEWEST = "select coalesce(max(id), 0) from sw.journal_entry"
# A notice of ours is its own submission; what is answered to it completes no declaration. Only what was sent
# just now is counted: looking through all that is stored would be a load of its own.
SETTLED = "select count(*) from sw.receipt where submission_id >= %s and submission_id <> document_id"
UNNUMBERED = """
select count(*) from sw.journal_entry e
 where not exists (select from sw.journal_position p where p.entry_id = e.id)
"""
# How far behind the last of the journal's subscribers is, and whose goods wait to be decided on.
UNREAD = """
select (select coalesce(max(position), -1) from sw.journal_position)
     - (select coalesce(min(position), -1) from sw.journal_cursor)
"""
UNDECIDED = "select count(*) from sw.coordination_due"
EXPECTED = "select 2 * count(*) from sw.message where submission_id >= %s and submission_id <> document_id"


class NotTrueError(Exception):
    """Something acknowledged did not happen, or happened otherwise."""


def settled(connection: psycopg.Connection[Any], oldest: str) -> None:
    """Wait until nothing is left to do and both receipts of every message since a submission are applied."""

    def left() -> int:
        return one(connection, LEFT) or one(connection, EXPECTED, oldest) - one(connection, SETTLED, oldest)

    awaited(left, "receipts or rows")


def released(connection: psycopg.Connection[Any], sent: Sent) -> Mapping[str, float]:
    """Submission -> second at which its composite release was committed; every declaration must have one."""
    at: dict[str, float] = {}

    def left() -> int:
        at.update(connection.execute(RELEASED, [list(sent.due)]).fetchall())
        return len(sent.due.keys() - at.keys())

    awaited(left, "declarations without release")
    return at


def numbered(connection: psycopg.Connection[Any]) -> None:
    """Wait until nothing more is entered in the journal, every entry has its number, and all have read it.

    While a subscriber still opens dossiers or tells of releases, nothing is measured at rest.
    """
    newest = -1
    while newest != (newest := one(connection, NEWEST)):
        awaited(lambda: one(connection, UNNUMBERED), "entries without number")
        awaited(lambda: one(connection, UNREAD), "entries not read by a subscriber")
        awaited(lambda: one(connection, UNDECIDED), "dossiers not decided on")
        time.sleep(STILL_S)


def awaited(left: Callable[[], int], what: str, every_s: float = LOOK_S) -> None:
    """Look until nothing is left; raises NotTrueError when it has not become less for the bound's time."""
    least, deadline = None, time.monotonic() + DRAIN_S
    while count := left():
        if least is None or count < least:
            least, deadline = count, time.monotonic() + DRAIN_S
        elif time.monotonic() > deadline:
            raise NotTrueError(f"{count} {what} after {DRAIN_S:g} s without progress")
        time.sleep(every_s)


def finished(
    connection: psycopg.Connection[Any], sent: Sent, partners: Sequence[str] = ()
) -> Mapping[str, float]:
    """Submission -> second at which its last receipt was committed; every acknowledged one, or an error.

    Receipts of these partners; of all recipients, if none is named.
    """
    if sent.refused:
        raise NotTrueError(f"refused: {sent.refused[:3]}")
    done: dict[str, float] = {}
    whose = list(partners or recipients())

    def left() -> int:
        rows = connection.execute(DONE, [list(sent.due), *FAVOURABLE, whose, len(whose)]).fetchall()
        done.update({submission: at for submission, _, at in rows})
        return len(sent.due.keys() - done.keys())

    awaited(left, f"incomplete of {len(sent.due)}")
    return done


def rate(sent: Sent, done: Mapping[str, float]) -> float:
    """Complete declarations a second from the first sent to the last complete, filling and draining too."""
    return len(done) / (max(done.values()) - sent.started)


def sustained(sent: Sent, done: Mapping[str, float]) -> float:
    """The same without filling and draining: from the first complete to the last sent; 0 if none is."""
    first, last = min(done.values()), max(sent.due.values())
    return sum(first < at <= last for at in done.values()) / (last - first) if last > first else 0.0


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of all do not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def one(connection: psycopg.Connection[Any], query: str, *values: Any) -> int:
    """The only value of a query."""
    row = connection.execute(query, values or None).fetchone()
    return int(row[0]) if row else 0


def journal_verifies(dsn: str, key: Path) -> str:
    """Verify the whole journal, once everything in it has its number; what was found."""

    keys = keyring([SigningKey.from_pem(key.read_bytes()).verifying_key])

    async def check() -> Report:
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            return await verify(connection, keys=keys)

    report = asyncio.run(check())
    if not report.sound or report.unnumbered:
        raise NotTrueError(f"the journal does not verify: {report}")
    return f"journal of {report.size} entries and {report.checkpoints} checkpoints verifies"
