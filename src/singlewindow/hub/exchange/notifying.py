"""The journal's subscriber ``notifying``: orders, releases, passes become messages of the ledger, once each.

A batch of the journal is told in one transaction with the subscriber's place: documents, messages, outbox
rows and who was told stand together or not at all. Many releases go in one message a counterpart. All
notices to a counterpart share one lane, so that a revocation never overtakes its release. What a wire cannot
carry is a dead letter without bytes; sent again on somebody's word, it is written anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.dossier import milestones
from singlewindow.hub.dossier.milestones import Milestone
from singlewindow.hub.exchange import notice_rows
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.copying import copy_all
from singlewindow.hub.exchange.notice_rows import Message, Offices
from singlewindow.hub.exchange.noticed import Leaving, Signatures, known_of
from singlewindow.hub.exchange.notices import (
    LINES,
    LINES_MOST,
    ORDERS,
    Event,
    Known,
    Wire,
    document,
    events,
    receiving,
    verbs,
)
from singlewindow.hub.exchange.reasons import for_minders
from singlewindow.hub.exchange.receiving import Handler
from singlewindow.hub.exchange.submission import Subscription, reference_of
from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import BATCH, Numbered, advance
from singlewindow.hub.notice import news
from singlewindow.kernel.clock import Clock, local_day
from singlewindow.kernel.messages import Document, Envelope, Unreadable

NAME = "notifying"
AGAIN = "message.replayed"
NOT_WRITTEN = (
    "这条通知写不成对方的报文，没有发出；重发时重新写"
    " · it cannot be written for the partner, nothing was sent; sent again it is written anew"
)

_SQL = statements_beside(__file__, "sql/notifying.sql")
_ask = asking(_SQL)

log = structlog.get_logger(__name__)


class Beside(Struct, frozen=True):
    """What every message of a batch is written from beside its events; ``at``: when it is told."""

    known: Known
    offices: Offices
    at: datetime


def goods_only(handle: Handler) -> Handler:
    """A handler of the receiver that is spared the answers to notices: these rule on no goods."""

    async def only(cursor: AsyncCursor[Any], arrived: Sequence[Arrived]) -> None:
        if found := [one for one in arrived if not is_notice(one)]:
            await handle(cursor, found)

    return only


def is_notice(one: Arrived) -> bool:
    """Whether an answer speaks of a notice: its document is its own submission.

    Asked of every answer there is: numbers are compared in a third of the time of the ids themselves.
    """
    return one.submission_id.int == one.document_id.int


class Notifying:
    """Tells counterparts; ``leaving`` says by key what may pass a gate, ``signatures`` those of releases."""

    def __init__(
        self,
        wires: Mapping[tuple[str, str], Wire],
        leaving: Leaving,
        signatures: Signatures,
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self.wires = wires
        self.leaving, self.signatures = leaving, signatures
        self.clock = clock
        self.new_id = new_id

    async def run(self, dsn: str) -> None:
        """Work until cancelled."""
        await news.follow(dsn, self.once)

    async def once(self, connection: AsyncConnection[Any], limit: int = BATCH) -> bool:
        """One batch of the journal in one transaction; whether more waits."""
        async with connection.transaction(), connection.cursor() as cursor:
            read = await news.read(cursor, NAME, sorted({*verbs(), AGAIN}), limit)
            if read.found:
                await self._tell(cursor, read.found)
            if again := [one.subject_id for one in read.found if one.verb == AGAIN]:
                await self._tell_again(cursor, again)
            if read.position is not None:
                await advance(cursor, NAME, read.position)
        return read.more

    async def handle(self, cursor: AsyncCursor[Any], arrived: Sequence[Arrived]) -> None:
        """A handler of the receiver: what counterparts answer to notices, and what happened by them."""
        answers = [one for one in arrived if is_notice(one)]
        if not answers:
            return
        best: dict[UUID, Arrived] = {}
        for one in answers:
            if one.document_id not in best or one.rank > best[one.document_id].rank:
                best[one.document_id] = one
        rows = [(id_, int(one.receipt.outcome), one.received_at) for id_, one in sorted(best.items())]
        await cursor.execute(_SQL["answered"], [list(column) for column in zip(*rows, strict=True)])
        await _reached(cursor, answers)

    async def _tell(self, cursor: AsyncCursor[Any], found: Sequence[Numbered]) -> None:
        said, at = events(found), self.clock()
        offices = Offices(await _ask(cursor, "offices"))
        groups = await self._grouped(cursor, said, offices, at)
        if not groups:
            return
        beside = Beside(await known_of(cursor, said, at, self.leaving, self.signatures), offices, at)
        made = [
            message
            for (partner, kind), several in groups.items()
            for chunk in _chunks(several)
            for message in self._messages(partner, kind, chunk, beside)
        ]
        await _write(cursor, sorted(made, key=lambda one: one.events[0].entry.position), offices)

    async def _grouped(
        self, cursor: AsyncCursor[Any], said: Sequence[Event], offices: Offices, at: datetime
    ) -> dict[tuple[str, str], list[Event]]:
        """What each counterpart is told of each kind, in the journal's order."""
        rows = [Subscription(*row) for row in await _ask(cursor, "subscriptions", [*LINES])]
        receives, on = receiving(self.wires, rows), local_day(at)
        before = await _told_before(cursor, said)
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in said:
            order, kind = event.entry.subject_id, event.told.kind
            partners = offices.concerned(event) | before.get(order, set())
            for partner in sorted(one for one in partners if receives(one, kind, on)):
                groups.setdefault((partner, kind), []).append(event)
                if kind == ORDERS:
                    before.setdefault(order, set()).add(partner)
        return groups

    def _messages(
        self,
        partner: str,
        kind: str,
        said: Sequence[Event],
        beside: Beside,
    ) -> Iterator[Message]:
        """One message; where the wire cannot carry one of its lines, the others without that line."""
        message = self._message(partner, kind, said, beside)
        if message.problem and len(said) > 1:
            log.warning("notices told one by one", partner=partner, problem=message.problem)
            for event in said:
                yield from self._messages(partner, kind, [event], beside)
            return
        if message.problem:
            log.error("notice not carried", partner=partner, position=said[0].entry.position)
        yield message

    def _message(
        self,
        partner: str,
        kind: str,
        said: Sequence[Event],
        beside: Beside,
    ) -> Message:
        """Written for the partner; where that fails without bytes, and with the reason."""
        wire, id_ = self.wires[partner, kind], self.new_id()
        made, payload, problem = _written(wire, said, beside.known, id_, beside.at)
        viewers = tuple(sorted({beside.offices.by_partner[partner], *beside.offices.platform}))
        boxes, digest = wire.projection.boxes(made), hashlib.sha256(payload).digest()
        return Message(id_, partner, made, said, payload, digest, boxes, beside.at, viewers, problem)

    async def _tell_again(self, cursor: AsyncCursor[Any], asked: Sequence[UUID]) -> None:
        """What could not be written, now that somebody has it sent again: by this code, as things are now."""
        rows = await _ask(cursor, "unwritten", list(asked))
        waiting = [
            (message, partner, event)
            for message, partner, *told in rows
            for event in events([Numbered(*told)])
            if (partner, event.told.kind) in self.wires
        ]
        if not waiting:
            return
        said, at = [event for *_, event in waiting], self.clock()
        offices = Offices(await _ask(cursor, "offices"))
        beside = Beside(await known_of(cursor, said, at, self.leaving, self.signatures), offices, at)
        made = {
            before: self._message(partner, event.told.kind, [event], beside)
            for before, partner, event in waiting
        }
        written = {before: message for before, message in made.items() if not message.problem}
        await _write(cursor, [*written.values()], offices, first=False)
        await cursor.execute(_SQL["told_after_all"], [[*written], [one.id for one in written.values()], at])


def _written(
    wire: Wire, said: Sequence[Event], known: Known, id_: UUID, at: datetime
) -> tuple[Document, bytes, str]:
    """The partner's document and its bytes; none, and why, where it cannot be written.

    A codec's own fault is one of this notice, too: it must not keep everybody from being told for ever.
    """
    manifest = wire.connector.manifest
    envelope = Envelope(str(id_), manifest.sender, manifest.receiver, at, reference_of(id_))
    try:
        made = document(wire, said, known)
        return made, wire.connector.codec.encode(made, envelope), ""
    except Unreadable as error:
        why = for_minders(error.problems)
    except Exception as error:
        log.exception("codec failed", partner=manifest.id)
        why = type(error).__name__
    nothing = Document(wire.projection.target.id, wire.projection.target.version, {})
    return nothing, b"", f"{NOT_WRITTEN}: {why}"


async def _told_before(cursor: AsyncCursor[Any], said: Sequence[Event]) -> dict[UUID, set[str]]:
    """Who was told of these orders earlier: whoever knows of one learns that it ends."""
    orders = {event.entry.subject_id for event in said if event.told.kind == ORDERS}
    found: dict[UUID, set[str]] = {}
    if orders:
        for order, partner in await _ask(cursor, "told_before", list(orders)):
            found.setdefault(order, set()).add(partner)
    return found


def _chunks(several: Sequence[Event]) -> Iterator[Sequence[Event]]:
    for start in range(0, len(several), LINES_MOST):
        yield several[start : start + LINES_MOST]


async def _write(
    cursor: AsyncCursor[Any], made: Sequence[Message], offices: Offices, *, first: bool = True
) -> None:
    """Set by set, as the write path does; the components are woken in the same commit.

    ``first``: who is told what is written down; else it stands there already.
    """
    if not made:
        return
    sent = [message for message in made if not message.problem]
    rows = notice_rows.streams(sent, [message for message in made if message.problem], offices, first=first)
    statements = [*(_SQL[name] for name in rows), COPY]
    entries = copied([notice_rows.entry_of(message) for message in sent])
    await copy_all(cursor.connection, statements, [*rows.values(), entries])
    await cursor.execute(_SQL["wake"], [sorted({message.partner for message in sent})])


async def _reached(cursor: AsyncCursor[Any], answers: Sequence[Arrived]) -> None:
    """What happened to containers by a notice stands in the dossiers that the notice told of."""
    happened = [one for one in answers if {"milestone", "container"} <= one.receipt.facts.keys()]
    if not happened:
        return
    asked = [[one.document_id for one in happened], [one.receipt.facts["container"] for one in happened]]
    found = await _ask(cursor, "dossiers_told", *asked)
    await milestones.reached(cursor, [_milestone(happened[n - 1], dossier) for n, dossier in found])


def _milestone(one: Arrived, dossier: UUID) -> Milestone:
    """A dossier bears the id of the submission that opened it."""
    said = one.receipt.facts
    return Milestone(dossier, said["milestone"], one.receipt.at, one.partner, said["container"])
