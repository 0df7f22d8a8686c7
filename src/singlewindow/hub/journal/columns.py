"""Columns of many rows as the parameters of one statement: ``unnest(%b::text[], %b::uuid[])``.

Packed here: the driver asks each element for its type, which took longer than the statement itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

from singlewindow.kernel import copying
from singlewindow.kernel.copying import NULL, array

Value = TypeVar("Value")


class Column(bytes):
    """An array in PostgreSQL's binary form; the statement says of what."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        return obj


adapters.register_dumper(Column, _AsItIs)


def texts(values: Iterable[str | None]) -> Column:
    """A text[]."""
    return _column(25, copying.text, values)


def words(values: Iterable[str | None]) -> Column:
    """A text[] of texts that come again and again."""
    return _column(25, copying.word, values)


def uuids(values: Iterable[UUID | None]) -> Column:
    """A uuid[]."""
    return _column(2950, copying.uuid, values)


def int2s(values: Iterable[int | None]) -> Column:
    """A smallint[]."""
    return _column(21, copying.int2, values)


def int4s(values: Iterable[int | None]) -> Column:
    """An int[]."""
    return _column(23, copying.int4, values)


def moments(values: Iterable[datetime | None]) -> Column:
    """A timestamptz[]."""
    return _column(1184, copying.moment, values)


def byteas(values: Iterable[bytes | None]) -> Column:
    """A bytea[]."""
    return _column(17, copying.data, values)


def _column(oid: int, pack: Callable[[Value], bytes], values: Iterable[Value | None]) -> Column:
    return Column(array(oid, [NULL if value is None else pack(value) for value in values]))
