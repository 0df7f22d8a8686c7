"""Orders kept in step with what is open: opened, joined late, offered, cancelled, closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import wording
from singlewindow.hub.coordination.algebra import UNKNOWN, covering
from singlewindow.hub.coordination.audiences import Audience
from singlewindow.hub.coordination.cases import NOBODYS, Case, Place
from singlewindow.hub.coordination.orders import (
    OPEN,
    Inspection,
    Need,
    Part,
    Result,
    State,
    met,
    named,
    opened,
)
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Order, Subject

_SQL = statements_beside(__file__, "sql/inspecting.sql")
_ask = asking(_SQL)
_QUIET = ("pending", "released")

Where = tuple[UUID, Subject]


class Wanted(Struct):
    """What is open on one subject of inspection, and in which cases."""

    name: str
    needs: dict[str, Need]
    cases: list[Case]


class Synced(Struct, frozen=True):
    """An order as it was (None: there was none) and as it is now."""

    before: Inspection | None
    after: Inspection
    cases: tuple[Case, ...]


def wanted_of(cases: Iterable[Case]) -> dict[Where, Wanted]:
    """Every subject that is or was to be inspected. What is inside a conveyance under inspection waits
    for the conveyance; a box of a bill under inspection is itself inspected."""
    found: dict[Where, Wanted] = {}
    for case in cases:
        if not _concerns(case):
            continue
        for place in case.places:
            _add(found, case, place)
    return found


def _concerns(case: Case) -> bool:
    inspected = any(given.instruction.order is Order.INSPECT for given in case.counting)
    return inspected or any(stored.kind not in _QUIET for stored in case.stored.values())


def _add(found: dict[Where, Wanted], case: Case, place: Place) -> None:
    own = found.setdefault((case.id, place.unit.subject), Wanted(_name(case, place), {}, [case]))
    box = Subject("container", place.key)
    if place.lot:
        found.setdefault((NOBODYS, box), Wanted(place.number, {}, [])).cases.append(case)
    for given in covering(place.unit, case.counting):
        said = given.instruction
        if not given.restricts(place.unit) or said.order is not Order.INSPECT:
            continue
        need = Need(said.agency, given.name, said.method, said.items)
        if said.subject in (place.unit.subject, place.unit.bill) or said.subject.kind == UNKNOWN:
            own.needs[need.name] = need
        elif place.lot and said.subject == box:
            found[NOBODYS, box].needs[need.name] = need


def _name(case: Case, place: Place) -> str:
    return case.name if place.lot else place.number


async def synced(
    cursor: AsyncCursor[Any], wanted: dict[Where, Wanted], new_id: Any, at: datetime
) -> list[Synced]:
    """Bring the newest order of each subject in line, open one where there is none; those that changed, and
    open ones on what is shared, as further goods may be in it."""
    known = await newest(cursor, wanted)
    changed = []
    for where, want in wanted.items():
        before = known.get(where)
        needs = list(want.needs.values())
        if before is None or before.state is State.CANCELLED:
            if not needs:
                continue
            before, after = None, opened(new_id(), await number(cursor, at), *where, want.name, needs, at)
        else:
            after = met(before, needs, at)
        if after != before or (where[0] == NOBODYS and after.state in OPEN):
            changed.append(Synced(before, after, tuple(want.cases)))
        if before is not None and after.state is State.CANCELLED and needs:  # who came late has one to begin
            anew = opened(new_id(), await number(cursor, at), *where, want.name, needs, at)
            changed.append(Synced(None, anew, tuple(want.cases)))
    return changed


async def number(cursor: AsyncCursor[Any], at: datetime) -> str:
    """``CY`` (查验), the day, and a number that grows."""
    (sequence,) = (await _ask(cursor, "number"))[0]
    return f"CY{local_day(at):%Y%m%d}{sequence:06d}"


async def newest(cursor: AsyncCursor[Any], wheres: Collection[Where]) -> dict[Where, Inspection]:
    """The newest order of each subject that has one."""
    if not wheres:
        return {}
    ordered = list(wheres)
    ids = await _ask(
        cursor,
        "newest",
        [dossier for dossier, _ in ordered],
        [subject.kind for _, subject in ordered],
        [subject.id for _, subject in ordered],
    )
    orders = await read(cursor, [row[0] for row in ids])
    return {(order.dossier, order.subject): order for order in orders}


async def due(cursor: AsyncCursor[Any], before: datetime) -> list[Inspection]:
    """Orders that collect since before an instant."""
    return await read(cursor, [row[0] for row in await _ask(cursor, "due", before)])


async def read(cursor: AsyncCursor[Any], ids: Sequence[UUID]) -> list[Inspection]:
    """Orders whole."""
    if not ids:
        return []
    needs: dict[tuple[UUID, str], list[Need]] = {}
    for id_, agency, name, method, items in await _ask(cursor, "needs", list(ids)):
        needs.setdefault((id_, agency), []).append(Need(agency, name, method, tuple(items)))
    parts: dict[UUID, list[Part]] = {}
    for id_, agency, standing, method, *concluded in await _ask(cursor, "parts", list(ids)):
        part = Part(agency, standing, method, tuple(needs.get((id_, agency), ())), *concluded)
        parts.setdefault(id_, []).append(part)
    results: dict[UUID, list[Result]] = {}
    for id_, *result in await _ask(cursor, "results", list(ids)):
        results.setdefault(id_, []).append(Result(*result))
    found = []
    for (
        id_,
        number_,
        dossier,
        kind,
        key,
        name,
        state,
        lead,
        method,
        opened_at,
        changed_at,
        *more,
    ) in await _ask(cursor, "orders", list(ids)):
        found.append(
            Inspection(
                id_, number_, dossier, Subject(kind, key), name, State(state), lead, method, opened_at,
                changed_at, tuple(parts.get(id_, ())), tuple(results.get(id_, ())), *more,
            )
        )  # fmt: skip
    return found


async def write(cursor: AsyncCursor[Any], order: Inspection, audience: Audience) -> None:
    """Keep an order whole, each part of it for its readers."""
    seen = list(audience.everybody)
    subject = order.subject
    await cursor.execute(
        _SQL["put_order"],
        [
            order.id, order.number, order.dossier, subject.kind, subject.id, order.name, str(order.state),
            order.lead, order.method, order.opened_at, order.changed_at, order.appointed_at, order.place,
            order.appointed_by, order.conclusion, order.ready_by, order.started_by, seen,
        ],
    )  # fmt: skip
    if order.reason:
        told = list(audience.of_all(order.needs()))
        await cursor.execute(_SQL["put_reason"], [order.id, order.reason, told])
    for part in order.parts:
        await cursor.execute(
            _SQL["put_part"],
            [
                order.id, part.agency, part.standing, part.method, len(part.items), part.conclusion,
                part.concluded_at, part.concluded_by, seen,
            ],
        )  # fmt: skip
    await _write_needs(cursor, order, audience)
    of_items = audience.of_items(order)
    for one in order.results:
        readers = list(of_items.get(one.item, audience.taking_part))
        await cursor.execute(
            _SQL["put_result"],
            [order.id, one.item, one.result, one.note, one.agency, one.by, one.at, readers],
        )


async def _write_needs(cursor: AsyncCursor[Any], order: Inspection, audience: Audience) -> None:
    needs = order.needs()
    await cursor.execute(_SQL["forget_needs"], [order.id, [need.name for need in needs]])
    for need in needs:
        readers = list(audience.needs[need.name])
        kept = [order.id, need.agency, need.name, need.method, list(need.items), readers]
        await cursor.execute(_SQL["put_need"], kept)


async def execute(cursor: AsyncCursor[Any], order: Inspection, parts: Iterable[Part], at: datetime) -> None:
    """Their inspections are done: they stand in nobody's way, and an officer's screen releases by them."""
    columns = named(name for part in parts for name in part.instructions)
    if not columns[0]:
        return
    kind, key = order.subject.kind, order.subject.id
    await cursor.execute(_SQL["execute"], [key, order.id, at, *columns])
    found = wording.word("results", order.conclusion)
    why = f"{order.number} {found.zh} · {found.en}"
    freed = {"kind": kind, "key": key, "why": why, "at": at}
    names = dict(zip(("agencies", "channels", "ids", "versions"), columns, strict=True))
    await cursor.execute(_SQL["release_from_screen"], freed | names)
