"""What a notice writes: its rows, as COPY takes them, and its entry of the journal; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import zstandard
from msgspec import Struct

from singlewindow.hub.exchange.notices import Event
from singlewindow.hub.exchange.submission import reference_of
from singlewindow.hub.identity.registrations import AGENCY, PLATFORM
from singlewindow.hub.journal.entry import Entry, entry
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
from singlewindow.kernel.messages import Actor, Document

LANE = "notices"
DEAD = 1  # state of an outbox row
_BOXES_MOST = 32_767

_ZSTD = zstandard.ZstdCompressor(level=1)
_PLATFORM = Actor("system", "exchange", "报文交换 Exchange")


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
            if kind == PLATFORM:
                self.platform.append(id_)
        self.by_partner = {one.partner: one.id for one in self.by_id.values()}

    def concerned(self, event: Event) -> set[str]:
        """The partners an event concerns: terminals of the goods, and of agencies those that take part."""
        found, agencies = set(), event.agencies
        for viewer in event.entry.viewers:
            office = self.by_id.get(viewer)
            if office and (office.kind != AGENCY or office.partner in agencies):
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
    problem: str = ""  # why nothing could be written: it is a dead letter from the first

    @property
    def title(self) -> str:
        """The first number told of, and how many more."""
        first = str(self.events[0].content["number"])
        return first if len(self.events) == 1 else f"{first} +{len(self.events) - 1}"


def streams(
    sent: Sequence[Message], dead: Sequence[Message], offices: Offices, *, first: bool
) -> dict[str, bytes]:
    """The named COPY statement of each table and what it is given; only those that are given anything.

    ``first``: who is told what is written down; else it stands there already.
    """
    made = [*sent, *dead]
    told = [row for one in made for row in _notifications(one, offices)] if first else []
    rows = {
        "copy_document": [_document(one, offices) for one in sent],
        "copy_message": [*map(_message, made)],
        "copy_outbox": [*map(_outbox, sent)],
        "copy_dead": [*map(_buried, dead)],
        "copy_notification": told,
    }
    return {name: stream(given) for name, given in rows.items() if given}


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
    packed = _ZSTD.compress(one.payload) if one.payload else b""
    return b"".join(
        (
            fields(13), uuid(one.id), uuid(one.id), uuid(one.id), int4(1), word(one.partner),
            word(one.document.kind), word(one.document.version), text(str(one.id)),
            text(reference_of(one.id)), data(one.digest), data(packed),
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


def _buried(one: Message) -> bytes:
    return b"".join(
        (
            fields(8), uuid(one.id), uuid(one.id), word(one.partner), word(LANE), int2(DEAD), moment(one.at),
            text(one.problem), int4s(one.viewers),
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


def entry_of(one: Message) -> Entry:
    """That the platform issued it, for those who may read the message."""
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
