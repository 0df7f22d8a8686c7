"""What rooms keep beside the journal, row by row, held against the entry that tells of each.

A digest in an entry binds the bytes of a row; the entry itself is bound by the tree. What was erased from an
entry cannot be compared any more: then the row must only be there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, LiteralString

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import tuple_row

from singlewindow.hub.journal import findings
from singlewindow.hub.journal.verify import Report
from singlewindow.kernel.messages import Text

BATCH = 500  # rows with the bytes they keep


class Kind(msgspec.Struct, frozen=True):
    """One kind of row: its name in the fields of findings, and what people call it."""

    field: str
    called: Text

    def changed(self, report: Report, name: str) -> None:
        """It says something else than its entry."""
        report.add(findings.row_changed(self.called, name, f"{self.field}[{name}]"))

    def missing(self, report: Report, name: str) -> None:
        """Only its entry is there."""
        report.add(findings.row_missing(self.called, name, f"{self.field}[{name}]"))

    def untold(self, report: Report, name: str) -> None:
        """Only the row is there."""
        report.add(findings.row_untold(self.called, name, f"{self.field}[{name}]"))


async def rows_of(
    connection: AsyncConnection[Any], name: LiteralString, statement: str
) -> AsyncIterator[tuple[Any, ...]]:
    """The rows of a statement, a batch at a time, in the transaction of the connection."""
    async with connection.cursor(f"held_{name}", row_factory=tuple_row, binary=True) as cursor:
        await cursor.execute(statement)
        while batch := await cursor.fetchmany(BATCH):
            for row in batch:
                yield row


def said(content: bytes | None) -> dict[str, Any] | None:
    """What an entry says; None where it was erased, or tampered with, which is told already."""
    try:
        found = msgspec.json.decode(content or b"")
    except msgspec.DecodeError:
        return None
    return found if isinstance(found, dict) else None
