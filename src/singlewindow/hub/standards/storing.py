"""Code lists in the database: those shipped, loaded at migration, and official tables imported over them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct
from psycopg import Connection, Cursor

from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.entry import entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.standards.codelists import Code, CodeList, load
from singlewindow.hub.standards.importing import Changes, compare
from singlewindow.hub.standards.tables import Table
from singlewindow.kernel.messages import Actor, Text

QUERIES = statements_beside(__file__, "sql/storing.sql")
IMPORTED = "code_list.imported"  # verb of the journal
PORTION = 200  # rows that are turned into values at a time


class Summary(Struct, frozen=True):
    """A list as the store has it, for people: how many codes are in force and have ended."""

    id: str
    name: Text
    imported_at: datetime | None
    current: int
    ended: int


class Edition(Struct, frozen=True):
    """An official table about to be imported: what it is, where it comes from, since when it counts.

    ``name`` is what a list is called that is not there yet.
    """

    list_id: str
    file: str
    data: bytes
    source: str
    on: date
    name: Text | None = None


def subject_of(list_id: str) -> UUID:
    """The journal's subject of a code list, the same on every platform."""
    return uuid5(NAMESPACE_URL, f"singlewindow:code_list:{list_id}")


def load_into(connection: Connection[Any], lists: Mapping[str, CodeList] | None = None) -> None:
    """Make the store's lists those shipped, as ``sw_engine`` in the caller's transaction.

    Safe to repeat. A list that has been imported stays as its official table made it.
    """
    shipped = list((load() if lists is None else lists).values())
    with connection.cursor() as cursor:
        columns = [
            [each.id for each in shipped],
            [each.name.zh for each in shipped],
            [each.name.en for each in shipped],
            [each.source.zh for each in shipped],
            [each.source.en for each in shipped],
        ]
        cursor.execute(QUERIES["put_lists"], columns)
        _stage(cursor, [(each.id, code, at) for each in shipped for at, code in enumerate(each.codes)])
        for step in ("leave_imported", "drop_unshipped", "put_codes"):
            cursor.execute(QUERIES[step])


def read_lists(connection: Connection[Any], *only: str) -> dict[str, CodeList]:
    """The code lists in force in the store, by id, or only some; any role may read them."""
    wanted = {"only": list(only) or None}
    with connection.cursor() as cursor:
        heads = cursor.execute(QUERIES["read_lists"], wanted).fetchall()
        rows = _some_at_a_time(cursor.execute(QUERIES["read_codes"], wanted))
        codes = {list_id: [_code(row) for row in group] for list_id, group in groupby(rows, _list_of)}
    return {
        head[0]: CodeList(head[0], Text(head[1], head[2]), Text(head[3], head[4]), codes.get(head[0], ()))
        for head in heads
    }


def _some_at_a_time(cursor: Cursor[Any]) -> Iterator[tuple[Any, ...]]:
    """In small portions: a whole table at once would keep every other thread from running."""
    while rows := cursor.fetchmany(PORTION):
        yield from rows


def _list_of(row: tuple[Any, ...]) -> str:
    list_id: str = row[0]
    return list_id


def summaries(connection: Connection[Any], on: date) -> list[Summary]:
    """Every list with its counts on a day."""
    with connection.cursor() as cursor:
        rows = cursor.execute(QUERIES["count_codes"], {"on": on}).fetchall()
    return [
        Summary(list_id, Text(zh, en), imported, current, ended)
        for list_id, zh, en, imported, current, ended in rows
    ]


def plan_import(connection: Connection[Any], edition: Edition, table: Table) -> Changes:
    """What importing a table would change. The list stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["lock_list"], [edition.list_id])
        head = cursor.execute(QUERIES["read_lists"], {"only": [edition.list_id]}).fetchone()
    found = read_lists(connection, edition.list_id).get(edition.list_id)
    codes = found.codes if found else ()
    first = head is None or not head[5]
    return compare(codes, table, on=edition.on, source=edition.source, first=first)


def import_table(
    connection: Connection[Any], actor: Actor, edition: Edition, table: Table, changes: Changes, at: datetime
) -> bool:
    """Do what ``plan_import`` said in the same transaction, and tell the journal, as ``sw_engine``.

    False, and nothing told, where the list says all of it already.
    """
    places = {row.code: place for place, row in enumerate(table.rows)}
    name = edition.name or Text(edition.list_id, edition.list_id)
    head = {"id": edition.list_id, "zh": name.zh, "en": name.en, "source": edition.source, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["put_list"], head)
        last = len(table.rows)
        _stage(cursor, [(edition.list_id, code, places.get(code.code, last)) for code in changes.written])
        changed = cursor.execute(QUERIES["put_codes"]).rowcount > 0
        if not cursor.execute(QUERIES["mark_imported"], head | {"changed": changed}).rowcount:
            return False
        operators = [row[0] for row in cursor.execute(QUERIES["operators"]).fetchall()]
        viewers = sorted({*operators, *filter(None, [actor.party])})
        with cursor.copy(COPY) as copy:
            copy.write(copied([_entry(actor, edition, table, changes, at, viewers)]))
    return True


def _entry(
    actor: Actor, edition: Edition, table: Table, changes: Changes, at: datetime, viewers: list[int]
) -> Any:
    content = {
        "list": edition.list_id,
        "file": edition.file,
        "sha256": hashlib.sha256(edition.data).hexdigest(),
        "source": edition.source,
        "encoding": table.encoding,
        "on": edition.on.isoformat(),
        "left_out": len(table.bad_codes),
        **changes.counts(),
    }
    return entry(
        at=at,
        actor=actor,
        verb=IMPORTED,
        subject_kind="code_list",
        subject_id=subject_of(edition.list_id),
        submission_id=None,
        content=content,
        viewers=viewers,
    )


def _stage(cursor: Cursor[Any], rows: Iterable[tuple[str, Code, int]]) -> None:
    cursor.execute(QUERIES["stage"])
    with cursor.copy(QUERIES["copy"]) as copy:
        for list_id, code, place in rows:
            copy.write_row(
                (
                    list_id,
                    code.code,
                    code.valid_from,
                    code.valid_to or date.max,
                    place,
                    code.name.zh,
                    code.name.en,
                    code.pinyin,
                    code.successor,
                    code.source,
                    json.dumps(dict(code.extra), ensure_ascii=False),
                )
            )


def _code(row: tuple[Any, ...]) -> Code:
    _, code, starts, ends, zh, en, pinyin, successor, source, extra = row
    until = None if ends == date.max else ends
    return Code(code, Text(zh, en), starts, until, pinyin, successor, source, extra)
