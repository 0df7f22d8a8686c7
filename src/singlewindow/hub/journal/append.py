"""Writing entries, in the transaction of the change they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from psycopg import AsyncCursor

from singlewindow.hub.journal.entry import Entry
from singlewindow.kernel.copying import NULL, data, fields, int4, int4s, moment, stream, text, uuid

INSERT = (Path(__file__).parent / "sql" / "append.sql").read_text()

COPY = """copy journal_entry (
  at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind,
  subject_id, submission_id, content, salt, leaf, viewers) from stdin (format binary)"""
_COLUMNS = fields(13)


async def append(cursor: AsyncCursor[Any], entries: Sequence[Entry]) -> None:
    """Append by COPY; for roles with BYPASSRLS, which alone may copy under row-level security."""
    if not entries:
        return
    async with cursor.copy(COPY) as copy:
        await copy.write(copied(entries))


def columns(entries: Sequence[Entry]) -> list[list[Any]]:
    """What ``INSERT`` is given; for roles that may neither copy into the journal nor read it back."""
    rows = [(*_plain(each), _array(each.viewers)) for each in entries]
    return [list(column) for column in zip(*rows, strict=True)]


def copied(entries: Sequence[Entry]) -> bytes:
    """The entries as one binary COPY stream."""
    parts: list[bytes] = []
    for each in entries:
        of = each.submission_id
        parts += (
            _COLUMNS, moment(each.at),
            _words(each.verb, each.actor_kind, each.actor_id, each.actor_name, each.actor_party,
                   each.subject_kind),
            uuid(each.subject_id), NULL if of is None else uuid(of), data(each.content), data(each.salt),
            data(each.leaf), int4s(each.viewers),
        )  # fmt: skip
    return stream(parts)


# The same words stand in row after row of a batch.
@lru_cache(4_096)
def _words(verb: str, kind: str, actor_id: str, name: str, party: int, subject_kind: str) -> bytes:
    return b"".join((text(verb), text(kind), text(actor_id), text(name), int4(party), text(subject_kind)))


def _plain(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in entry.__struct_fields__ if name != "viewers")


def _array(viewers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, viewers)) + "}"
