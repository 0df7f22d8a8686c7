"""Rows made up for every table by its columns alone: what a policy lets through depends on nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from database import Database
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS

AT = datetime(2026, 11, 21, tzinfo=UTC)
COLUMNS = """
select attname, format_type(atttypid, null) from pg_attribute
where attrelid = ('sw.' || quote_ident(%s))::regclass and attnum > 0 and not attisdropped
  and attgenerated = '' and has_column_privilege(%s, attrelid, attnum, %s) order by attnum
"""
# Rows are made up, so that what they say is free; who may read them is not.
FREE = """
do $$ declare one record;
begin
  for one in select conname, conrelid::regclass as table_name from pg_constraint
              where contype = 'c' and connamespace = 'sw'::regnamespace and conrelid <> 0
  loop execute 'alter table ' || one.table_name || ' drop constraint ' || quote_ident(one.conname); end loop;
end $$
"""


def value(kind: str, number: int) -> Any:
    """Of this type, and another for every number; readers are nobody."""
    by_type: dict[str, Any] = {
        "bytea": number.to_bytes(32),
        "uuid": UUID(int=number),
        "boolean": False,
        "date": date(2026, 11, 21),
        "timestamp with time zone": AT,
        "json": "{}",
        "jsonb": "{}",
        "text": str(number),
    }
    return [] if kind.endswith("[]") else by_type.get(kind, number)


class Rows:
    """A data base whose tables take any row."""

    def __init__(self, database: Database, owner: psycopg.Connection[Any]) -> None:
        self.database, self.owner = database, owner
        owner.execute(FREE)
        owner.execute("set session_replication_role = replica")

    def columns(self, table: str, role: str, right: str) -> dict[str, str]:
        return dict(self.owner.execute(COLUMNS, [table, role, right]).fetchall())

    def add(self, table: str, number: int, **given: Any) -> None:
        """A row of nobody's but for what is given."""
        self._insert(self.owner, table, self.columns(table, "postgres", "insert"), number, given)

    def add_owned(self, table: str, columns: Sequence[str], number: int, owner: int) -> None:
        """A row for each of these columns: the owner stands in this one, and nobody in the others."""
        for place, column in enumerate(columns):
            given = {**dict.fromkeys(columns, 0), column: [owner] if column == "viewers" else owner}
            self.add(table, number + 100 * place, **given)

    def web(self, *viewers: int, acting: int | None = None) -> psycopg.Connection[Any]:
        """A request of somebody who reads for these and acts for one, else for nobody."""
        connection = psycopg.connect(self.database.dsn("sw_web"))
        connection.execute(VIEWERS, [array(viewers), "" if acting is None else str(acting)])
        return connection

    def insert(
        self, connection: psycopg.Connection[Any], role: str, table: str, given: Mapping[str, Any]
    ) -> bool:
        """Whether a row would be taken from a role that fills all it may fill."""
        columns = self.columns(table, role, "insert")
        try:
            with connection.transaction(force_rollback=True):
                self._insert(connection, table, columns, 700, given)
        except psycopg.errors.InsufficientPrivilege as refused:
            assert "row-level security" in str(refused)
            return False
        return True

    def changed(self, connection: psycopg.Connection[Any], statement: str) -> int | None:
        """How many rows a statement changes; ``None`` where a policy refuses what would become of them."""
        try:
            with connection.transaction():
                return connection.execute(statement).rowcount  # type: ignore[arg-type]
        except psycopg.errors.InsufficientPrivilege as refused:
            assert "row-level security" in str(refused)
            return None

    def empty(self, table: str) -> None:
        self.owner.execute(sql.SQL("delete from sw.{}").format(sql.Identifier(table)))

    def _insert(
        self,
        connection: psycopg.Connection[Any],
        table: str,
        columns: Mapping[str, str],
        number: int,
        given: Mapping[str, Any],
    ) -> None:
        row = {name: value(kind, number) for name, kind in columns.items()} | given
        statement = sql.SQL("insert into sw.{} ({}) overriding system value values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        )
        connection.execute(statement, list(row.values()))


def counted(connection: psycopg.Connection[Any], table: str) -> int:
    query = sql.SQL("select count(*) from sw.{}").format(sql.Identifier(table))
    (found,) = connection.execute(query).fetchone() or (0,)
    return int(found)
