"""The worker's side of what came back: each receipt once, in any order, into rows and the journal.

One process applies for all partners, so what two agencies say of one object never races.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import structlog
import zstandard
from msgspec import structs
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.documents.faults import shown
from singlewindow.hub.exchange import receipt_rows, undelivered
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.copying import copy_all
from singlewindow.hub.exchange.outage import is_outage
from singlewindow.hub.exchange.reasons import fit, for_minders
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, words
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.waking import work_comes
from singlewindow.kernel.clock import Clock, now
from singlewindow.kernel.messages import (
    Actor,
    Instruction,
    Order,
    Outcome,
    Problem,
    Receipt,
    Stage,
    Text,
)
from singlewindow.kernel.receipts import AGAIN, dated, stands_for_one_unread

MOST_ROWS = 40  # files or responses a transaction, each of at most a hundred receipts
AHEAD = timedelta(seconds=10)  # a partner's clock that is further ahead than this is not believed
NUMBER = "unified_number"  # of a partner's own for a document, by which its later answers may speak of it
INSTANT = timedelta(microseconds=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
POLL_S = 2.0
GATHER_S = 0.1  # what partners answer about one consignment within it is taken, and decided on, together

UNREAD = Problem(
    "receipt.unread",
    Text("其中一条读不懂，其余已入账", "One of them cannot be read; the others are applied"),
    remedy=AGAIN,
)
_WHY = {
    "receipt.unmatched": Problem(
        "receipt.unmatched",
        Text(
            "所指的编号平台没有发过；编号到了会自动入账",
            "It speaks of nothing that was sent; it is applied once its number is known",
        ),
        remedy=Text(
            "请向对方问明所指单证，再搁置", "Ask the partner which document is meant, then lay it aside"
        ),
    ),
    "receipt.conflict": Problem(
        "receipt.conflict",
        Text(
            "这个回执号此前用于别的内容，没有入账",
            "Its number was used for something else before, so it is not applied",
        ),
        remedy=Text(
            "请对方换一个回执号重新发送，再搁置这一份",
            "Ask the partner to send it again under a number of its own, then lay this one aside",
        ),
    ),
}
_BARRING = frozenset({Outcome.INSPECT, Outcome.HOLD, Outcome.REFUSED})

_SQL = statements_beside(__file__, "sql/receiving.sql")
_ask = asking(_SQL)
_RECEIPTS = msgspec.json.Decoder(list[Receipt])
_JSON = msgspec.json.Encoder()
_unpack = zstandard.ZstdDecompressor().decompress

log = structlog.get_logger(__name__)


class Found(NamedTuple):
    """One receipt of an inbox row: who said it, when it came, and the digest of what it really said."""

    row: int
    partner: str
    receipt: Receipt
    at: datetime
    digest: bytes


class Left(NamedTuple):
    """What of an inbox row could not be applied, and the name in it under which we sent nothing so far."""

    problem: str
    bars: bool = True  # it may hold an order: gates wait for whoever looks
    name: str = ""


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
            (row,) = rows
            try:
                found = _read(*row)
            except (zstandard.ZstdError, msgspec.DecodeError) as error:
                left = [Left(str(error))]
            else:
                left = [each for one in found for each in await self._one(cursor, one)]
            await cursor.execute(_SQL["applied"], [row[0]])
            await _keep(cursor, {row[0]: left})

    async def _one(self, cursor: AsyncCursor[Any], found: Found) -> list[Left]:
        """Apply one receipt by itself; why not, if it cannot be."""
        try:
            async with cursor.connection.transaction():
                left = await self._take(cursor, [found])
        except Exception as error:
            if is_outage(error):
                raise
            log.exception("receipt not applied", partner=found.partner, about=found.receipt.about)
            return [Left(f"{shown(found.receipt.id)}: {shown(error)}")]
        return left.get(found.row, [])

    async def _apply(self, connection: AsyncConnection[Any], most: int) -> int:
        async with connection.transaction(), connection.cursor() as cursor:
            rows = await _ask(cursor, "take", most)
            if rows:
                await _keep(cursor, await self._take(cursor, [one for row in rows for one in _read(*row)]))
        return len(rows)

    async def _take(self, cursor: AsyncCursor[Any], found: list[Found]) -> dict[int, list[Left]]:
        """Apply what can be; by inbox row, what cannot.

        One may name its document by a number that another one here gives it: what names nothing is looked
        up again as long as others found theirs, and what came before wakes by such a number.
        """
        left: dict[int, list[Left]] = {}
        strange: list[Found] = []
        for one in found:
            if stands_for_one_unread(one.receipt):
                _leave(left, one, UNREAD)
        while found:
            arrived, strange = await _match(cursor, found)
            fresh, other = _once(arrived)
            if fresh:
                await self._write(cursor, fresh)
                for handle in self.handlers:
                    await handle(cursor, fresh)
            await self._tell(cursor, "receipt.conflict", other, left)
            numbers = [one.receipt.facts[NUMBER] for one in fresh if NUMBER in one.receipt.facts]
            if not numbers:
                break
            await cursor.execute(_SQL["wake"], [numbers])
            found, strange = strange, []
        await self._tell(cursor, "receipt.unmatched", strange, left)
        return left

    async def _tell(
        self, cursor: AsyncCursor[Any], verb: str, found: Sequence[Found], left: dict[int, list[Left]]
    ) -> None:
        """Put what could not be applied on record for those who mind the lane; what may order waits."""
        entries = []
        for one in found:
            ((viewers,),) = await _ask(cursor, "minders", one.partner)
            entries.append(_strange_entry(self.new_id(), verb, one, viewers))
            if one.receipt.stage is Stage.BUSINESS or one.receipt.instructions:
                _leave(left, one, _WHY[verb], named=verb == "receipt.unmatched")
        await append(cursor, entries)

    async def _write(self, cursor: AsyncCursor[Any], fresh: list[Arrived]) -> None:
        named, streams = zip(*receipt_rows.streams(fresh), strict=True)
        await copy_all(cursor.connection, [_SQL.get(each, each) for each in named], streams)


def _read(row: int, partner: str, packed: bytes, at: datetime) -> list[Found]:
    """The receipts of a row, each with the digest of what it really said."""
    said = _RECEIPTS.decode(_unpack(packed))
    timely = zip(said, _timely(said, at), strict=True)
    return [Found(row, partner, one, at, sha256(_JSON.encode(was)).digest()) for was, one in timely]


def _timely(receipts: Sequence[Receipt], received_at: datetime) -> list[Receipt]:
    """A receipt dated ahead or before all trade here would decide states for ever: ours is taken.

    Nothing can be said after it came. Those dated ahead keep their order, the last as it came.
    """
    late = sorted({at for one in receipts if (at := _latest(one)) > received_at + AHEAD})
    moved = {at: received_at - (len(late) - n) * INSTANT for n, at in enumerate(late, start=1)}
    return [
        dated(one, moved.get(_latest(one), received_at))
        if one.at < EARLIEST or _latest(one) in moved
        else one
        for one in receipts
    ]


def _latest(receipt: Receipt) -> datetime:
    return max([receipt.at, *(order.at for order in receipt.instructions)])


async def _keep(cursor: AsyncCursor[Any], left: Mapping[int, Sequence[Left]]) -> None:
    """What could not be applied waits: for a person, or, ordering nothing that bars, for its name alone."""
    for row, some in left.items():
        if some:
            given = {
                "id": row,
                "problem": fit("; ".join(one.problem for one in some)),
                "state": 1 if any(one.bars for one in some) else 2,
                "names": sorted({one.name for one in some if one.name}) or None,
            }
            await cursor.execute(_SQL["left"], given)


def _leave(left: dict[int, list[Left]], one: Found, why: Problem, *, named: bool = False) -> None:
    receipt = one.receipt
    said = for_minders([structs.replace(why, field=f"{shown(receipt.id)} → {shown(receipt.about)}")])
    bars = why is UNREAD or receipt.outcome in _BARRING or any(map(_may_bar, receipt.instructions))
    left.setdefault(one.row, []).append(Left(said, bars, receipt.about if named else ""))


def _may_bar(order: Instruction) -> bool:
    return order.order is not Order.RELEASE and not order.withdrawn


async def _match(
    cursor: AsyncCursor[Any], found: list[Found]
) -> tuple[list[tuple[Arrived, bytes | None, Found]], list[Found]]:
    """Each receipt with its document and what its number stood for; apart, those about nothing we sent.

    Most name the message itself; only for the others are the rest of its names tried.
    """
    known: dict[int, Any] = {}
    for query in ("about_message", "about"):
        asked = [n for n in range(len(found)) if n not in known]
        if asked:
            partners, receipts = words(found[n].partner for n in asked), [found[n].receipt for n in asked]
            names = texts(one.about for one in receipts), texts(one.id for one in receipts)
            known |= {asked[row[0] - 1]: row[1:] for row in await _ask(cursor, query, partners, *names)}
    arrived = []
    for n, (before, *document) in sorted(known.items()):
        one = found[n]
        document.append(one.digest)
        arrived.append((Arrived(one.partner, one.receipt, one.at, *document), before, one))
    return arrived, [one for n, one in enumerate(found) if n not in known]


def _once(arrived: list[tuple[Arrived, bytes | None, Found]]) -> tuple[list[Arrived], list[Found]]:
    """Those that come for the first time, ever; and those whose number was used for something else.

    No other process applies receipts; should one, the claims' key refuses the second.
    """
    digests: dict[tuple[str, str], bytes] = {}
    fresh, other = [], []
    for one, before, found in arrived:
        number = one.partner, one.receipt.id
        first = before or digests.setdefault(number, one.digest)
        if first is one.digest:
            fresh.append(one)
        elif first != one.digest:
            other.append(found)
    return fresh, other


def _strange_entry(subject: UUID, verb: str, found: Found, viewers: Sequence[int]) -> Entry:
    partner, receipt = found.partner, found.receipt
    log.error(verb, partner=partner, about=receipt.about, receipt=receipt.id)
    return entry(
        at=found.at,
        actor=Actor("component", partner, partner),
        verb=verb,
        subject_kind="receipt",
        subject_id=subject,
        submission_id=None,
        content={"about": receipt.about, "code": receipt.code, "receipt": receipt.id, "text": receipt.text},
        viewers=tuple(viewers),
    )
