"""换发: a release that has expired, or soon will, is issued anew for what is still to leave."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts, loading
from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import Case, Offices, Place
from singlewindow.hub.coordination.deciding import decide
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.giving import Issue
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.release import Statement
from singlewindow.hub.coordination.releasing import issue
from singlewindow.hub.coordination.telling import PLATFORM, told
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Actor

_SQL = statements_beside(__file__, "sql/storing.sql")
_ask = asking(_SQL)
_TIME = statements_beside(__file__, "sql/acting.sql")
_soon = asking(_TIME)
_STATEMENT = msgspec.json.Decoder(Statement)


class Renewal(Struct, frozen=True):
    """Arguments of ``renew_release``."""

    dossier: UUID


class Ending(Struct, frozen=True):
    """A release whose term ends: its id, its number, the containers on it."""

    id: UUID
    number: str
    boxes: frozenset[str]


async def renewed(
    cursor: AsyncCursor[Any], given: Renewal, actor: Actor, offices: Offices, means: Means
) -> Declined | None:
    """Issue anew what ends, for those whom the goods concern. Raises ``Declined``.

    Everything is judged first by what is required today: what somebody bars meanwhile is not released again;
    where that is all, the judgement stands and who asked is told. Whoever keeps the old release, as a
    terminal does, learns that it counts no more.
    """
    at = means.clock()
    await _concerned(cursor, given.dossier, actor, offices)
    if not await _ending(cursor, given.dossier, at):
        raise _not_ending()
    await decide(cursor, [given.dossier], offices, means)
    case = await _concerned(cursor, given.dossier, actor, offices)
    ending = await _ending(cursor, case.id, at)
    left = {key for key, _ in await _ask(cursor, "used", [place.key for place in case.places])}
    free = {key for (_, key), stored in case.stored.items() if stored.kind == Kind.RELEASED}
    places = renewable(case.places, free, left, [one.boxes for one in ending])
    if not places:
        return Declined(
            "release.nothing_left", "没有待换发的货物：已出闸或已不再放行", "nothing is left to be renewed"
        )
    entries = await _replaced(cursor, case, ending, actor, offices, at)
    entries += await issue(cursor, [Issue(case, places)], offices, means, at, {"change": "renewed"})
    await append(cursor, entries)
    return None


def renewable(
    places: Iterable[Place], free: Collection[str], left: Collection[str], ending: Sequence[Collection[str]]
) -> list[Place]:
    """What is issued anew: of these units what is still released and here, and is on a release that ends.

    ``free`` and ``left`` are keys, ``ending`` the numbers of the containers on each such release. Pure.
    """
    if not ending:
        return []
    named = {number for boxes in ending for number in boxes}
    here = [place for place in places if place.key in free and place.key not in left]
    return [place for place in here if place.kind != "container" or place.number in named]


async def tell_ending(cursor: AsyncCursor[Any], at: datetime) -> None:
    """Who waits for goods learns once, before it is too late, that the release of what is still here ends."""
    rows = await _soon(cursor, "ends_soon", at + facts.release_renewable())
    if not rows:
        return
    entries = [
        entry(
            at=at,
            actor=PLATFORM,
            verb="release.ending",
            subject_kind="release",
            subject_id=id_,
            submission_id=dossier,
            content=content,
            viewers=viewers,
        )
        for id_, dossier, said, ends, viewers, here in rows
        if (content := _ends(_STATEMENT.decode(said), here or (), ends))["containers"]
    ]
    await append(cursor, entries)
    await cursor.execute(_TIME["ends_told"], [rows[-1][3]])


def _ends(said: Statement, here: Collection[str], ends: datetime) -> dict[str, Any]:
    """What the entry tells: of the containers on a release those that have not left."""
    left = [box.number for box in said.containers if box.number in here]
    return {"number": said.number, "name": said.name, "containers": left, "ends_at": ends}


async def _concerned(cursor: AsyncCursor[Any], dossier: UUID, actor: Actor, offices: Offices) -> Case:
    """The case with what stands in it, for those whom it concerns; to all others there is none."""
    cases = await loading.outlined(cursor, [dossier], offices)
    await loading.fill(cursor, [*cases.values()])
    case = cases.get(dossier)
    if case is None or actor.party not in case.concerned(offices):
        raise Declined("consignment.unknown", "没有这份货物档案", "there is no such dossier")
    return case


async def _ending(cursor: AsyncCursor[Any], dossier: UUID, at: datetime) -> list[Ending]:
    return [
        Ending(id_, number, frozenset(box.number for box in _STATEMENT.decode(content).containers))
        for id_, number, content in await _ask(cursor, "ending", dossier, at + facts.release_renewable())
    ]


def _not_ending() -> Declined:
    days = facts.release_renewable().days
    return Declined(
        "release.not_ending",
        f"没有过期或 {days} 日内到期的放行单",
        f"no release of it has expired or expires within {days} days",
    )


async def _replaced(
    cursor: AsyncCursor[Any], case: Case, ending: list[Ending], actor: Actor, offices: Offices, at: datetime
) -> list[Entry]:
    gone = {"at": at, "reason": "renewed", "ids": [one.id for one in ending]}
    await cursor.execute(_SQL["revoke_releases"], gone)
    viewers = case.concerned(offices)
    return [
        told(
            "release.replaced",
            "release",
            one.id,
            {"number": one.number, "name": case.name, "containers": sorted(one.boxes)},
            case=case,
            viewers=viewers,
            at=at,
            actor=actor,
        )
        for one in ending
    ]
