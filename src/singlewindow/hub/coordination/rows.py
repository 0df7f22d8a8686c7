"""What coordination writes, as rows of binary COPY streams: half of what rows as JSON cost PostgreSQL."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination.algebra import Disposition
from singlewindow.hub.coordination.cases import Place
from singlewindow.hub.coordination.release import Signed
from singlewindow.hub.coordination.speaking import Spoken
from singlewindow.hub.journal.putting import putting
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.copying import (
    NULL,
    boolean,
    data,
    fields,
    int2,
    int4,
    int4s,
    int8,
    moment,
    text,
    texts,
    uuid,
    uuids,
    word,
    words,
)

put = putting(statements_beside(__file__, "sql/copying.sql"))
_INSTRUCTION, _DISPOSITION, _RELEASE, _PASS = fields(17), fields(12), fields(10), fields(10)
_FIRST = int4(1)


class Pass(Struct, frozen=True, gc=False):
    """What lets one container out of a gate."""

    key: str
    number: str
    seals: list[str]
    releases: list[str]
    dossiers: list[UUID]
    issued_at: datetime
    valid_until: datetime
    operators: tuple[int, ...]
    viewers: tuple[int, ...]


def of_instruction(one: Spoken, viewers: tuple[int, ...]) -> bytes:
    """An agency's word, resolved."""
    said = one.instruction
    return b"".join(
        (
            _INSTRUCTION, word(said.agency), word(one.channel), text(said.id), int8(said.version),
            uuid(one.dossier), NULL if one.origin is None else uuid(one.origin), int2(said.order),
            word(said.subject.kind), text(said.subject.id), word(said.method), words(said.items),
            text(said.basis), text(said.text), boolean(said.withdrawn), moment(said.at),
            moment(one.received_at), int4s(viewers),
        )
    )  # fmt: skip


def of_disposition(
    dossier: UUID, place: Place, version: int, after: Disposition, at: datetime, viewers: tuple[int, ...]
) -> bytes:
    """What the agencies' words mean together for one unit."""
    return b"".join(
        (
            _DISPOSITION, uuid(dossier), word(place.kind), text(place.key), text(place.number),
            boolean(place.lot), int4(version), word(after.kind), words(after.agencies),
            words(after.missing), texts(after.used), moment(at), int4s(viewers),
        )
    )  # fmt: skip


def of_release(id_: UUID, made: Signed, viewers: tuple[int, ...]) -> bytes:
    """A signed release."""
    said = made.statement
    return b"".join(
        (
            _RELEASE, uuid(id_), text(said.number), uuid(said.dossier), int4(said.version),
            data(made.content), word(said.platform_key), data(made.signature), moment(said.issued_at),
            moment(said.valid_until), int4s(viewers),
        )
    )  # fmt: skip


def of_pass(one: Pass) -> bytes:
    """The first pass of a container."""
    return b"".join(
        (
            _PASS, text(one.key), text(one.number), texts(one.seals), texts(one.releases),
            uuids(one.dossiers), _FIRST, moment(one.issued_at), moment(one.valid_until),
            int4s(one.operators), int4s(one.viewers),
        )
    )  # fmt: skip
