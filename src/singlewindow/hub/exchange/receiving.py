"""The worker's side of what came back: each receipt once, in any order, into rows and the journal.

One process applies for all partners, so what two agencies say of one object never races.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import structlog
import zstandard
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.documents.faults import shown
from singlewindow.hub.exchange import receipt_rows, undelivered
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.copying import copy_all
from singlewindow.hub.exchange.outage import is_outage
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, words
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.waking import work_comes
from singlewindow.kernel.clock import Clock, now
from singlewindow.kernel.messages import Actor, Receipt
from singlewindow.kernel.receipts import dated

MOST_ROWS = 40  # files or responses a transaction, each of at most a hundred receipts
MOST_PROBLEM = 500
AHEAD = timedelta(days=1)  # a partner's clock that is further ahead than this is not believed
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
POLL_S = 2.0
GATHER_S = 0.1  # what partners answer about one consignment within it is taken, and decided on, together

_SQL = statements_beside(__file__, "sql/receiving.sql")
_ask = asking(_SQL)
_RECEIPTS = msgspec.json.Decoder(list[Receipt])
_JSON = msgspec.json.Encoder()
_unpack = zstandard.ZstdDecompressor().decompress

log = structlog.get_logger(__name__)


Found = tuple[str, Receipt, datetime, bytes]  # partner, what it said, when it came, digest of what it said
Handler = Callable[[AsyncCursor[Any], Sequence[Arrived]], Any]


class Receiver:
    """Applies inbox rows in order. ``handlers`` are those of the rooms above, in the same transaction.

    ``undelivered`` are handed what their receivers never get, by the same one writer.
    """

    def __init__(
        self,
        new_id: Callable[[], UUID],
        handlers: Sequence[Handler] = (),
        undelivered: Sequence[undelivered.Handler] = (),
        clock: Clock = now,
    ) -> None:
        self.new_id = new_id
        self.handlers = handlers
        self.undelivered = undelivered
        self.clock = clock

    async def run(self, dsn: str) -> None:
        """Work until cancelled; a lost data base is waited for."""
        await keep_connected(dsn, self._connected)

    async def _connected(self, connection: AsyncConnection[Any]) -> None:
        await connection.execute(_SQL["alone"])
        await connection.execute("listen inbox")
        while True:
            while await self.apply(connection) == MOST_ROWS:
                pass
            await undelivered.once(connection, self.undelivered, self.clock)
            await work_comes(connection, POLL_S, GATHER_S)

    async def apply(self, connection: AsyncConnection[Any], most: int = MOST_ROWS) -> int:
        """Apply what waits, in one transaction; row by row if one of the rows is bad. Returns the rows."""
        try:
            return await self._apply(connection, most)
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("not applied together")
        return await self._apply_singly(connection)

    async def _apply_singly(self, connection: AsyncConnection[Any]) -> int:
        for done in range(MOST_ROWS):
            try:
                if not await self._apply(connection, 1):
                    return done
            except Exception as error:
                if is_outage(error):
                    raise
                log.exception("not applied")
                await self._rescue(connection)
        return MOST_ROWS

    async def _rescue(self, connection: AsyncConnection[Any]) -> None:
        """Of a row that fails as a whole, apply what can be; the rest waits for a person with its reason."""
        async with connection.transaction(), connection.cursor() as cursor:
            rows = await _ask(cursor, "next")
            if not rows:
                return
            ((id_, partner, packed, at),) = rows
            try:
                found = _read(partner, packed, at)
            except (zstandard.ZstdError, msgspec.DecodeError) as error:
                faults = [str(error)]
            else:
                faults = [fault for one in found if (fault := await self._one(cursor, one))]
            given = {"id": id_, "problem": "; ".join(faults)[:MOST_PROBLEM], "state": 1 if faults else 2}
            await cursor.execute(_SQL["rescued"], given)

    async def _one(self, cursor: AsyncCursor[Any], found: Found) -> str:
        """Apply one receipt by itself; why not, if it cannot be."""
        try:
            async with cursor.connection.transaction():
                await self._take(cursor, [found])
        except Exception as error:
            if is_outage(error):
                raise
            partner, receipt, *_ = found
            log.exception("receipt not applied", partner=partner, about=receipt.about)
            return f"{shown(receipt.id)}: {shown(error)}"
        return ""

    async def _apply(self, connection: AsyncConnection[Any], most: int) -> int:
        async with connection.transaction(), connection.cursor() as cursor:
            rows = await _ask(cursor, "take", most)
            if rows:
                await self._take(cursor, [one for row in rows for one in _read(*row)])
        return len(rows)

    async def _take(self, cursor: AsyncCursor[Any], found: list[Found]) -> None:
        arrived, strange = await _match(cursor, found)
        fresh, other = _once(arrived)
        if fresh:
            await self._write(cursor, fresh)
            for handle in self.handlers:
                await handle(cursor, fresh)
        told = [_strange_entry(self.new_id(), "receipt.unmatched", *one[:3]) for one in strange]
        told += [
            _strange_entry(self.new_id(), "receipt.conflict", one.partner, one.receipt, one.received_at)
            for one in other
        ]
        await append(cursor, told)

    async def _write(self, cursor: AsyncCursor[Any], fresh: list[Arrived]) -> None:
        named, streams = zip(*receipt_rows.streams(fresh), strict=True)
        await copy_all(cursor.connection, [_SQL.get(each, each) for each in named], streams)


def _read(partner: str, packed: bytes, at: datetime) -> list[Found]:
    """The receipts of a row, each with the digest of what it really said."""
    receipts = _RECEIPTS.decode(_unpack(packed))
    return [(partner, _timely(one, at), at, sha256(_JSON.encode(one)).digest()) for one in receipts]


def _timely(receipt: Receipt, received_at: datetime) -> Receipt:
    """A receipt dated far ahead or before all trade here would decide states for ever: ours is taken."""
    if EARLIEST <= receipt.at <= received_at + AHEAD:
        return receipt
    return dated(receipt, received_at)


async def _match(
    cursor: AsyncCursor[Any], found: list[Found]
) -> tuple[list[tuple[Arrived, bytes | None]], list[Found]]:
    """Each receipt with its document and what its number stood for; apart, those about nothing we sent.

    Most name the message itself; only for the others are the rest of its names tried.
    """
    known: dict[int, Any] = {}
    for query in ("about_message", "about"):
        asked = [n for n in range(len(found)) if n not in known]
        if asked:
            partners, receipts = words(found[n][0] for n in asked), [found[n][1] for n in asked]
            names = texts(one.about for one in receipts), texts(one.id for one in receipts)
            known |= {asked[row[0] - 1]: row[1:] for row in await _ask(cursor, query, partners, *names)}
    arrived = []
    for n, (before, *document) in sorted(known.items()):
        partner, receipt, at, digest = found[n]
        document.append(digest)
        arrived.append((Arrived(partner, receipt, at, *document), before))
    return arrived, [one for n, one in enumerate(found) if n not in known]


def _once(arrived: list[tuple[Arrived, bytes | None]]) -> tuple[list[Arrived], list[Arrived]]:
    """Those that come for the first time, ever; and those whose number was used for something else.

    No other process applies receipts; should one, the claims' key refuses the second.
    """
    digests: dict[tuple[str, str], bytes] = {}
    fresh, other = [], []
    for one, before in arrived:
        number = one.partner, one.receipt.id
        first = before or digests.setdefault(number, one.digest)
        if first is one.digest:
            fresh.append(one)
        elif first != one.digest:
            other.append(one)
    return fresh, other


def _strange_entry(subject: UUID, verb: str, partner: str, receipt: Receipt, at: datetime) -> Entry:
    log.error(verb, partner=partner, about=receipt.about, receipt=receipt.id)
    return entry(
        at=at,
        actor=Actor("component", partner, partner),
        verb=verb,
        subject_kind="receipt",
        subject_id=subject,
        submission_id=None,
        content={"about": receipt.about, "code": receipt.code, "receipt": receipt.id, "text": receipt.text},
        viewers=(),
    )
