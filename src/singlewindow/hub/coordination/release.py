"""The signed release (综合放行单): what it states, in which bytes, and how anybody verifies it.

The statement is one JSON object in UTF-8, keys sorted, no white space, as RFC 8785 writes texts:
``containers`` (list of ``{"number", "seal"}``), ``dossier``, ``goods``, ``issued_at``, ``name``,
``number``, ``platform_key``, ``valid_until``, ``version``, ``what``. Times are RFC 3339 in UTC.
The stored bytes are the bytes signed: for the platform's ECDSA key on P-256,
``openssl dgst -sha256 -verify platform.pub -signature release.sig release.json`` answers ``Verified OK``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.kernel.clock import local_day
from singlewindow.kernel.crypto.signing import Signer, VerifyingKey

WHAT = "singlewindow/release/1"

_encode = msgspec.json.Encoder(order="sorted").encode


class Sealed(Struct, frozen=True, gc=False):
    """A container as it may leave."""

    number: str
    seal: str


class Statement(Struct, frozen=True, gc=False):
    """What is signed."""

    number: str
    dossier: UUID
    goods: str  # bill, express, postal, conveyance
    name: str
    containers: tuple[Sealed, ...]
    version: int
    issued_at: datetime
    valid_until: datetime
    platform_key: str
    what: str = WHAT


class Signed(Struct, frozen=True, gc=False):
    """A statement with its bytes and the signature over exactly these."""

    statement: Statement
    content: bytes
    signature: bytes


def number_of(sequence: int, at: datetime) -> str:
    """``FX``, the day, and a number that grows."""
    return f"FX{_day(at)}{sequence:07d}"


@lru_cache(16)
def _day(at: datetime) -> str:
    """The platform's: everything that is decided on together bears one instant."""
    return f"{local_day(at):%Y%m%d}"


def sign(
    signer: Signer,
    *,
    number: str,
    dossier: UUID,
    goods: str,
    name: str,
    containers: Sequence[Sealed],
    version: int,
    issued_at: datetime,
    valid_until: datetime,
) -> Signed:
    """Make a release under the platform's key."""
    ordered = tuple(sorted(containers, key=lambda one: one.number))
    statement = Statement(
        number, dossier, goods, name, ordered, version, issued_at, valid_until, signer.key_id
    )
    content = _encode(statement)
    return Signed(statement, content, signer.sign(content))


def verified(content: bytes, signature: bytes, key: VerifyingKey) -> Statement | None:
    """The statement, if this key signed exactly these bytes; read nothing else of a release."""
    if not key.verify(signature, content):
        return None
    statement = msgspec.json.decode(content, type=Statement)
    return statement if statement.what == WHAT and statement.platform_key == key.key_id else None
