"""Recomputing what was touched: dispositions, then inspections, then releases, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.coordination import (
    audiences,
    crowding,
    departing,
    inspecting,
    loading,
    releasing,
    returning,
)
from singlewindow.hub.coordination.algebra import Disposition
from singlewindow.hub.coordination.audiences import ITEMISED, Audience
from singlewindow.hub.coordination.cases import NOBODYS, Case, Change, Offices, Stored, judge
from singlewindow.hub.coordination.inspecting import Synced
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.orders import BACK, CALLED_OFF, CAME_IN, DONE, TOLD, Inspection, State
from singlewindow.hub.coordination.rows import of_disposition, put
from singlewindow.hub.coordination.telling import NOTHING, PLATFORM, told
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.columns import texts, uuids, words
from singlewindow.hub.journal.entry import Entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Actor

_SQL = statements_beside(__file__, "sql/storing.sql")


async def decide(
    cursor: AsyncCursor[Any],
    dossiers: Collection[UUID],
    offices: Offices,
    means: Means,
    calls: Collection[str] = (),
) -> None:
    """Recompute these dossiers and conveyance calls; the caller holds the lock."""
    outlined = await loading.outlined(cursor, dossiers, offices)
    await settle(cursor, [*outlined.values(), *map(loading.of_call, sorted(calls))], offices, means)


async def settle(cursor: AsyncCursor[Any], cases: Sequence[Case], offices: Offices, means: Means) -> None:
    """Fill, judge and write these cases; once more where an inspection ended by it."""
    at = means.clock()
    crowded = await loading.fill(cursor, cases)
    changes = changed(cases, offices, at)
    newly = await crowding.ask_people(cursor, crowded, at)
    await crowding.settled(cursor, changes, at)
    entries = await _dispose(cursor, changes, offices, at)
    synced = await inspecting.synced(cursor, inspecting.wanted_of(cases), means.new_id, at)
    # What ends goes first: one subject has one live order at a time.
    synced = sorted(synced, key=lambda one: one.after.state not in (*DONE, State.CANCELLED))
    ended = [await keep(cursor, one, offices, entries, at) for one in synced]
    entries += await releasing.follow(cursor, changes, offices, means, at)
    recalled = await departing.called_back(cursor, changes, offices, at)
    await append(cursor, entries + recalled)
    if recalled:
        await returning.here_already(cursor, {one.place.key for one in changes}, means)
    if any(ended):
        await settle(cursor, cases, offices, means)
    if newly:  # whoever has goods in it is held with it, whose instruction soever was one too many
        others = await loading.sharing(cursor, newly) - {case.id for case in cases}
        await decide(cursor, others, offices, means)


def changed(cases: Iterable[Case], offices: Offices, at: datetime) -> list[Change]:
    """Units whose kind, agencies or missing releases are not those last written, or barred by other words."""
    on = local_day(at)
    found = []
    for case in cases:
        for place, after in judge(case, offices, on):
            before = case.stored.get((place.kind, place.key))
            if before is None or _decided(before) != _decided(after) or _names_others(before, after):
                found.append(Change(case, place, before, after))
    return found


def _decided(one: Stored | Disposition) -> tuple[Any, ...]:
    return one.kind, one.agencies, one.missing


def _names_others(before: Stored, after: Disposition) -> bool:
    """Whether other instructions bar it, or other versions of them. Of what is free or waits it is not asked:
    each further release would be another row that says the same."""
    return bool(after.agencies) and before.used != after.used


async def _dispose(
    cursor: AsyncCursor[Any], changes: Sequence[Change], offices: Offices, at: datetime
) -> list[Entry]:
    """Write what changed; one journal entry a dossier."""
    if not changes:
        return []
    by_case: dict[tuple[UUID, str], list[Change]] = {}
    for change in changes:
        by_case.setdefault(change.case.key, []).append(change)
    rows, entries = [], []
    for group in by_case.values():
        case = group[0].case
        viewers = case.concerned(offices)
        rows += [of_disposition(case.id, one.place, one.version, one.after, at, viewers) for one in group]
        content = {"name": case.name, "objects": [_object(change) for change in group]}
        told_ = told("composite.changed", "dossier", case.id, content, case=case, viewers=viewers, at=at)
        entries.append(told_)
    await _forget(cursor, [change for change in changes if change.before])
    await put(cursor, "disposition", rows)
    return entries


async def _forget(cursor: AsyncCursor[Any], replaced: Sequence[Change]) -> None:
    if replaced:
        dossiers = uuids([one.case.id for one in replaced])
        kinds, keys = words([one.place.kind for one in replaced]), texts([one.place.key for one in replaced])
        await cursor.execute(_SQL["replaced"], [dossiers, kinds, keys])


def _object(change: Change) -> dict[str, Any]:
    after = change.after
    return {
        "kind": change.place.kind,
        "number": change.place.number,
        "disposition": after.kind,
        "agencies": after.agencies,
        "missing": after.missing,
        "used": after.used,
        "version": change.version,
    }


async def keep(
    cursor: AsyncCursor[Any],
    synced: Synced,
    offices: Offices,
    entries: list[Entry],
    at: datetime,
    actor: Actor = PLATFORM,
    said: Mapping[str, Any] = NOTHING,
) -> bool:
    """Write an order that changed and tell of it; True where it ended as normal by it.

    One that did not change is told to those whose goods came into what it is on.
    ``said`` is what the entry tells beyond how the order stands: why, and for whom.
    """
    before, after = synced.before, synced.after
    audience = await audiences.of(cursor, after, synced.cases, offices)
    if before == after and not audience.fresh:
        return False
    await inspecting.write(cursor, after, audience)
    case = synced.cases[0] if after.dossier != NOBODYS and synced.cases else None
    tell = partial(told, kind="inspection", subject=after.id, case=case, at=at, actor=actor)
    if before == after:
        entries.append(tell(CAME_IN, content=_summary(after), viewers=audience.fresh))
        return False
    entries.append(
        tell(_verb(before, after), content=_step(synced, audience, said), viewers=audience.everybody)
    )
    if audience.shared:
        apart = audiences.itemised(before, after, audience, said)
        entries += [tell(ITEMISED, content=content, viewers=readers) for readers, content in apart]
    ended = after.conclusion == "normal" and (before is None or not before.conclusion)
    if ended:
        await inspecting.execute(cursor, after, after.joined(), at)
    return ended


def _verb(before: Inspection | None, after: Inspection) -> str:
    if before is not None and before.appointed_at and after.appointed_at is None:
        return CALLED_OFF
    if before is not None and (before.state, after.state) in BACK:
        return BACK[before.state, after.state]
    return TOLD[after.state] if before is None or before.state is not after.state else "inspection.changed"


def _asks(order: Inspection) -> tuple[Any, ...]:
    """What others must act on: who takes part, in what, how, when and where. Results are read on its page."""
    parties = tuple((part.agency, part.standing, part.items) for part in order.parts)
    return parties, order.method, order.lead, order.appointed_at, order.place


def _step(synced: Synced, audience: Audience, said: Mapping[str, Any]) -> dict[str, Any]:
    """How an order stands by a step, and what the step set: for everybody whom the order concerns."""
    before, after = synced.before, synced.after
    asks = before is None or _asks(before) != _asks(after)
    content = _summary(after) | {"change": "order" if asks else "work"}
    if before is not None and before.appointment() != after.appointment() and after.appointed_at:
        content["appointed"] = True
    if audience.shared:
        return content | {name: value for name, value in said.items() if name not in audiences.ARGUED}
    content |= {"items": after.items(), "reason": after.reason}
    entered = audiences.found(before, after)
    return content | ({"found": entered} if entered else {}) | dict(said)


def _summary(order: Inspection) -> dict[str, Any]:
    return {
        "number": order.number,
        "name": order.name,
        "subject": order.subject.kind,
        "kind": "joint" if order.joint else "single",
        "state": order.state,
        "lead": order.lead,
        "method": order.method,
        "agencies": sorted(part.agency for part in order.joined()),
        "offered": sorted(part.agency for part in order.parts if part.standing == "offered"),
        "conclusion": order.conclusion,
        "conclusions": {part.agency: part.conclusion for part in order.parts if part.conclusion},
        "appointed_at": order.appointed_at,
        "place": order.place,
    }
