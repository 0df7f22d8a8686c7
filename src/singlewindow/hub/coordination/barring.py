"""A gate pass falls or is given again: the terminal is told why, who else has goods in it only that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import Change
from singlewindow.hub.coordination.telling import PLATFORM
from singlewindow.hub.dossier.carrying import UNKNOWN, Consignment, consignments, of_containers
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside

INSTRUCTIONS_MOST = 20  # of what bars one container, that a terminal is told
SUSPENDED = "pass.suspended"
CLAIM = "claim"  # what is missing to a consignment whose claim a person ended
DROPPED = "dropped"  # … or whose corrected declaration leaves the container out
CLAIMED, SHARED = "claimed", "shared"
BESIDE = (CLAIMED, SHARED)
OTHERS = "others"  # why, to those whose own goods are free: not whose goods, nor who ordered what
NOBODY: Mapping[str, Collection[UUID]] = {}

_SQL = statements_beside(__file__, "sql/barring.sql")
_ask = asking(_SQL)
_STRONGEST_FIRST = {kind: rank for rank, kind in enumerate(Kind)}

Barrier = dict[str, Any]  # an instruction as a terminal is told of it: agency, id, version, order


class Held(Struct, frozen=True):
    """A pass that fell or was given again, as it stands now; the platform is among those who read of it."""

    key: str
    number: str
    version: int
    dossiers: list[UUID]
    seals: list[str]
    valid_until: datetime
    operators: list[int]
    viewers: list[int]


def subject_of(container: str) -> UUID:
    """A container's moves are one subject in the journal; known by its key, else by its number."""
    return uuid5(NAMESPACE_URL, f"container:{container}")


async def came_with(cursor: AsyncCursor[Any], held: Collection[Held]) -> Mapping[str, Consignment]:
    """By key; of a container that several share, as whoever was declared first knows its ship."""
    own = {one.key: one.dossiers[0] for one in held if len(one.dossiers) == 1}
    known = await consignments(cursor, {*own.values()})
    found = await of_containers(cursor, {one.key for one in held} - own.keys())
    return found | {key: known[dossier] for key, dossier in own.items() if dossier in known}


def _words(came: Consignment, *, alone: bool) -> dict[str, str]:
    """What tells a container from others of its number; the bill only where no other one is concerned."""
    words = {"name": came.bill if alone else "", "conveyance": came.conveyance, "voyage": came.voyage}
    return {word: value for word, value in words.items() if value}


def barred(
    held: Held,
    came: Consignment,
    why: str,
    at: datetime,
    agencies: Sequence[str] = (),
    by: Sequence[Barrier] = (),
) -> Entry:
    """The gate is barred to a container that it was open to."""
    content = {
        "number": held.number,
        "key": held.key,
        "why": why,
        "agencies": sorted(agencies),
        "instructions": list(by)[:INSTRUCTIONS_MOST],
        "since": at,
        "version": held.version,
    }
    # What others' coming did to a container is the terminal's alone: its parties read of their own goods.
    return _entry("gate.barred", held, came, content, at, shared=why in BESIDE)


async def cleared(cursor: AsyncCursor[Any], given: Sequence[Held], at: datetime) -> list[Entry]:
    """The gate is open to these again."""
    if not given:
        return []
    came = await came_with(cursor, given)
    return [_cleared(held, came.get(held.key, UNKNOWN), at) for held in given]


def _cleared(held: Held, came: Consignment, at: datetime) -> Entry:
    content = {
        "number": held.number,
        "key": held.key,
        "valid_until": held.valid_until,
        "since": at,
        "version": held.version,
    }
    return _entry("gate.cleared", held, came, content, at)


def _entry(
    verb: str, held: Held, came: Consignment, content: dict[str, Any], at: datetime, *, shared: bool = False
) -> Entry:
    """Of a box that several share only its terminal reads why."""
    alone = len(held.dossiers) == 1 and not shared
    return entry(
        at=at,
        actor=PLATFORM,
        verb=verb,
        subject_kind="gate",
        subject_id=subject_of(held.key),
        submission_id=held.dossiers[0] if alone else None,
        content=content | _words(came, alone=alone),
        viewers=sorted(set(held.viewers if alone else held.operators)),
    )


async def fallen(
    cursor: AsyncCursor[Any], lost: Sequence[Held], changes: Sequence[Change], at: datetime
) -> list[Entry]:
    """What is told of passes that these changes took away."""
    if not lost:
        return []
    by_key: dict[str, list[Change]] = {}
    for one in changes:
        by_key.setdefault(one.place.key, []).append(one)
    came = await came_with(cursor, lost)
    entries = [
        await _barred(cursor, held, came.get(held.key, UNKNOWN), by_key[held.key], at) for held in lost
    ]
    causing = {key: {one.case.id for one in several} for key, several in by_key.items()}
    others = [(OTHERS, held) for held in lost]
    return entries + await held_again(cursor, others, at, causing)


async def _barred(
    cursor: AsyncCursor[Any], held: Held, came: Consignment, causes: Sequence[Change], at: datetime
) -> Entry:
    strongest = min((one.after.kind for one in causes), key=_STRONGEST_FIRST.__getitem__)
    first = [one for one in causes if one.after.kind is strongest]
    for missing, why in ((CLAIM, CLAIMED), (DROPPED, DROPPED)):
        if any(missing in one.after.missing for one in first):
            return barred(held, came, why, at)
    agencies = {name for one in first for name in one.after.agencies or one.after.missing}
    by = [*_barriers(first), *await _withdrawn(cursor, first)]
    return barred(held, came, strongest, at, sorted(agencies), by)


def _barriers(changes: Iterable[Change]) -> list[Barrier]:
    """The instructions that stand in the way, the agency's own number and version of each."""
    found = {
        given.name: given.instruction
        for one in changes
        for given in one.case.counting
        if given.restricts(one.place.unit)
        and given.name in one.after.used
        and given.instruction.agency in one.after.agencies
    }
    strongest = max((said.order for said in found.values()), default=None)
    return [
        {"agency": said.agency, "id": said.id, "version": said.version, "order": said.order.name.lower()}
        for _, said in sorted(found.items())
        if said.order is strongest
    ]


async def _withdrawn(cursor: AsyncCursor[Any], changes: Iterable[Change]) -> list[Barrier]:
    """Where nothing bars and a release is missing: what its agency took back."""
    found: list[Barrier] = []
    for one in changes:
        if one.after.kind is Kind.PENDING and one.after.missing:
            rows = await _ask(cursor, "withdrawn", one.case.id, list(one.after.missing))
            found += [
                {"agency": agency, "id": id_, "version": n, "order": "withdrawn"} for agency, id_, n in rows
            ]
    return found


async def held_again(
    cursor: AsyncCursor[Any],
    lost: Iterable[tuple[str, Held]],
    at: datetime,
    causing: Mapping[str, Collection[UUID]] = NOBODY,
) -> list[Entry]:
    """Who has goods in these boxes learns that the box may not leave, and nothing of the others in it.

    Not those ``causing`` it, by key: they are told of their own goods.
    """
    asked = [
        (held.number, why, dossier)
        for why, held in lost
        for dossier in held.dossiers
        if dossier not in causing.get(held.key, ())
    ]
    if not asked:
        return []
    rows = await _ask(cursor, "holding", *map(list, zip(*asked, strict=True)))
    return [_suspended(*row, at=at) for row in rows]


def _suspended(
    dossier: UUID, number: str, name: str, why: str, viewers: Collection[int], *, at: datetime
) -> Entry:
    return entry(
        at=at,
        actor=PLATFORM,
        verb=SUSPENDED,
        subject_kind="dossier",
        subject_id=dossier,
        submission_id=dossier,
        content={"number": number, "name": name, "why": why},
        viewers=sorted(set(viewers)),
    )
