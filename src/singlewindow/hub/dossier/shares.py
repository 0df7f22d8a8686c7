"""What of a declaration each partner's own document is filled from: what its people may be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from psycopg import Connection

_FORGET = "delete from receives where not (partner, entry) in (select unnest(%s::text[]), unnest(%s::text[]))"
_PUT = """
insert into receives (partner, entry, only_dangerous)
select * from unnest(%s::text[], %s::text[], %s::boolean[])
on conflict (partner, entry) do update set only_dangerous = excluded.only_dangerous
"""


def publish(
    connection: Connection[Any], received: Mapping[str, Collection[str]], only_dangerous: Collection[str]
) -> None:
    """Replace what is known, by partner; of those ``only_dangerous`` documents leave out other containers."""
    rows = [(partner, entry) for partner, entries in received.items() for entry in sorted(entries)]
    partners, entries = [row[0] for row in rows], [row[1] for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, [partners, entries])
        cursor.execute(_PUT, [partners, entries, [partner in only_dangerous for partner in partners]])
