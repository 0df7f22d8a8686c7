"""What loads have stored, many times over: as if as many others had come and gone, with their own numbers.

Every row that stands for a declaration is copied, in every table, so that nothing is left to do for the
copies: they have their dossiers, are released, and whoever is told of such things has read of them. A table
that is in neither list below is an error, so that none is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql

from bed.installation import Platform
from bed.outcome import UNNUMBERED, awaited, one

# Table -> what a copy has of its own beside its ids: names, numbers, keys. Ids are its own everywhere.
COPIED: dict[str, tuple[str, ...]] = {
    "claim": ("message_id",),
    "submission": ("message_id",),
    "document": ("reference",),
    "document_version": (),
    "document_key": ("value",),
    "message": ("message_id", "reference"),
    "inbox": ("digest",),
    "receipt": ("receipt_id",),
    "journal_entry": (),
    "conveyance_call": ("said", "call"),
    "dossier": ("name", "call"),
    "dossier_document": (),
    "dossier_object": ("key", "number"),
    "identity_key": ("value",),
    "claimed_container": ("key",),
    "milestone": ("object_key",),
    "task": ("about",),
    "instruction": ("id", "subject_key"),
    "execution": ("id", "subject_key"),
    "disposition": ("subject_key", "number"),
    "inspection_order": ("number", "subject_key", "name"),
    "inspection_need": (),
    "inspection_part": (),
    "inspection_reason": (),
    "inspection_result": (),
    "release": ("number",),
    "gate_pass": ("key", "number", "releases"),
    "gate_return": ("key", "number"),
    "gate_event": ("key", "number"),
    "notice": ("position",),
    "notification": ("position", "number"),
}
# What does not grow with declarations, what is being done with them, and the journal's tree.
KEPT = frozenset({
    "announcement", "answer_again", "answer_aside", "api_answer", "api_token", "code", "code_list",
    "coordination_due", "coordination_pulse", "coordination_request", "dead_letter_told", "definition",
    "draft", "duty", "identity_change", "journal_checkpoint", "journal_cursor", "journal_gap",
    "journal_position", "journal_tile", "lane", "lane_minute", "letter_again", "letter_aside", "mandate",
    "membership", "migration_text", "notice_read", "notice_reader", "notice_through", "outbox", "party",
    "person", "receives", "session", "sign_in_failure", "subscription",
})  # fmt: skip
ONLY = {"journal_entry": sql.SQL("where t.submission_id is not null or t.verb = 'message.sent'")}
TABLES = """
select c.relname from pg_class c where c.relnamespace = 'sw'::regnamespace and c.relkind = 'r'
   and not starts_with(c.relname, 'django_') order by 1
"""
COLUMNS = """
select a.attname, format_type(a.atttypid, null) from pg_attribute a
 where a.attrelid = ('sw.' || %s)::regclass and a.attnum > 0 and not a.attisdropped and a.attidentity = ''
   and a.attgenerated = ''
 order by a.attnum
"""
# Ids keep the milliseconds they begin with; the rest is a hash of id and copy, so that rows which belong
# together stay together. Nobody's dossier stays nobody's. Places in the journal become earlier than all.
AGAIN = """
create or replace function pg_temp.again(id uuid, copy int) returns uuid language sql immutable as $$
  select case when id = '00000000-0000-0000-0000-000000000000' then id else
         (left(id::text, 13) || '-7' || substr(hash, 1, 3) || '-8' || substr(hash, 4, 3) || '-'
          || substr(hash, 7, 12))::uuid end
    from md5(id::text || copy) as hash
$$;
create or replace function pg_temp.again(name text, copy int) returns text language sql immutable as $$
  select case when name = '' then name when name ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$'
              then pg_temp.again(name::uuid, copy)::text else name || '#' || copy end
$$;
create or replace function pg_temp.again(digest bytea, copy int) returns bytea language sql immutable as
  $$ select sha256(digest || copy::text::bytea) $$;
create or replace function pg_temp.again(place bigint, copy int) returns bigint language sql immutable as
  $$ select place - copy * 1000000000::bigint $$;
create or replace function pg_temp.again(ids uuid[], copy int) returns uuid[] language sql immutable as
  $$ select array(select pg_temp.again(id, copy) from unnest(ids) id) $$;
create or replace function pg_temp.again(names text[], copy int) returns text[] language sql immutable as
  $$ select array(select pg_temp.again(name, copy) from unnest(names) name) $$;
"""
READ = "update sw.journal_cursor set position = (select max(position) from sw.journal_position)"


def multiply(running: Platform, copies: int, viewers: Sequence[int] | None = None) -> None:
    """So many copies of all that is stored, of the same readers or of these; the platform must be at rest."""
    with running.connect() as connection, everything_read(running):
        with connection.transaction():
            for table in tables(connection):
                copy_of(connection, table, copies, viewers)
        awaited(lambda: one(connection, UNNUMBERED), "entries without number")


@contextmanager
def everything_read(running: Platform) -> Iterator[None]:
    """What is entered in the journal meanwhile was read by its subscribers before they could: it is past."""
    with running.connect() as holding, holding.transaction():
        holding.execute("select from sw.journal_cursor for update")
        yield
        holding.execute(READ)


def tables(connection: Connection[Any]) -> list[str]:
    """Those to copy; raises LookupError for one of which nobody has said whether it grows."""
    there = [name for (name,) in connection.execute(TABLES)]
    if unknown := set(there) - COPIED.keys() - KEPT:
        raise LookupError(f"to be copied, or not? {sorted(unknown)}")
    return [name for name in there if name in COPIED]


def copy_of(connection: Connection[Any], table: str, copies: int, viewers: Sequence[int] | None) -> None:
    """So many copies of each row of a table; a copy is made of nothing that this call has made."""
    connection.execute(AGAIN)
    columns = connection.execute(COLUMNS, [table]).fetchall()
    values = [_value(table, name, kind, viewers) for name, kind in columns]
    statement = sql.SQL(
        "insert into sw.{table} ({names}) select {values} from sw.{table} t "
        "cross join generate_series(1, {copies}) as copy {only}"
    )
    connection.execute(
        statement.format(
            table=sql.Identifier(table),
            names=sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns),
            values=sql.SQL(", ").join(values),
            copies=sql.Literal(copies),
            only=ONLY.get(table, sql.SQL("")),
        )
    )


def _value(table: str, name: str, kind: str, viewers: Sequence[int] | None) -> sql.Composable:
    column = sql.SQL("t.{}").format(sql.Identifier(name))
    if name == "viewers" and viewers is not None:
        return sql.SQL("{}::int[]").format(sql.Literal(list(viewers)))
    if kind.startswith("uuid") or name in COPIED[table]:
        return sql.SQL("pg_temp.again({}, copy)").format(column)
    return column
