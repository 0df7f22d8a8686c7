"""Columns of many rows as the parameters of one statement: ``unnest(%b::text[], %b::uuid[])``.

Packed here: the driver asks each element for its type, which took longer than the statement itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from psycopg import adapters
from psycopg.adapt import Dumper
from psycopg.pq import Format

from singlewindow.kernel.copying import array, text, uuid, word

_TEXT, _UUID = 25, 2950


class Column(bytes):
    """An array in PostgreSQL's binary form; the statement says of what."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: Column) -> bytes:
        return obj


adapters.register_dumper(Column, _AsItIs)


def texts(values: Iterable[str]) -> Column:
    """A text[]."""
    return Column(array(_TEXT, [text(value) for value in values]))


def words(values: Iterable[str]) -> Column:
    """A text[] of texts that come again and again."""
    return Column(array(_TEXT, [word(value) for value in values]))


def uuids(values: Iterable[UUID]) -> Column:
    """A uuid[]."""
    return Column(array(_UUID, [uuid(value) for value in values]))
