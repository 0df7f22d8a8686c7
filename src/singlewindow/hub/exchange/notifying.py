"""The journal's subscriber ``notifying``: orders, releases, passes become messages of the ledger, once each.

A batch of the journal is told in one transaction with the subscriber's place: documents, messages, outbox
rows and who was told stand together or not at all. Many releases go in one message a counterpart. All
notices to a counterpart share one lane, so that a revocation never overtakes its release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
import zstandard
from msgspec import Struct
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.dossier import milestones
from singlewindow.hub.dossier.milestones import Milestone
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.copying import copy_all
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
from singlewindow.hub.exchange.receiving import Handler
from singlewindow.hub.exchange.submission import Subscription, reference_of
from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import BATCH, Numbered, advance
from singlewindow.hub.notice import news
from singlewindow.kernel.clock import Clock, local_day
from singlewindow.kernel.copying import (
    NULL,
    data,
    fields,
    int2,
    int4,
    int4s,
    int8,
    moment,
    stream,
    text,
    uuid,
    word,
)
from singlewindow.kernel.messages import Actor, Document, Envelope, Unreadable

NAME = "notifying"
LANE = "notices"
_BOXES_MOST = 32_767

_SQL = statements_beside(__file__, "sql/notifying.sql")
_ask = asking(_SQL)
_ZSTD = zstandard.ZstdCompressor(level=1)
_PLATFORM = Actor("system", "exchange", "报文交换 Exchange")

log = structlog.get_logger(__name__)


class Office(Struct, frozen=True):
    """A party that speaks through a component."""

    id: int
    partner: str
    kind: str


class Offices:
    """Whom messages can reach, and the platform itself."""

    def __init__(self, rows: Iterable[tuple[int, str | None, str]]) -> None:
        self.by_id: dict[int, Office] = {}
        self.platform: list[int] = []
        for id_, partner, kind in rows:
            if partner:
                self.by_id[id_] = Office(id_, partner, kind)
            if kind == "platform":
                self.platform.append(id_)
        self.by_partner = {one.partner: one.id for one in self.by_id.values()}

    def concerned(self, event: Event) -> set[str]:
        """The partners an event concerns: terminals of the goods, and of agencies those that take part."""
        found, agencies = set(), event.agencies
        for viewer in event.entry.viewers:
            office = self.by_id.get(viewer)
            if office and (office.kind != "agency" or office.partner in agencies):
                found.add(office.partner)
        return found


class Message(Struct, frozen=True):
    """One notice ready for the ledger; its id is also that of its document and of its submission."""

    id: UUID
    partner: str
    document: Document
    events: Sequence[Event]
    payload: bytes
    digest: bytes
    boxes: int
    at: datetime
    viewers: tuple[int, ...]

    @property
    def title(self) -> str:
        """The first number told of, and how many more."""
        first = str(self.events[0].content["number"])
        return first if len(self.events) == 1 else f"{first} +{len(self.events) - 1}"


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
            read = await news.read(cursor, NAME, sorted(verbs()), limit)
            if read.found:
                await self._tell(cursor, read.found)
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
        known = await known_of(cursor, said, at, self.leaving, self.signatures)
        made = [
            message
            for (partner, kind), several in groups.items()
            for chunk in _chunks(several)
            for message in self._messages(partner, kind, chunk, known, offices, at)
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
        known: Known,
        offices: Offices,
        at: datetime,
    ) -> Iterator[Message]:
        """One message; where the wire cannot carry one of its lines, the others without that line."""
        wire, id_ = self.wires[partner, kind], self.new_id()
        made = document(wire, said, known)
        manifest = wire.connector.manifest
        envelope = Envelope(str(id_), manifest.sender, manifest.receiver, at, reference_of(id_))
        try:
            payload = wire.connector.codec.encode(made, envelope)
        except Unreadable as error:
            if len(said) == 1:
                log.exception("notice not carried", partner=partner, position=said[0].entry.position)
                return
            log.warning("notices told one by one", partner=partner, error=str(error))
            for event in said:
                yield from self._messages(partner, kind, [event], known, offices, at)
            return
        viewers = tuple(sorted({offices.by_partner[partner], *offices.platform}))
        boxes, digest = wire.projection.boxes(made), hashlib.sha256(payload).digest()
        yield Message(id_, partner, made, said, payload, digest, boxes, at, viewers)


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


async def _write(cursor: AsyncCursor[Any], made: Sequence[Message], offices: Offices) -> None:
    """Set by set, as the write path does; the components are woken in the same commit."""
    if not made:
        return
    rows = {
        "copy_document": [_document(message, offices) for message in made],
        "copy_message": map(_message, made),
        "copy_outbox": map(_outbox, made),
        "copy_notification": [row for message in made for row in _notifications(message, offices)],
    }
    statements = [*(_SQL[name] for name in rows), COPY]
    packed = [*map(stream, rows.values())]
    await copy_all(cursor.connection, statements, [*packed, copied([_entry(message) for message in made])])
    await cursor.execute(_SQL["wake"], [sorted({message.partner for message in made})])


def _document(one: Message, offices: Offices) -> bytes:
    party = offices.platform[0] if offices.platform else offices.by_partner[one.partner]
    return b"".join(
        (
            fields(13), uuid(one.id), uuid(one.id), word(one.document.kind), word(one.document.version),
            int4(1), word(one.partner), int4(party), text(reference_of(one.id)), text(one.title),
            int2(min(one.boxes, _BOXES_MOST)), moment(one.at), moment(one.at), int4s(one.viewers),
        )
    )  # fmt: skip


def _message(one: Message) -> bytes:
    return b"".join(
        (
            fields(13), uuid(one.id), uuid(one.id), uuid(one.id), int4(1), word(one.partner),
            word(one.document.kind), word(one.document.version), text(str(one.id)),
            text(reference_of(one.id)), data(one.digest), data(_ZSTD.compress(one.payload)),
            moment(one.at), int4s(one.viewers),
        )
    )  # fmt: skip


def _outbox(one: Message) -> bytes:
    return b"".join(
        (
            fields(6), uuid(one.id), uuid(one.id), word(one.partner), word(LANE), moment(one.at),
            int4s(one.viewers),
        )
    )  # fmt: skip


def _notifications(one: Message, offices: Offices) -> Iterator[bytes]:
    receiver = offices.by_partner[one.partner]
    for event in one.events:
        told, of = event.entry, event.entry.submission_id
        yield b"".join(
            (
                fields(11), int8(told.position), word(one.partner), word(one.document.kind), word(told.verb),
                text(event.content["number"]), word(told.subject_kind), uuid(told.subject_id),
                NULL if of is None else uuid(of), uuid(one.id), moment(one.at),
                int4s(tuple(sorted({*told.viewers, receiver}))),
            )
        )  # fmt: skip


def _entry(one: Message) -> Entry:
    return entry(
        at=one.at,
        actor=_PLATFORM,
        verb="notice.issued",
        subject_kind="document",
        subject_id=one.id,
        submission_id=one.id,
        content={
            "digest": one.digest.hex(),
            "document": one.document.kind,
            "message_id": str(one.id),
            "partner": one.partner,
            "told": len(one.events),
        },
        viewers=one.viewers,
    )


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
