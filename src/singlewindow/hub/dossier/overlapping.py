"""One container on two ships at a time: both firms are asked which number or voyage is wrong.

They stay two objects in two dossiers, released each by itself: which of the two is wrong nobody knows. Asked
of imports by water alone, whose documents say on which day the goods come.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.dossier.claiming import back_after
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Text

OVERLAPS = "container_overlaps"  # the kind of such a task

Over = tuple[
    datetime, UUID, str, str, str, str, list[int]
]  # when, dossier, its name, container, zh, en, viewers

_SQL = statements_beside(__file__, "sql/overlapping.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


async def asked(cursor: AsyncCursor[Any], boxes: Sequence[tuple[str, UUID]], at: datetime) -> None:
    """Tasks about containers, by key and dossier, that another ship brings in the same days; of both."""
    if not boxes:
        return
    keys, dossiers = zip(*boxes, strict=True)
    rows = await _ask(cursor, "overlapping", keys=texts(keys), dossiers=uuids(dossiers), days=back_after())
    if rows:
        tasks = _JSON.encode([_task(at, *row) for row in rows]).decode()
        await cursor.execute(_SQL["ask_people"], [tasks])


def _task(at: datetime, dossier: UUID, number: str, name: str, viewers: list[int]) -> dict[str, Any]:
    text = _words(number, name)
    return {"dossier": dossier, "about": number, "zh": text.zh, "en": text.en, "at": at, "viewers": viewers}


def _words(number: str, name: str) -> Text:
    days = back_after()
    return Text(
        f"“{name}”的集装箱 {number} 在前后 {days} 日内又由另一航次载运进口，请核对箱号、航次和进境日期",
        f"Container {number} of “{name}” comes in with another ship within {days} days: check its number, the"
        " voyage and the date of import",
    )


async def over(cursor: AsyncCursor[Any], at: datetime) -> list[Over]:
    """End what is asked of containers that overlap no more: one left, was dropped or dated anew."""
    return await _ask(cursor, "over", days=back_after(), at=at)
