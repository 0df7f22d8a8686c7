"""Prepared submissions as the binary COPY streams of their tables; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import zstandard

from singlewindow.hub.exchange.submission import Issued, Prepared
from singlewindow.kernel.copying import (
    NULL,
    data,
    fields,
    int2,
    int4,
    int4s,
    moment,
    stream,
    text,
    uuid,
    word,
)
from singlewindow.kernel.messages import Actor

_JSON = msgspec.json.Encoder()
_pack = zstandard.ZstdCompressor(level=1).compress

_SUBMISSION = fields(11)
_DOCUMENT = fields(13)
_VERSION = fields(11)
_KEY = fields(5)
_MESSAGE = fields(13)
_OUTBOX = fields(6)
_FIRST = int4(1)  # version


def streams(batch: Sequence[Prepared]) -> Iterator[tuple[str, bytes]]:
    """The named COPY statement of each table and what it is given."""
    tables = _Tables([], [], [], [], [], [])
    for prepared in batch:
        _add(prepared, tables)
    for name, parts in zip(_COPIES, tables, strict=True):
        yield name, stream(parts)


class _Tables(NamedTuple):
    """The parts of each stream so far."""

    submission: list[bytes]
    document: list[bytes]
    version: list[bytes]
    key: list[bytes]
    message: list[bytes]
    outbox: list[bytes]


_COPIES = tuple(f"copy_{table}" for table in _Tables._fields)


def _add(p: Prepared, tables: _Tables) -> None:
    """The rows of one submission; what stands in many of them is packed once."""
    context, source = p.context, p.checked.document
    of, at, viewers, party = (
        uuid(p.submission_id),
        moment(context.at),
        int4s(p.viewers),
        int4(context.party.id),
    )
    document, title, digest = uuid(p.document_id), text(p.title), data(p.digest)
    kind, version, format_ = word(source.kind), word(source.version), word(p.format)
    reference = text(p.issued[0].reference if p.issued else "")
    tables.submission.extend((
        _SUBMISSION, of, party, _actor(context.actor), word(context.door), format_, text(context.message_id),
        digest, at, int4s(_everyone(p)),
    ))  # fmt: skip
    tables.document.extend((
        _DOCUMENT, of, document, kind, version, _FIRST, NULL, party, reference, title, int2(p.checked.boxes),
        at, at, viewers,
    ))  # fmt: skip
    tables.version.extend((
        _VERSION, of, document, _FIRST, version, format_, digest, data(_pack(p.original)), _content(p), at,
        viewers, data(_JSON.encode(p.filled)) if p.filled else NULL,
    ))  # fmt: skip
    for name, value in p.keys:
        tables.key.extend((_KEY, word(name), text(value), of, document, viewers))
    for issued in p.issued:
        _add_issued(issued, tables, of, (party, reference, title), at)


def _add_issued(
    issued: Issued, tables: _Tables, of: bytes, shared: tuple[bytes, bytes, bytes], at: bytes
) -> None:
    """The rows of one partner's document; party, key of its order and title are those of its submission."""
    party, order, title = shared
    reference = text(issued.reference)
    document, message, partner = uuid(issued.document_id), uuid(issued.message), word(issued.partner)
    kind, version, viewers = word(issued.kind), word(issued.version), int4s(issued.viewers)
    tables.document.extend((
        _DOCUMENT, of, document, kind, version, _FIRST, partner, party, reference, title, int2(issued.boxes),
        at, at, viewers,
    ))  # fmt: skip
    tables.message.extend((
        _MESSAGE, of, message, document, _FIRST, partner, kind, version, text(issued.message_id), reference,
        data(issued.digest), data(_pack(issued.payload)), at, viewers,
    ))  # fmt: skip
    tables.outbox.extend((_OUTBOX, of, message, partner, order, at, viewers))


def _actor(actor: Actor) -> bytes:
    return word(actor.kind) + word(actor.id) + word(actor.name)


def _everyone(p: Prepared) -> tuple[int, ...]:
    """Who sees the submission: whoever sees one of its documents."""
    return tuple(sorted({viewer for issued in p.issued for viewer in issued.viewers}.union(p.viewers)))


def _content(p: Prepared) -> bytes:
    """The values as they were read; nothing where the original says the very same."""
    if p.as_entered:
        return NULL
    document = p.checked.document
    return data(_pack(_JSON.encode({"values": document.values, "extension": document.extension})))
