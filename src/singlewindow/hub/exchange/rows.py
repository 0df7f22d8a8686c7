"""Prepared submissions as the binary COPY streams of their tables; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
import zstandard

from singlewindow.hub.exchange.submission import Prepared
from singlewindow.kernel.copying import (
    END,
    NULL,
    START,
    data,
    fields,
    int2,
    int4,
    int4s,
    moment,
    text,
    uuid,
    word,
)

_JSON = msgspec.json.Encoder()
_pack = zstandard.ZstdCompressor(level=1).compress

_SUBMISSION = fields(11)
_DOCUMENT = fields(13)
_VERSION = fields(10)
_KEY = fields(5)
_MESSAGE = fields(13)
_OUTBOX = fields(6)
_FIRST = int4(1)  # version


def streams(batch: Sequence[Prepared]) -> Iterator[tuple[str, bytes]]:
    """The named COPY statement of each table and what it is given."""
    for name, rows in _TABLES:
        parts = [START]
        for prepared in batch:
            rows(prepared, parts)
        parts.append(END)
        yield name, b"".join(parts)


def _submission(p: Prepared, parts: list[bytes]) -> None:
    actor, context = p.context.actor, p.context
    everyone = tuple(sorted({viewer for issued in p.issued for viewer in issued.viewers}.union(p.viewers)))
    parts += (
        _SUBMISSION, uuid(p.submission_id), int4(context.party.id), word(actor.kind), word(actor.id),
        word(actor.name), word(context.door), word(p.format), text(context.message_id), data(p.digest),
        moment(context.at), int4s(everyone),
    )  # fmt: skip


def _documents(p: Prepared, parts: list[bytes]) -> None:
    document, at, party = p.checked.document, moment(p.context.at), int4(p.context.party.id)
    of, title = uuid(p.submission_id), text(p.title)
    reference = text(p.issued[0].reference if p.issued else "")
    parts += (
        _DOCUMENT, of, uuid(p.document_id), word(document.kind), word(document.version), _FIRST, NULL, party,
        reference, title, int2(p.checked.boxes), at, at, int4s(p.viewers),
    )  # fmt: skip
    for issued in p.issued:
        parts += (
            _DOCUMENT, of, uuid(issued.document_id), word(issued.document.kind),
            word(issued.document.version), _FIRST, word(issued.partner), party, reference, title,
            int2(issued.boxes), at, at, int4s(issued.viewers),
        )  # fmt: skip


def _versions(p: Prepared, parts: list[bytes]) -> None:
    parts += (
        _VERSION, uuid(p.submission_id), uuid(p.document_id), _FIRST, word(p.checked.document.version),
        word(p.format), data(p.digest), data(_pack(p.original)), _content(p), moment(p.context.at),
        int4s(p.viewers),
    )  # fmt: skip


def _content(p: Prepared) -> bytes:
    """The values as they were read; nothing where the original says the very same."""
    if p.as_entered:
        return NULL
    document = p.checked.document
    return data(_pack(_JSON.encode({"values": document.values, "extension": document.extension})))


def _keys(p: Prepared, parts: list[bytes]) -> None:
    of, document, viewers = uuid(p.submission_id), uuid(p.document_id), int4s(p.viewers)
    for kind, value in p.keys:
        parts += (_KEY, word(kind), text(value), of, document, viewers)


def _messages(p: Prepared, parts: list[bytes]) -> None:
    of, at = uuid(p.submission_id), moment(p.context.at)
    for issued in p.issued:
        parts += (
            _MESSAGE, of, uuid(issued.message), uuid(issued.document_id), _FIRST, word(issued.partner),
            word(issued.document.kind), word(issued.document.version), text(str(issued.message)),
            text(issued.reference), data(issued.digest), data(_pack(issued.payload)), at,
            int4s(issued.viewers),
        )  # fmt: skip


def _outbox(p: Prepared, parts: list[bytes]) -> None:
    of, at = uuid(p.submission_id), moment(p.context.at)
    for issued in p.issued:
        parts += (
            _OUTBOX, of, uuid(issued.message), word(issued.partner), text(issued.reference), at,
            int4s(issued.viewers),
        )  # fmt: skip


_TABLES = (
    ("copy_submission", _submission),
    ("copy_document", _documents),
    ("copy_version", _versions),
    ("copy_key", _keys),
    ("copy_message", _messages),
    ("copy_outbox", _outbox),
)
