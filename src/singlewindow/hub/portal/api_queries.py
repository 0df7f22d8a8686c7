"""What programs ask of the journal: entries, checkpoints, proofs."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from asgiref.sync import async_to_sync
from django.db import connection
from psycopg import AsyncConnection

from singlewindow.hub.identity.asking import Row, asking
from singlewindow.hub.journal import proof
from singlewindow.hub.journal.checkpoint import Checkpoint
from singlewindow.hub.journal.statements import statements_beside

_ask = asking(statements_beside(__file__, "api.sql"))
_CONNECTING = {"dbname", "user", "password", "host", "port"}
BEGINNING, END = -1, 2**62


def entries(sort: str, **asked: Any) -> list[Row]:
    """Numbered entries between two positions, both excluded: ``newest`` or ``oldest`` first."""
    return [_entry(row) for row in _ask("entries", sort, **asked)]


def entry(position: int) -> Row | None:
    """One entry; None where there is none to see."""
    rows = _ask("entry", position=position)
    return _entry(rows[0]) if rows else None


def checkpoints(before: int, most: int) -> list[Row]:
    """Signed roots over fewer than ``before`` entries, newest first."""
    rows = _ask("checkpoints", before=before, most=most)
    return [signed(Checkpoint(**row | {n: bytes(row[n]) for n in ("root", "signature")})) for row in rows]


def inclusion(entry_id: int) -> Row | None:
    """Why an entry stands in the record; None until a checkpoint covers it."""
    made = _outside(lambda asking: proof.inclusion(asking, entry_id))
    if made is None:
        return None
    path = [bytes(each).hex() for each in made.path]
    return {"leaf": bytes(made.leaf).hex(), "path": path, "checkpoint": signed(made.checkpoint)}


def consistency(old: int, new: int) -> Row | None:
    """Why everything under the old checkpoint stands unchanged under the new one."""
    made = _outside(lambda asking: proof.consistency(asking, old, new))
    if made is None:
        return None
    path = [bytes(each).hex() for each in made.path]
    return {"old": signed(made.old), "new": signed(made.new), "path": path}


def signed(one: Checkpoint) -> Row:
    """A checkpoint with the exact bytes under its signature."""
    return {
        "size": one.size,
        "root": bytes(one.root).hex(),
        "at": one.at,
        "key_id": one.key_id,
        "note": one.note.decode(),
        "signature": b64encode(bytes(one.signature)).decode(),
    }


def _outside(ask: Callable[[AsyncConnection[Any]], Awaitable[Any]]) -> Any:
    """Proofs are read on a connection of their own: their queries are asynchronous."""
    parameters = connection.get_connection_params()
    given = {name: value for name, value in parameters.items() if name in _CONNECTING}

    async def asked() -> Any:
        async with await AsyncConnection.connect(**given, autocommit=True) as asking:
            return await ask(asking)

    return async_to_sync(asked)()


def _entry(row: Row) -> Row:
    content = row["content"]
    read = None if content is None else msgspec.json.decode(bytes(content))
    sealed = {name: row[name] and bytes(row[name]).hex() for name in ("salt", "commitment", "leaf")}
    return row | sealed | {"content": read}
