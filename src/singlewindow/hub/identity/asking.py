"""Asking the data base for a request: named queries on Django's connection, rows by their columns' names.

What there is to see is decided by row-level security, for whom the request's transaction states.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
from django.db import connection

from singlewindow.hub.journal.statements import statements_beside

Row = dict[str, Any]
NAMING = statements_beside(__file__, "sql/naming.sql")
MOST_WORDS = 6


class Ask(Protocol):
    """The rows of one statement, written as one query or as parts that follow each other."""

    def __call__(self, *parts: str, **values: Any) -> list[Row]: ...


def asking(queries: Mapping[str, str]) -> Ask:
    """``ask("name", …)`` for a room's queries, between which ``NAMING``'s parts may stand."""
    known = {**NAMING, **queries}

    def ask(*parts: str, **values: Any) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute("\n".join(known[part] for part in parts), values)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return ask


def read_jsonb(value: Any) -> Any:
    """A jsonb column: Django's cursors hand it over as text, psycopg's as values."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def patterns(words: str) -> list[str]:
    """For each of the first words, the pattern of what it is a part of; it stands for itself alone."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")
    return [f"%{word}%" for word in escaped.split()[:MOST_WORDS]]
