"""What is read for notices beside the journal: of which consignment and which call, and what may leave."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.dossier.carrying import consignments, of_containers
from singlewindow.hub.exchange.notices import GIVEN, ISSUED, PASSES, Event, Known, Leave
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside

Signatures = Callable[[AsyncCursor[Any], Collection[str]], Awaitable[dict[str, bytes]]]
Leaving = Callable[[AsyncCursor[Any], Collection[str], datetime], Awaitable[dict[str, Leave]]]
Box = tuple[UUID, str]  # a container as its dossier knows it

_ask = asking(statements_beside(__file__, "sql/notifying.sql"))


async def known_of(
    cursor: AsyncCursor[Any], said: Sequence[Event], at: datetime, leaving: Leaving, signatures: Signatures
) -> Known:
    """What notices of these events say beside them; what may leave is asked as it is at this moment."""
    issued = [event for event in said if event.told.state == ISSUED]
    keys = await _keys(cursor, {box for event in said for box in _boxes(event)})
    opened = {key for event in issued for box in _boxes(event) for key in keys.get(box, ())}
    opened |= {event.content["key"] for event in said if event.told.state == GIVEN}
    return Known(
        await consignments(cursor, {id_ for event in said if (id_ := event.entry.submission_id)}),
        keys,
        await leaving(cursor, opened, at),
        await signatures(cursor, {event.content["number"] for event in issued}),
        await of_containers(cursor, {event.content["key"] for event in said if event.told.kind == PASSES}),
        (await _ask(cursor, "beyond"))[0][0],
    )


def _boxes(event: Event) -> Iterator[Box]:
    if dossier := event.entry.submission_id:
        for number in event.containers:
            yield dossier, number


async def _keys(cursor: AsyncCursor[Any], boxes: Collection[Box]) -> Mapping[Box, Sequence[str]]:
    """Containers each in its own call: next month the number is another's."""
    found: dict[Box, list[str]] = {}
    if boxes:
        dossiers, numbers = zip(*boxes, strict=True)
        for dossier, number, key in await _ask(cursor, "keys", list(dossiers), list(numbers)):
            found.setdefault((dossier, number), []).append(key)
    return found
