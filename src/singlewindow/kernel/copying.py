"""Values as the fields of a binary COPY stream (PostgreSQL documentation, COPY, "Binary Format").

Rows are packed here: a quarter of the time of the driver's ``write_row``, which asks each value for its
type. A field is its length and its bytes; a row is the number of its fields and these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from struct import Struct, pack
from uuid import UUID

_START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INT4_OID, _TEXT_OID, _UUID_OID = 23, 25, 2950
_size = Struct(">i").pack
_int4 = Struct(">ii").pack
_int2 = Struct(">ih").pack
_int8 = Struct(">iq").pack
_LEN_16 = _size(16)


def stream(rows: Iterable[bytes]) -> bytes:
    """Packed rows, or the parts of rows one after the other, as what a COPY is sent."""
    return b"".join((_START, *rows, _END))


def fields(count: int) -> bytes:
    """How a row of so many fields begins."""
    return pack(">h", count)


def data(value: bytes) -> bytes:
    """A bytea."""
    return _size(len(value)) + value


def text(value: str) -> bytes:
    """A text."""
    encoded = value.encode()
    return _size(len(encoded)) + encoded


word = lru_cache(4_096)(text)  # a text that stands in row after row


def uuid(value: UUID) -> bytes:
    """A uuid."""
    return _LEN_16 + value.bytes


def int4(value: int) -> bytes:
    """An int."""
    return _int4(4, value)


def int2(value: int) -> bytes:
    """A smallint."""
    return _int2(2, value)


def int8(value: int) -> bytes:
    """A bigint."""
    return _int8(8, value)


def boolean(value: bool) -> bytes:
    """A boolean."""
    return b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00"


@lru_cache(256)
def moment(value: datetime) -> bytes:
    """A timestamptz."""
    return _int8(8, (value - _EPOCH) // _MICROSECOND)


@lru_cache(256)
def day(value: date) -> bytes:
    """A date."""
    return _int4(4, (value - _EPOCH.date()).days)


@lru_cache(4_096)
def int4s(values: tuple[int, ...]) -> bytes:
    """An int[]."""
    return data(array(_INT4_OID, [int4(value) for value in values]))


def texts(values: Iterable[str]) -> bytes:
    """A text[]."""
    return data(array(_TEXT_OID, [text(value) for value in values]))


words = lru_cache(4_096)(texts)  # a text[] that stands in row after row


def uuids(values: Iterable[UUID]) -> bytes:
    """A uuid[]."""
    return data(array(_UUID_OID, [uuid(value) for value in values]))


def array(oid: int, values: Sequence[bytes]) -> bytes:
    """Fields of one type, or ``NULL``, as an array."""
    if not values:
        return pack(">iii", 0, 0, oid)
    return pack(">iiiii", 1, 0, oid, len(values), 1) + b"".join(values)
