"""Receipts as the binary COPY streams of what they add: receipt, numbers, journal; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.copying import data, fields, int2, int4s, moment, stream, text, uuid, word
from singlewindow.kernel.messages import Actor

_JSONB = b"\x01"  # the version that PostgreSQL puts before a jsonb
_KEY_FACTS = {"entry_number": "declaration", "unified_number": "unified"}
# Rows a COPY: of 200 to 1,600 at once, PostgreSQL 18 took the least for a row with 200 to 400.
AT_ONCE = 250
_CLAIM = fields(5)
_RECEIPT = fields(13)
_KEY = fields(5)
_encode = msgspec.json.Encoder().encode


def streams(fresh: Sequence[Arrived]) -> Iterator[tuple[str, bytes]]:
    """Statements and what each is given."""
    if keys := _keys(fresh):
        yield "copy_key", stream([_key(*key, viewers) for key, viewers in keys.items()])
    for start in range(0, len(fresh), AT_ONCE):
        some = fresh[start : start + AT_ONCE]
        yield "copy_claim", stream(map(_claim, some))
        yield "copy_receipt", stream(map(_receipt, some))
        yield COPY, copied([entry_of(one) for one in some])


def _claim(one: Arrived) -> bytes:
    return b"".join(
        (
            _CLAIM, word(one.partner), text(one.receipt.id), data(one.digest), uuid(one.submission_id),
            moment(one.received_at),
        )
    )  # fmt: skip


def _receipt(one: Arrived) -> bytes:
    said = one.receipt
    return b"".join(
        (
            _RECEIPT, uuid(one.submission_id), uuid(one.document_id), word(one.partner), text(said.id),
            word(said.stage), word(said.code), int2(said.outcome), word(said.text),
            _json(said.facts) if said.facts else _NO_FACTS,
            _json(said.problems) if said.problems else _NO_PROBLEMS,
            moment(said.at), moment(one.received_at), int4s(tuple(one.viewers)),
        )
    )  # fmt: skip


def _json(value: Any) -> bytes:
    return data(_JSONB + _encode(value))


_NO_FACTS, _NO_PROBLEMS = _json({}), _json(())


def _keys(fresh: Sequence[Arrived]) -> dict[tuple[str, str, UUID, UUID], tuple[int, ...]]:
    """Numbers that a partner assigned are numbers people will look the consignment up by."""
    return {
        (kind, one.receipt.facts[fact], one.submission_id, one.document_id): tuple(one.viewers)
        for one in fresh
        if one.receipt.facts
        for fact, kind in _KEY_FACTS.items()
        if fact in one.receipt.facts
    }


def _key(kind: str, value: str, submission: UUID, document: UUID, viewers: tuple[int, ...]) -> bytes:
    return b"".join((_KEY, word(kind), text(value), uuid(submission), uuid(document), int4s(viewers)))


def entry_of(one: Arrived) -> Entry:
    """The journal's entry of a receipt."""
    said = one.receipt
    return entry(
        at=one.received_at,
        actor=_actor(one.partner),
        verb="receipt.received",
        subject_kind="document",
        subject_id=one.document_id,
        submission_id=one.submission_id,
        content={
            "at": said.at.isoformat(),
            "code": said.code,
            "facts": said.facts,
            "outcome": said.outcome.name.lower(),
            "receipt": said.id,
            "stage": said.stage.value,
            "text": said.text,
        },
        viewers=one.viewers,
    )


@lru_cache(64)
def _actor(partner: str) -> Actor:
    return Actor("component", partner, partner)
