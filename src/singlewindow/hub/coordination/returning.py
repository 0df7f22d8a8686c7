"""返场: what came back as it left is here again, and may leave once more as soon as all release it.

That is what was called back since, whether it still is or not, and what is reported in under the seal that it
was released with. All else has left for good: what comes in under its number is empty, or another load.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import giving, loading, releasing
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.barring import subject_of
from singlewindow.hub.coordination.cases import Case, Offices, Place
from singlewindow.hub.coordination.gate import as_read
from singlewindow.hub.coordination.giving import Issue
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.tasks import RECALL
from singlewindow.hub.coordination.telling import told
from singlewindow.hub.dossier import milestones
from singlewindow.hub.dossier.milestones import Milestone
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Actor


class Move(Struct, frozen=True):
    """A container that was seen at a gate, by its key: leaving, or coming in."""

    key: str
    at: datetime
    partner: str
    plate: str
    out: bool
    seal: str = ""


GATE_IN = "in_yard"
RETURNED = "returned"  # why a recall is over: it is here again

_SQL = statements_beside(__file__, "sql/departing.sql")
_ask = asking(_SQL)
_recalls = asking(statements_beside(__file__, "sql/storing.sql"))
_JSON = msgspec.json.Encoder()


async def here_already(cursor: AsyncCursor[Any], keys: Iterable[str], means: Means) -> None:
    """What is called back now and was reported in before: reports overtake each other, and orders reports."""
    rows = await _ask(cursor, "in_since", sorted(keys))
    if rows:
        await returned(cursor, {key: Move(key, at, who, "", out=False) for key, at, who in rows}, means)


async def returned(cursor: AsyncCursor[Any], came: Mapping[str, Move], means: Means) -> None:
    """Containers by key that were seen coming in; under the lock, safe to repeat."""
    seen = _JSON.encode([*came.values()]).decode()
    left = await _ask(cursor, "left", seen=seen, kind=RECALL)
    keys = {key for key, seals, called in left if called or _sealed(came[key], seals)}
    if not keys:
        return
    at = means.clock()
    entries = [_returned(came[key], *row) for key, *row in await _ask(cursor, "in_again", seen, sorted(keys))]
    await cursor.execute(_SQL["here_again"], [sorted(keys)])
    offices = await loading.offices(cursor, local_day(at))
    boxes = await loading.inside(cursor, keys, offices)
    here = [pair for inside in boxes.values() for pair in inside]
    await milestones.reached(cursor, [_back(case, place, came[place.key]) for case, place in here])
    entries += await _recalls_over(cursor, here, offices, at)
    issues = await _lacking(cursor, here)
    if issues:
        entries += await releasing.issue(cursor, issues, offices, means, at)
    issued = {place.key for issue in issues for place in issue.places}
    for key in sorted(keys - issued):
        entries += await giving.give_again(cursor, key, offices, at)
    await append(cursor, entries)


def _returned(came: Move, number: str, version: int, left_at: datetime, viewers: Collection[int]) -> Entry:
    """For all who read of its pass: since when it is here again, and when it had left."""
    said = {"number": number, "key": came.key, "version": version, "left_at": left_at, "since": came.at}
    return told(
        "gate.returned",
        "gate",
        subject_of(came.key),
        said,
        case=None,
        viewers=sorted(viewers),
        at=came.at,
        actor=Actor("component", came.partner, came.partner),
    )


def _back(case: Case, place: Place, came: Move) -> Milestone:
    """For every consignment in it: a report on a pass that several share names no consignment."""
    return Milestone(case.id, GATE_IN, came.at, came.partner, place.number)


def _sealed(came: Move, seals: Sequence[str]) -> bool:
    """Whether it came in under the one seal that it was released with."""
    return bool(came.seal) and [as_read(seal) for seal in seals] == [as_read(came.seal)]


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
