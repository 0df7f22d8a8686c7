"""Telling the journal within a request: what a person did, in the transaction that does it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from singlewindow.hub.journal.append import INSERT, columns
from singlewindow.hub.journal.entry import Entry
from singlewindow.kernel.queries import Cursor


def done(cursor: Cursor) -> bool:
    """Whether the opening just called changed anything; one that did not gives null."""
    return bool(cursor.fetchone()[0])


def ask_again(cursor: Cursor, person: int) -> None:
    """Their live updates ask at once who they still are: a session has ended, or a right was withdrawn."""
    cursor.execute("select pg_notify('journal', %s)", [json.dumps({"again": [person]})])


def tell(cursor: Cursor, entries: Sequence[Entry]) -> None:
    """Append by one INSERT, which every role may that writes the journal."""
    if entries:
        cursor.execute(INSERT, columns(entries))
