"""Writing entries, in the transaction of the change they tell of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from struct import Struct, pack
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.journal.entry import Entry

INSERT = (Path(__file__).parent / "sql" / "append.sql").read_text()

# Rows are packed here: a quarter of the time of ``write_row``, which asks each value for its type
# (bench/journal.py measures both). Layout: PostgreSQL documentation, COPY, "Binary Format".
COPY = """copy journal_entry (
  at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind,
  subject_id, submission_id, content, salt, leaf, viewers) from stdin (format binary)"""
_COLUMNS = 13
_START = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INT4_OID = 23

_size = Struct(">i").pack
_LEN_16 = _size(16)
_LEN_32 = _size(32)


async def append(cursor: AsyncCursor[Any], entries: Sequence[Entry]) -> None:
    """Append by COPY; for roles with BYPASSRLS, which alone may copy under row-level security."""
    if not entries:
        return
    async with cursor.copy(COPY) as copy:
        await copy.write(copied(entries))


async def append_as_component(cursor: AsyncCursor[Any], entries: Sequence[Entry]) -> None:
    """Append by one INSERT; for roles that may neither copy into the journal nor read it back."""
    if not entries:
        return
    rows = [(*_plain(each), _array(each.viewers)) for each in entries]
    await cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])


def copied(entries: Sequence[Entry]) -> bytes:
    """The entries as one binary COPY stream."""
    return b"".join((_START, *map(_row, entries), _END))


def _row(entry: Entry) -> bytes:
    of = entry.submission_id
    content = entry.content
    return b"".join(
        (
            _head(entry.at),
            _words(
                entry.verb,
                entry.actor_kind,
                entry.actor_id,
                entry.actor_name,
                entry.actor_party,
                entry.subject_kind,
            ),
            _LEN_16,
            entry.subject_id.bytes,
            _NULL if of is None else _uuid(of),
            _size(len(content)),
            content,
            _LEN_16,
            entry.salt,
            _LEN_32,
            entry.leaf,
            _viewers(entry.viewers),
        )
    )


# The same instants, actors, submissions and viewers stand in row after row of a batch.
@lru_cache(256)
def _head(at: datetime) -> bytes:
    return pack(">hiq", _COLUMNS, 8, (at - _EPOCH) // _MICROSECOND)


@lru_cache(4096)
def _words(verb: str, kind: str, actor_id: str, name: str, party: int, subject_kind: str) -> bytes:
    before = b"".join(map(_text, (verb, kind, actor_id, name)))
    return before + pack(">ii", 4, party) + _text(subject_kind)


@lru_cache(256)
def _uuid(value: UUID) -> bytes:
    return _LEN_16 + value.bytes


@lru_cache(4096)
def _viewers(viewers: tuple[int, ...]) -> bytes:
    if not viewers:
        array = pack(">iii", 0, 0, _INT4_OID)
    else:
        array = pack(">iiiii", 1, 0, _INT4_OID, len(viewers), 1)
        array += b"".join(pack(">ii", 4, viewer) for viewer in viewers)
    return _size(len(array)) + array


def _text(value: str) -> bytes:
    encoded = value.encode()
    return _size(len(encoded)) + encoded


def _plain(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in entry.__struct_fields__ if name != "viewers")


def _array(viewers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, viewers)) + "}"
