"""What a load leaves on the disk: write-ahead log, tables and their indexes, in bytes."""

from __future__ import annotations

from typing import Any

import psycopg
from msgspec import Struct

# Of the platform's own schema, and of the twin's and the limit's; TOAST and free space belong to their table.
SIZES = """
select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint,
       coalesce(sum(pg_table_size(c.oid)), 0)::bigint, coalesce(sum(pg_indexes_size(c.oid)), 0)::bigint
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where c.relkind = 'r' and n.nspname in ('sw', 'public')
"""


class Stored(Struct, frozen=True):
    """Bytes at one moment; of the write-ahead log all that was ever written."""

    wal: int
    tables: int
    indexes: int

    def each(self, before: Stored, count: int) -> dict[str, int]:
        """Bytes an item, of what came since."""
        return {
            name: round((getattr(self, name) - getattr(before, name)) / count)
            for name in self.__struct_fields__
        }


def stored(connection: psycopg.Connection[Any]) -> Stored:
    """What there is now."""
    return Stored(*(connection.execute(SIZES).fetchone() or (0, 0, 0)))
