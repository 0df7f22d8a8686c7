"""What of a declaration each of a partner's documents is filled from: what its people may be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from psycopg import Connection

_FORGET = """
delete from receives where not (partner, document, entry) in
  (select * from unnest(%s::text[], %s::text[], %s::text[]))
"""
_PUT = """
insert into receives (partner, document, entry, only_dangerous)
select * from unnest(%s::text[], %s::text[], %s::text[], %s::boolean[])
on conflict (partner, document, entry) do update set only_dangerous = excluded.only_dangerous
"""


def publish(
    connection: Connection[Any],
    received: Mapping[tuple[str, str], Collection[str]],
    only_dangerous: Collection[str],
) -> None:
    """Replace what is known, by partner and its kind of document; those of ``only_dangerous`` partners leave
    out other containers."""
    rows = [(*key, entry) for key, entries in received.items() for entry in sorted(entries)]
    columns = [[row[at] for row in rows] for at in range(3)]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, columns)
        cursor.execute(_PUT, [*columns, [partner in only_dangerous for partner in columns[0]]])
