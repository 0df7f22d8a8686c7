"""The second half of the one write path: ``store`` writes prepared submissions, set by set.

It runs as ``sw_intake``, which may only insert, and read claims. The caller owns the transaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor, sql

from singlewindow.hub.exchange.copying import copy_all
from singlewindow.hub.exchange.rows import streams
from singlewindow.hub.exchange.submission import Context, Prepared, message_id_problems
from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/storing.sql")


class Taken(Struct, frozen=True):
    """The receipt of a submission; the same for ever, however often the message is sent again."""

    submission_id: UUID
    message_id: str
    received_at: datetime
    digest: bytes
    repeated: bool = False


class Conflict(Struct, frozen=True):
    """The message id was used before, with other content."""

    message_id: str
    submission_id: UUID


async def store(cursor: AsyncCursor[Any], batch: Sequence[Prepared]) -> list[Taken | Conflict]:
    """Claim each message id, copy the winners' rows, answer the others; in the batch's order."""
    winners = await _claim(cursor, batch)
    if winners:
        await _copy(cursor, list(winners.values()))
    won = {p.submission_id for p in winners.values()}
    earlier = await _earlier(cursor, [p.claim for p in batch if p.submission_id not in won])
    return [_answer(p, p.submission_id in won, earlier) for p in batch]


async def taken_before(cursor: AsyncCursor[Any], body: bytes, context: Context) -> Taken | Conflict | None:
    """What a message was answered when it came first; None where it was never taken.

    For who refuses it today: its mandate may have ended since, or a code, and it was taken all the same.
    """
    if message_id_problems(context.message_id):
        return None
    claimed = (await _earlier(cursor, [context.claim])).get(context.claim)
    return claimed and _once_more(context.message_id, hashlib.sha256(body).digest(), claimed)


async def _claim(cursor: AsyncCursor[Any], batch: Sequence[Prepared]) -> dict[tuple[str, str], Prepared]:
    first: dict[tuple[str, str], Prepared] = {}
    for prepared in batch:
        first.setdefault(prepared.claim, prepared)
    ordered = sorted(first)  # one order for all doors, or two of them could wait for each other
    await cursor.execute(
        _SQL["claim"],
        [
            [partner for partner, _ in ordered],
            [message_id for _, message_id in ordered],
            [first[key].digest for key in ordered],
            [first[key].submission_id for key in ordered],
            [first[key].context.at for key in ordered],
        ],
    )
    return {key: first[key] for row in await cursor.fetchall() if (key := (row[0], row[1])) in first}


async def _earlier(cursor: AsyncCursor[Any], claims: list[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    if not claims:
        return {}
    await cursor.execute(_SQL["earlier"], [[c[0] for c in claims], [c[1] for c in claims]])
    return {(row[0], row[1]): row[2:] for row in await cursor.fetchall()}


def _answer(prepared: Prepared, won: bool, earlier: dict[tuple[str, str], Any]) -> Taken | Conflict:
    message_id = prepared.context.message_id
    if won:
        return Taken(prepared.submission_id, message_id, prepared.context.at, prepared.digest)
    return _once_more(message_id, prepared.digest, earlier[prepared.claim])


def _once_more(message_id: str, digest: bytes, claimed: Any) -> Taken | Conflict:
    first, submission_id, at = claimed
    if bytes(first) != digest:
        return Conflict(message_id, submission_id)
    return Taken(submission_id, message_id, at, digest, repeated=True)


async def _copy(cursor: AsyncCursor[Any], batch: list[Prepared]) -> None:
    named = dict(streams(batch))
    entries = copied([made for prepared in batch for made in _entries(prepared)])
    partners = sorted({issued.partner for prepared in batch for issued in prepared.issued})
    statements = [*(_SQL[name] for name in named), COPY, *map(_notify, partners)]
    await copy_all(cursor.connection, statements, [*named.values(), entries])


@lru_cache(256)
def _notify(partner: str) -> str:
    return sql.SQL("notify outbox, {}").format(partner).as_string()


def _entries(p: Prepared) -> Iterable[Entry]:
    context = p.context
    yield entry(
        at=context.at,
        actor=context.actor,
        verb="submission.accepted",
        subject_kind="submission",
        subject_id=p.submission_id,
        submission_id=p.submission_id,
        content={
            "digest": p.digest.hex(),
            "door": context.door,
            "document": p.checked.document.kind,
            "format": p.format,
            "message_id": context.message_id,
            "title": p.title,
        },
        viewers=p.viewers,
    )
    for issued in p.issued:
        yield entry(
            at=context.at,
            actor=context.actor,
            verb="document.issued",
            subject_kind="document",
            subject_id=issued.document_id,
            submission_id=p.submission_id,
            content={
                "boxes": str(issued.boxes),
                "digest": issued.digest.hex(),
                "document": issued.kind,
                "message_id": issued.message_id,
                "partner": issued.partner,
            },
            viewers=issued.viewers,
        )
