"""Containers that several consignments claim: passes are suspended, and a person says whose claim stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination import barring, giving, inspecting, loading, releasing
from singlewindow.hub.coordination.algebra import Disposition, Kind, Unit
from singlewindow.hub.coordination.asked import must_be_reasoned
from singlewindow.hub.coordination.cases import Case, Change, Offices, Place
from singlewindow.hub.coordination.deciding import decide, keep, settle
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.inspecting import Wanted
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.dossier.carrying import UNKNOWN
from singlewindow.hub.dossier.claiming import TWICE, WAITS, WHOSE, settled_by
from singlewindow.hub.dossier.joining import Joined, rejoined
from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import uuids
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.codes.calls import box_number
from singlewindow.kernel.messages import Actor, Subject

CLAIMS_MOST = 20  # decided on at once: as many as a page shows

_SQL = statements_beside(__file__, "sql/claims.sql")
_ask = asking(_SQL)


class Settled(Struct, frozen=True):
    """Arguments of ``settle_claim``: of the claims on a container, by dossier, which stand and which end."""

    key: str
    stands: tuple[UUID, ...]
    ends: tuple[UUID, ...]
    reason: str


class Claim(Struct, frozen=True):
    """What is decided: of which container, whether it has left, whose claims end, whose is told to stand."""

    key: str
    number: str
    gone: bool
    ended: tuple[UUID, ...]
    upheld: tuple[UUID, ...]


async def suspend(cursor: AsyncCursor[Any], joined: Sequence[tuple[str, UUID]], at: datetime) -> None:
    """Passes of containers that wait for newcomers are not in force; each dossier that held one is told."""
    if not joined:
        return
    keys, dossiers = zip(*joined, strict=True)
    rows = await _ask(cursor, "suspend", at=at, keys=list(keys), dossiers=list(dossiers))
    if lost := [(why, barring.Held(*row)) for why, *row in rows]:
        came = await barring.came_with(cursor, [held for _, held in lost])
        entries = [barring.barred(held, came.get(held.key, UNKNOWN), why, at) for why, held in lost]
        await append(cursor, entries + await barring.held_again(cursor, lost, at))


async def judge_anew(cursor: AsyncCursor[Any], found: Joined, means: Means) -> None:
    """Consignments that documents were added to are judged anew, as far as they were judged before.

    Where one was corrected, what none of its documents names any more falls, whoever shares a container
    with it is judged, too, and a container that nobody else claims now may leave.
    """
    judged = {id_ for (id_,) in await _ask(cursor, "judged", uuids(found.grown))} if found.grown else set()
    if not (judged or found.changed):
        return
    at = means.clock()
    offices = await loading.offices(cursor, local_day(at))
    losing = await loading.outlined(cursor, {dossier for _, dossier in found.dropped}, offices)
    for key in sorted({key for key, _ in found.dropped}):
        losers = [losing[dossier] for one, dossier in found.dropped if one == key]
        await _let_go(cursor, key, losers, offices, means, barring.DROPPED)
    cases = await loading.outlined(cursor, found.corrected, offices)
    keys = {place.key for case in cases.values() for place in case.places} | found.changed
    beside = await loading.sharing(cursor, [Subject("container", key) for key in keys])
    await decide(cursor, judged | beside, offices, means)
    free = await _ask(cursor, "free", sorted(found.changed)) if found.changed else []
    for key, counting in free:
        await cursor.execute(_SQL["undoubted"], ["shared" if counting > 1 else "", key])
        await append(cursor, await giving.give_again(cursor, key, offices, at))


async def sent_back(cursor: AsyncCursor[Any], dossiers: Collection[UUID], means: Means) -> None:
    """A document of these dossiers was refused or sent back: one that was handed in since takes its place."""
    if dossiers:
        await judge_anew(cursor, await rejoined(cursor, dossiers, means.clock()), means)


async def settled(
    cursor: AsyncCursor[Any], given: Settled, actor: Actor, offices: Offices, means: Means
) -> None:
    """Carry out a person's decision: claims end, passes follow, tasks close. Raises ``Declined``."""
    await _must_settle(cursor, given, actor)
    at = means.clock()
    claim = await _decided(cursor, given)
    cases = await loading.outlined(cursor, {*given.stands, *claim.ended}, offices)
    await loading.fill(cursor, [*cases.values()])
    await _write(cursor, given, claim, actor, at)
    await append(cursor, await _entries(cursor, given, claim, cases.values(), actor, offices, at))
    if claim.gone:
        return
    left = await loading.outlined(cursor, cases.keys(), offices)
    await _let_go(cursor, claim.key, [left[id_] for id_ in claim.ended], offices, means, barring.CLAIM)
    await settle(cursor, list(left.values()), offices, means)
    await append(cursor, await giving.give_again(cursor, claim.key, offices, at))


async def _must_settle(cursor: AsyncCursor[Any], given: Settled, actor: Actor) -> None:
    allowed = {row[0] for row in await _ask(cursor, "settlers", *settled_by())}
    if actor.party not in allowed:
        raise Declined("claim.not_yours", "您无权核定集装箱归属", "you may not settle claims on containers")
    must_be_reasoned(given.reason)


async def _decided(cursor: AsyncCursor[Any], given: Settled) -> Claim:
    _must_be_whole(given)
    rows = await _ask(cursor, "claims", given.key, [*given.stands, *given.ends])
    if len(rows) < len(given.stands) + len(given.ends):
        raise Declined(
            "claim.unknown", "没有待核定的此箱申报", "no claim on this container is there to be settled"
        )
    if not await _ask(cursor, "asked_still", WHOSE, given.key):
        # Of two who decide at once the second has not seen what the first decided.
        raise Declined(
            "claim.decided",
            "此箱归属已由他人核定，您的核定没有生效；请查看该核定",
            "somebody has settled these claims meanwhile; your decision was not carried out: look at theirs",
        )
    standing = {dossier: one for dossier, _, one, *_ in rows}
    _, number, _, contested, gone = rows[0]
    return Claim(
        given.key,
        number,
        gone,
        tuple(one for one in given.ends if standing[one] != "ended"),
        tuple(one for one in given.stands if contested or standing[one] != "counts"),
    )


def _must_be_whole(given: Settled) -> None:
    if not given.stands:
        # Whose goods are in it then is not known, and the gate stays shut.
        raise Declined(
            "claim.nobody", "至少一票货物应在箱内", "at least one consignment must be in the container"
        )
    named = [*given.stands, *given.ends]
    if len(set(named)) < len(named) or len(named) > CLAIMS_MOST:
        raise Declined(
            "claim.contradicting",
            f"每票只能核定一次，一次至多 {CLAIMS_MOST} 票",
            f"each claim is decided once, at most {CLAIMS_MOST} at a time",
        )


async def _write(cursor: AsyncCursor[Any], given: Settled, claim: Claim, actor: Actor, at: datetime) -> None:
    if claim.ended:
        await cursor.execute(_SQL["end"], [at, claim.key, list(claim.ended)])
    stands = list(given.stands)
    await cursor.execute(_SQL["admit"], [claim.key, stands])
    ((contested, counting),) = await _ask(cursor, "recount", key=claim.key, stands=stands)
    if not contested:
        await cursor.execute(_SQL["undoubted"], ["shared" if counting > 1 else "", claim.key])
    closing = {"key": claim.key, "at": at, "by": actor.name, "twice": TWICE, "waits": WAITS, "whose": WHOSE}
    await cursor.execute(_SQL["close"], closing | {"contested": contested, "decided": [*stands, *given.ends]})


async def _let_go(
    cursor: AsyncCursor[Any], key: str, losers: Sequence[Case], offices: Offices, means: Means, why: str
) -> None:
    """What rested on a claim that ended falls: its release, its pass, its inspection. ``why`` it ended."""
    if not losers:
        return
    at = means.clock()
    await loading.fill(cursor, losers)
    fallen = Disposition(Kind.PENDING, missing=(why,))
    changes = [
        Change(case, _place(case, key), stored, fallen)
        for case in losers
        if (stored := case.stored.get(("container", key)))
    ]
    await cursor.execute(_SQL["forget"], [key, [case.id for case in losers]])
    fallen_now = await releasing.follow(cursor, changes, offices, means, at)
    # Whose claim stands has the pass again within this decision: no fall is told of that nobody could notice.
    await append(cursor, [one for one in fallen_now if one.verb != barring.SUSPENDED])
    entries: list[Entry] = []
    box = Subject("container", key)
    unwanted = {(case.id, box): Wanted(_place(case, key).number, {}, [case]) for case in losers}
    for synced in await inspecting.synced(cursor, unwanted, means.new_id, at):
        await keep(cursor, synced, offices, entries, at)
    await append(cursor, entries)


def _place(case: Case, key: str) -> Place:
    number = dict(case.ended).get(key, box_number(key))
    return Place(Unit(Subject("container", key)), "container", key, number)


async def _entries(
    cursor: AsyncCursor[Any],
    given: Settled,
    claim: Claim,
    cases: Iterable[Case],
    actor: Actor,
    offices: Offices,
    at: datetime,
) -> list[Entry]:
    """Each dossier learns what was decided of it, and nothing of the others."""
    platform = [row[0] for row in await _ask(cursor, "platform")]
    found = []
    for case in cases:
        if case.id not in claim.ended and case.id not in claim.upheld:
            continue
        verb = "claim.ended" if case.id in claim.ended else "claim.settled"
        viewers = sorted({*case.concerned(offices), *platform, actor.party})
        content = {"number": claim.number, "name": case.name, "reason": given.reason}
        found.append(_told(verb, case.id, content, viewers, at, actor))
    return found


def _told(
    verb: str, dossier: UUID, content: dict[str, Any], viewers: Collection[int], at: datetime, actor: Actor
) -> Entry:
    return entry(
        at=at,
        actor=actor,
        verb=verb,
        subject_kind="dossier",
        subject_id=dossier,
        submission_id=dossier,
        content=content,
        viewers=sorted(set(viewers)),
    )
