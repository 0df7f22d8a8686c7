"""Rows of dossiers, as they are written and as binary COPY streams."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.journal.putting import putting
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.copying import NULL, boolean, day, fields, int4, int4s, moment, text, uuid, word

put = putting(statements_beside(__file__, "sql/copying.sql"))
_DOSSIER, _DOCUMENT, _KEY, _OBJECT = fields(10), fields(7), fields(5), fields(11)

Viewers = tuple[int, ...]


class Opened(Struct, frozen=True, gc=False):
    """A dossier that a document opens."""

    id: UUID
    goods: str
    mode: str
    name: str
    call: str
    terminal: str
    forwarder: str
    dangerous: bool
    opened_at: datetime
    viewers: Viewers

    def packed(self) -> bytes:
        """As a row of ``dossier``."""
        return b"".join(
            (
                _DOSSIER, uuid(self.id), word(self.goods), word(self.mode), text(self.name), word(self.call),
                word(self.terminal), word(self.forwarder), boolean(self.dangerous), moment(self.opened_at),
                int4s(self.viewers),
            )
        )  # fmt: skip


class Member(Struct, frozen=True, gc=False):
    """A document in its dossier."""

    submission_id: UUID
    document_id: UUID
    dossier: UUID
    kind: str
    party: int
    viewers: Viewers
    load: str = ""

    def packed(self) -> bytes:
        """As a row of ``dossier_document``."""
        ids = uuid(self.submission_id), uuid(self.document_id), uuid(self.dossier)
        whose = int4(self.party), int4s(self.viewers)
        return b"".join((_DOCUMENT, *ids, word(self.kind), *whose, text(self.load)))


class Number(Struct, frozen=True, gc=False):
    """A number that joins other documents to the dossier."""

    kind: str
    value: str
    carrier: str
    dossier: UUID
    viewers: Viewers

    def packed(self) -> bytes:
        """As a row of ``identity_key``."""
        said = word(self.kind), text(self.value), word(self.carrier)
        return b"".join((_KEY, *said, uuid(self.dossier), int4s(self.viewers)))


class Thing(Struct, frozen=True, gc=False):
    """What carries the goods: a conveyance call or a container."""

    dossier: UUID
    kind: str
    key: str
    number: str
    since: datetime
    viewers: Viewers
    seal: str = ""
    lot: bool = False
    lines: str = ""
    dangerous: bool = False
    due: date | None = None  # the day its call brings it in, where that is known

    def packed(self) -> bytes:
        """As a row of ``dossier_object``."""
        return b"".join(
            (
                _OBJECT, uuid(self.dossier), word(self.kind), text(self.key), text(self.number),
                text(self.seal), boolean(self.lot), word(self.lines), boolean(self.dangerous),
                moment(self.since), int4s(self.viewers), NULL if self.due is None else day(self.due),
            )
        )  # fmt: skip
