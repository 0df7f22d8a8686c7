"""返场: what was called back and is in the terminal again may leave once more, as soon as all release it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.coordination import giving, loading, releasing
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import Case, Offices, Place
from singlewindow.hub.coordination.giving import Issue
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.coordination.telling import told
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day

RETURNED = "returned"  # why a recall is over: it is here again

_SQL = statements_beside(__file__, "sql/departing.sql")
_ask = asking(_SQL)
_recalls = asking(statements_beside(__file__, "sql/storing.sql"))
_JSON = msgspec.json.Encoder()


async def returned(cursor: AsyncCursor[Any], came: Mapping[str, datetime], means: Means) -> None:
    """Containers by key that were seen coming in, and when; under the lock, safe to repeat."""
    rows = [{"key": key, "at": at} for key, at in came.items()]
    keys = {key for (key,) in await _ask(cursor, "returned", seen=_JSON.encode(rows).decode(), kind=RECALL)}
    if not keys:
        return
    at = means.clock()
    await cursor.execute(_SQL["here_again"], [sorted(keys)])
    offices = await loading.offices(cursor, local_day(at))
    boxes = await loading.inside(cursor, keys, offices)
    here = [pair for inside in boxes.values() for pair in inside]
    entries = await _recalls_over(cursor, here, offices, at)
    issues = await _lacking(cursor, here)
    if issues:
        entries += await releasing.issue(cursor, issues, offices, means, at)
    issued = {place.key for issue in issues for place in issue.places}
    for key in sorted(keys - issued):
        entries += await giving.give_again(cursor, key, offices, at)
    await append(cursor, entries)


async def _recalls_over(
    cursor: AsyncCursor[Any], here: Iterable[tuple[Case, Place]], offices: Offices, at: datetime
) -> list[Entry]:
    back = {(case.id, place.number): (case, place) for case, place in here}
    where = {"dossiers": [id_ for id_, _ in back], "numbers": [number for _, number in back]}
    entries = []
    for id_, number in await _recalls(cursor, "recalls_ended", at=at, kind=RECALL, **where):
        case, place = back[id_, number]
        agencies = releasing.involved(case, place, offices)
        said = {"number": number, "name": case.name, "why": RETURNED, "agencies": agencies}
        viewers = case.concerned(offices)
        entries.append(told("recall.ended", "dossier", id_, said, case=case, viewers=viewers, at=at))
    return entries


async def _lacking(cursor: AsyncCursor[Any], here: Iterable[tuple[Case, Place]]) -> list[Issue]:
    """What was released while it was out, when nothing was issued for it."""
    free = [(case, place) for case, place in here if _released(case, place)]
    known = await giving.in_force(cursor, {case.id for case, _ in free})
    issues: dict[UUID, Issue] = {}
    for case, place in free:
        if (case.id, place.number) not in known:
            issues.setdefault(case.id, Issue(case, [])).places.append(place)
    return [*issues.values()]


def _released(case: Case, place: Place) -> bool:
    stored = case.stored.get(("container", place.key))
    return stored is not None and stored.kind == Kind.RELEASED
