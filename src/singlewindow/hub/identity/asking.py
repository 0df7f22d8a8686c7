"""Asking the data base for a request: named queries on Django's connection, rows by their columns' names.

What there is to see is decided by row-level security, for whom the request's transaction states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import msgspec
import psycopg
from django.db import connection

from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.queries import Cursor

Row = dict[str, Any]
NAMING = statements_beside(__file__, "sql/naming.sql")
MOST_WORDS = 6


class Ask(Protocol):
    """The rows of one statement, written as one query or as parts that follow each other."""

    def __call__(self, *parts: str, **values: Any) -> list[Row]: ...


AskTogether = Callable[[Mapping[str, Mapping[str, Any]]], dict[str, list[Row]]]


def asking(queries: Mapping[str, str], *, by_key: bool = False) -> Ask:
    """``ask("name", …)`` for a room's queries, between which ``NAMING``'s parts may stand.

    ``by_key``: each looks up by keys what there is of them (``lookups``).
    """
    known = {**NAMING, **queries}

    def ask(*parts: str, **values: Any) -> list[Row]:
        with lookups() if by_key else connection.cursor() as cursor:
            cursor.execute("\n".join(known[part] for part in parts), values)
            return _rows(cursor)

    return ask


def asking_together(queries: Mapping[str, str]) -> AskTogether:
    """``ask({"name": values, …})``: several look-ups by keys, with one way to PostgreSQL and back for all."""

    def ask(asked: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Row]]:
        connection.ensure_connection()
        driver = connection.connection
        with connection.wrap_database_errors, driver.pipeline():
            sent = {name: psycopg.Cursor(driver).execute(queries[name], asked[name]) for name in asked}
        return {name: _rows(cursor) for name, cursor in sent.items()}

    return ask


def _rows(cursor: Cursor) -> list[Row]:
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def lookups() -> Iterator[Cursor]:
    """A cursor on Django's connection for what is looked up by keys: planned once, not for each request.

    Under row-level security such a statement takes longer to plan than to answer. What reads a part of all
    that a party has is asked by Django's own cursors, and planned for the party that asks.
    The connection says when and how (``server/settings.py``).
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def read_jsonb(value: Any) -> Any:
    """A jsonb column: Django's cursors hand it over as text, psycopg's as values."""
    return msgspec.json.decode(value) if isinstance(value, str | bytes) else value


def patterns(words: str) -> list[str]:
    """For each of the first words, the pattern of what it is a part of; it stands for itself alone."""
    escaped = words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")
    return [f"%{word}%" for word in escaped.split()[:MOST_WORDS]]
