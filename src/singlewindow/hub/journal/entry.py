"""What the journal keeps of one change of one subject, and the leaf that proves it."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.kernel.messages import Actor

SALT = 16
_SALTS_AT_ONCE = 256
_RECORD_VERSION = "singlewindow/entry/1"

_content = msgspec.json.Encoder(order="deterministic").encode
_record = msgspec.json.Encoder().encode
_parted = struct.Struct(f"{SALT}s" * _SALTS_AT_ONCE).unpack
_salts: list[bytes] = []
# A forked process must not hand out its parent's salts.
os.register_at_fork(after_in_child=_salts.clear)


class Entry(Struct, frozen=True, gc=False):
    """One row of the journal before it has an id."""

    at: datetime
    verb: str
    actor_kind: str
    actor_id: str
    actor_name: str
    actor_party: int
    subject_kind: str
    subject_id: UUID
    submission_id: UUID | None
    content: bytes
    salt: bytes
    leaf: bytes
    viewers: tuple[int, ...]


def fresh_salt() -> bytes:
    """16 random bytes, from a stock that is drawn 256 at a time."""
    try:
        return _salts.pop()
    except IndexError:
        drawn: tuple[bytes, ...] = _parted(os.urandom(SALT * _SALTS_AT_ONCE))
        _salts.extend(drawn[1:])
        return drawn[0]


def commit(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt || content): binds to the content, tells nothing once the salt is gone."""
    return sha256(salt + content).digest()


def leaf_of(
    at: datetime,
    verb: str,
    actor_kind: str,
    actor_id: str,
    actor_name: str,
    actor_party: int,
    subject_kind: str,
    subject_id: UUID,
    submission_id: UUID | None,
    viewers: Sequence[int],
    commitment: bytes,
) -> bytes:
    """The leaf hash, which anybody can recompute: SHA-256(0x00 || record), RFC 9162 section 2.1.1.

    ``record`` is one JSON array without white space, escaped as in RFC 8785, in UTF-8, of:
    ``"singlewindow/entry/1"``, at, verb, actor kind, actor id, actor name, actor party,
    subject kind, subject id, submission id or ``null``, array of viewers, commitment.

    ``at`` is RFC 3339 in UTC, ``2026-11-21T02:30:00.000001Z``, with six decimals or, on a whole
    second, none; ids are UUIDs in lower case; party and viewers are numbers; the commitment,
    SHA-256(salt || content) over the stored bytes, is base64 (RFC 4648 section 4).
    """
    record = _record(
        (
            _RECORD_VERSION,
            at.astimezone(UTC),
            verb,
            actor_kind,
            actor_id,
            actor_name,
            actor_party,
            subject_kind,
            subject_id,
            submission_id,
            viewers,
            commitment,
        )
    )
    return sha256(b"\x00" + record).digest()


def entry(
    *,
    at: datetime,
    actor: Actor,
    verb: str,
    subject_kind: str,
    subject_id: UUID,
    submission_id: UUID | None,
    content: dict[str, Any],
    viewers: Sequence[int],
    salt: bytes | None = None,
) -> Entry:
    """Make an entry. ``content`` becomes JSON with sorted keys; ``viewers`` are parties."""
    body = _content(content)
    salt = salt or fresh_salt()
    readers = tuple(viewers)
    leaf = leaf_of(
        at,
        verb,
        actor.kind,
        actor.id,
        actor.name,
        actor.party,
        subject_kind,
        subject_id,
        submission_id,
        readers,
        sha256(salt + body).digest(),
    )
    return Entry(
        at,
        verb,
        actor.kind,
        actor.id,
        actor.name,
        actor.party,
        subject_kind,
        subject_id,
        submission_id,
        body,
        salt,
        leaf,
        readers,
    )
