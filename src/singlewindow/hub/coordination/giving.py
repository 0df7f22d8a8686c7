"""Gate passes: given when all the goods in a container are released; who waited for others is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.barring import Held, cleared
from singlewindow.hub.coordination.cases import Case, Offices, Place
from singlewindow.hub.coordination.loading import fill, outlined
from singlewindow.hub.coordination.release import Signed, Statement
from singlewindow.hub.coordination.rows import Pass, of_pass, put
from singlewindow.hub.coordination.telling import PLATFORM
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/storing.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()
_STATEMENT = msgspec.json.Decoder(Statement)


class Lot(Struct, frozen=True):
    """One consignment's share of a container."""

    dossier: UUID
    seal: str
    viewers: list[int]
    kind: str


class Stated(Struct, frozen=True):
    """A release in force, and who reads it."""

    statement: Statement
    viewers: list[int]


Stating = dict[tuple[UUID, str], Stated]  # by dossier and number of a container


class Parties(Struct, frozen=True):
    """Whom the goods of one dossier concern: who runs its terminal, and everybody."""

    operators: tuple[int, ...]
    everybody: tuple[int, ...]


class Issue(Struct):
    """What one release is to cover."""

    case: Case
    places: list[Place]


async def give(
    cursor: AsyncCursor[Any],
    issues: Sequence[Issue],
    signed: Sequence[Signed],
    known: Mapping[str, str],
    offices: Offices,
    at: datetime,
) -> tuple[dict[UUID, dict[str, Any]], list[Entry]]:
    """A container may leave when every consignment in it is released, and not before.

    ``known`` says of passes given before how they stand. Returns what a dossier's containers still wait for,
    and entries for others whose wait is over.
    """
    keys = [place.key for issue in issues for place in issue.places if place.kind == "container"]
    if not keys:
        return {}, []
    lots: dict[str, list[Lot]] = defaultdict(list)
    for key, *lot in await _ask(cursor, "lots", texts(keys)):
        lots[key].append(Lot(*lot))
    shared = {lot.dossier for each in lots.values() if len(each) > 1 and _all_free(each) for lot in each}
    stated, beside = await in_force(cursor, shared), await _beside(cursor, shared, offices)
    passes: dict[str, Pass] = {}
    waiting: list[tuple[UUID, Place]] = []
    for issue, made in zip(issues, signed, strict=True):
        parties = beside | {issue.case.id: _concerned(issue.case, offices)}
        for place in issue.places:
            given = lots.get(place.key, ())
            if place.kind != "container":
                continue
            # A claim that waits opens no gate.
            if _all_free(given) and issue.case.id in [lot.dossier for lot in given]:
                passes[place.key] = _pass(place, made.statement, given, stated, parties)
            else:
                waiting.append((issue.case.id, place))
    again = await _write(cursor, passes, known)
    told_already = {issue.case.id for issue in issues}
    fresh = [one for key, one in passes.items() if known.get(key) != "in force" and one.valid_until > at]
    opened = [one for one in again if known[one.key] != "in force" and one.valid_until > at]
    entries = await cleared(cursor, opened, at) + _free(fresh, stated, told_already, at)
    return await _waits(cursor, waiting, lots) | _ended(issues, passes, at), entries


def _all_free(lots: Iterable[Lot]) -> bool:
    return all(lot.kind == Kind.RELEASED for lot in lots)


def _concerned(case: Case, offices: Offices) -> Parties:
    return Parties(case.operators, case.concerned(offices))


async def _beside(
    cursor: AsyncCursor[Any], dossiers: Collection[UUID], offices: Offices
) -> dict[UUID, Parties]:
    """Whom the goods of each dossier in a shared container concern: any of them may name its terminal."""
    if not dossiers:
        return {}
    cases = await outlined(cursor, dossiers, offices)
    await fill(cursor, [*cases.values()])
    return {id_: _concerned(case, offices) for id_, case in cases.items()}


def _ended(issues: Sequence[Issue], passes: Mapping[str, Pass], at: datetime) -> dict[UUID, dict[str, Any]]:
    """What may leave only once another consignment's release in it is issued anew."""
    late = {key for key, one in passes.items() if one.valid_until <= at}
    found = {}
    for issue in issues if late else ():
        if numbers := [place.number for place in issue.places if place.key in late]:
            found[issue.case.id] = {"waiting": numbers, "why": "expired"}
    return found


async def _write(cursor: AsyncCursor[Any], passes: Mapping[str, Pass], known: Collection[str]) -> list[Held]:
    """Returns those that had a pass before."""
    if first := [of_pass(one) for key, one in passes.items() if key not in known]:
        await put(cursor, "gate_pass", first)
    again = [one for key, one in passes.items() if key in known]
    return await _give_anew(cursor, again) if again else []


async def _give_anew(cursor: AsyncCursor[Any], passes: Sequence[Pass]) -> list[Held]:
    """Containers that had a pass before; gates use passes meanwhile."""
    return [Held(*row) for row in await _ask(cursor, "give_anew", _JSON.encode(passes).decode())]


async def _waits(
    cursor: AsyncCursor[Any], waiting: Sequence[tuple[UUID, Place]], lots: dict[str, list[Lot]]
) -> dict[UUID, dict[str, Any]]:
    """What stays behind of each release, and why: whose it is must be decided, or others' goods are in it."""
    if not waiting:
        return {}
    contested = {row[0] for row in await _ask(cursor, "contested", [place.key for _, place in waiting])}
    found: dict[UUID, dict[str, Any]] = {}
    for dossier, place in waiting:
        said = found.setdefault(dossier, {"waiting": [], "why": "shared"})
        said["waiting"].append(place.number)
        counts = dossier in {lot.dossier for lot in lots[place.key]}
        if place.key in contested or not counts:
            said["why"] = "claimed"
        if not counts:  # terminals hear nothing of it: the container is others'
            said.setdefault("without", []).append(place.number)
    return found


def _free(
    given: Iterable[Pass], stated: Stating, told_already: Collection[UUID], at: datetime
) -> list[Entry]:
    """Who was released before, and waited for others, learns that the container may leave."""
    return [
        _freed(one.number, dossier, stated[dossier, one.number], at)
        for one in given
        for dossier in one.dossiers
        if (dossier, one.number) in stated and dossier not in told_already
    ]


def _freed(number: str, dossier: UUID, release: Stated, at: datetime) -> Entry:
    return entry(
        at=at,
        actor=PLATFORM,
        verb="pass.given",
        subject_kind="dossier",
        subject_id=dossier,
        submission_id=dossier,
        content={"number": number, "name": release.statement.name},
        viewers=release.viewers,
    )


async def give_again(cursor: AsyncCursor[Any], key: str, offices: Offices, at: datetime) -> list[Entry]:
    """The pass of a container whose consignments are all released already; the entries that tell of it."""
    lots = [Lot(*lot) for _, *lot in await _ask(cursor, "lots", [key])]
    if not lots or any(lot.kind != Kind.RELEASED for lot in lots):
        return []
    (case,) = (await outlined(cursor, [lots[0].dossier], offices)).values()
    place = next(place for place in case.places if place.key == key)
    stated = await in_force(cursor, {lot.dossier for lot in lots})
    found = [stated.get((lot.dossier, place.number)) for lot in lots]
    said = [one.statement for one in found if one]
    if len(said) < len(lots):
        return []
    parties = await _beside(cursor, {lot.dossier for lot in lots}, offices)
    made = _pass(place, said[0], lots, stated, parties)
    given = await _give_anew(cursor, [made])
    if made.valid_until <= at:  # one of them is to be issued anew before anything leaves
        return []
    return await cleared(cursor, given, at) + _free([made], stated, (), at)


async def in_force(cursor: AsyncCursor[Any], dossiers: Collection[UUID]) -> Stating:
    """The release in force of each container of these dossiers, by dossier and number."""
    if not dossiers:
        return {}
    found = {}
    for _, _, dossier, _, content, viewers in await _ask(cursor, "in_force", list(dossiers)):
        statement = _STATEMENT.decode(content)
        for box in statement.containers:
            found[dossier, box.number] = Stated(statement, viewers)
    return found


def _pass(
    place: Place,
    said: Statement,
    lots: Sequence[Lot],
    stated: Stating,
    parties: Mapping[UUID, Parties],
) -> Pass:
    others = [stated[lot.dossier, place.number] for lot in lots if (lot.dossier, place.number) in stated]
    concerned = [parties[lot.dossier] for lot in lots if lot.dossier in parties]
    return Pass(
        place.key,
        place.number,
        sorted({lot.seal for lot in lots if lot.seal}),
        sorted({said.number, *(one.statement.number for one in others)}),
        [lot.dossier for lot in lots],
        said.issued_at,
        min([said.valid_until, *(one.statement.valid_until for one in others)]),
        _together(one.operators for one in concerned),
        _together([*(one.everybody for one in concerned), *(lot.viewers for lot in lots)]),
    )


def _together(several: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(sorted(set(chain.from_iterable(several))))
