"""What the exchange knows of what the message box tells of: how it is called, who is what in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.hub.notice.telling import Circumstances

_SQL = statements_beside(__file__, "sql/concerned.sql")
_ask = asking(_SQL)


async def concerned(cursor: AsyncCursor[Any], entries: Sequence[Numbered]) -> Mapping[UUID, Circumstances]:
    """By submission; one round for all entries."""
    wanted = {entry.submission_id for entry in entries if entry.submission_id}
    if not wanted:
        return {}
    return {id_: Circumstances(*row) for id_, *row in await _ask(cursor, "submissions", list(wanted))}
