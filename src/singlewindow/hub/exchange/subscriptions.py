"""Who receives what: the shipped rows, and the table in force."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from psycopg import AsyncConnection, Connection

from singlewindow.hub.exchange.submission import Subscription

_SEED = """
insert into subscription (receiver, source_kind, document_kind, condition, purpose, legal_basis,
                          legal_basis_en, valid_from, valid_to)
values (%(receiver)s, %(source_kind)s, %(document_kind)s, %(condition)s, %(purpose)s, %(legal_basis)s,
        %(legal_basis_en)s, %(valid_from)s, %(valid_to)s)
on conflict (receiver, source_kind, document_kind, valid_from) do nothing
"""
_IN_FORCE = """
select receiver, source_kind, document_kind, condition, valid_from, valid_to
  from subscription
 order by receiver, document_kind, valid_from
"""


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a shipped ``subscriptions.csv``; an empty end is open."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row | {"valid_to": row["valid_to"] or None} for row in csv.DictReader(file)]


def seed(connection: Connection[Any], paths: Iterable[Path]) -> None:
    """Put shipped rows into the table; those that are there, perhaps ended since, are left alone."""
    rows = [row for path in paths for row in read_rows(path)]
    with connection.cursor() as cursor:
        cursor.executemany(_SEED, rows)


async def load(connection: AsyncConnection[Any]) -> tuple[Subscription, ...]:
    """All rows, past and future too: the day of a submission decides."""
    found = await connection.execute(_IN_FORCE)
    return tuple(Subscription(*row) for row in await found.fetchall())
