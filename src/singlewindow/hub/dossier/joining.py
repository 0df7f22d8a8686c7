"""Joining documents to dossiers, set by set, in the worker's transaction and under one lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, structs
from psycopg import AsyncCursor

from singlewindow.hub.dossier import facts, overlapping
from singlewindow.hub.dossier.calls import Calls, call_of, known
from singlewindow.hub.dossier.claiming import Named, claimed, reclaimed
from singlewindow.hub.dossier.contents import Contents, contents, things
from singlewindow.hub.dossier.placing import Doubt, Incoming, Index, Placement, principals
from singlewindow.hub.dossier.rows import Member, Number, Opened, Thing, put
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids, words
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/joining.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


class Joined(Struct, frozen=True):
    """What joining changed: containers by key within their call, and dossiers."""

    beside: tuple[Named, ...] = ()  # named anew beside other consignments
    dropped: tuple[tuple[str, UUID], ...] = ()  # no document of the dossier that counts names them any more
    changed: frozenset[str] = frozenset()  # dropped, or declared as another load
    grown: frozenset[UUID] = frozenset()  # dossiers that had documents before
    corrected: frozenset[UUID] = frozenset()  # of these such of which some document counts no more


async def join(cursor: AsyncCursor[Any], submission_ids: Iterable[UUID]) -> Joined:
    """Give every source document of these submissions its dossier; those that have one stay.

    Runs as ``sw_engine`` in the caller's transaction. Safe to repeat, in any order and grouping.
    """
    await cursor.execute(_SQL["lock"])
    incoming = await _unjoined(cursor, submission_ids)
    if not incoming:
        return Joined()
    index = await _index(cursor, incoming)
    placed = [index.place(document) for document in incoming]
    calls = await known(cursor, [document.facts for document in incoming])
    await _write(cursor, placed, index, calls)
    new = {one.dossier for one in placed if one.new}
    later = await contents(cursor, {one.dossier for one in placed if not one.new})
    at = max(one.document.at for one in placed)
    opening = [thing for one in placed if one.new for thing in _things(one, calls)]
    found = await _carried(cursor, opening, later, new, at)
    await _doubt(cursor, placed)
    return found


async def rejoined(cursor: AsyncCursor[Any], dossiers: Collection[UUID], at: datetime) -> Joined:
    """Read these dossiers anew as far as a document of theirs counts no more."""
    await cursor.execute(_SQL["lock"])
    later = [one for one in await contents(cursor, dossiers) if one.corrected]
    return await _carried(cursor, [], later, set(), at) if later else Joined()


async def _unjoined(cursor: AsyncCursor[Any], submission_ids: Iterable[UUID]) -> list[Incoming]:
    rows = await _ask(cursor, "unjoined", uuids(submission_ids))
    return [_incoming(*row) for row in rows]


def _incoming(
    submission: UUID,
    document: UUID,
    kind: str,
    at: datetime,
    party: int,
    viewers: list[int],
    content: bytes,
    first: bool,
) -> Incoming:
    said = facts.read(content)
    return Incoming(submission, document, kind, at, party, frozenset(viewers), said, said.numbers(), first)


async def _index(cursor: AsyncCursor[Any], incoming: Sequence[Incoming]) -> Index:
    index = Index()
    wanted = sorted({key[:2] for document in incoming for key in document.numbers})
    columns = words([kind for kind, _ in wanted]), texts([value for _, value in wanted])
    for kind, value, carrier, dossier, viewers, member, party, readers in await _ask(
        cursor, "known", *columns
    ):
        known = index.of(dossier, frozenset(viewers))
        known.documents |= {(member, principals(party, frozenset(readers)))}
        index.know((kind, value, carrier), known)
    return index


async def _write(cursor: AsyncCursor[Any], placed: Sequence[Placement], index: Index, calls: Calls) -> None:
    """Of a new dossier nothing is there yet; what joins another may say what it says already."""
    # The first document of a submission opens, whatever others come with it.
    opened = {one.dossier: _opened(one, calls) for one in reversed(placed) if one.new}
    await put(cursor, "dossier", [one.packed() for one in opened.values()])
    if grown := {one.dossier for one in placed if not one.opens and one.sees}:
        readers = [{"id": id_, "viewers": sorted(index.dossiers[id_].viewers)} for id_ in grown]
        await cursor.execute(_SQL["readers"], [_JSON.encode(readers).decode()])
    new = {one.dossier for one in placed if one.new}
    numbers = {
        (number.dossier, number.kind, number.value, number.carrier): number
        for one in reversed(placed)
        for number in _numbers(one)
    }
    await put(cursor, "identity_key", [one.packed() for one in numbers.values() if one.dossier in new])
    if added := [one for one in numbers.values() if one.dossier not in new]:
        await cursor.execute(_SQL["keys"], [_JSON.encode(added).decode()])
    await put(cursor, "dossier_document", [_member(one).packed() for one in placed])


async def _carried(
    cursor: AsyncCursor[Any],
    opening: Sequence[Thing],
    later: Sequence[Contents],
    new: Collection[UUID],
    at: datetime,
) -> Joined:
    """Write what carries the goods: as the document ``opening`` a dossier says, or all its documents do."""
    together = {one.dossier for one in later}
    first = [thing for thing in opening if thing.dossier not in together]
    first += [thing for one in later if one.dossier in new for thing in one.things]
    fresh = {(thing.dossier, thing.kind, thing.key): thing for thing in first}
    await put(cursor, "dossier_object", [thing.packed() for thing in fresh.values()])
    boxes = {(one.key, one.dossier): one.lot for one in fresh.values() if one.kind == "container"}
    rows = await _reread(cursor, later, new, at)
    boxes |= {(key, dossier): lot for key, dossier, lot, what in rows if what == "fresh"}
    beside = await _beside(cursor, boxes)
    await claimed(cursor, beside, at)
    changed = frozenset([key for key, _, _, what in rows if what != "fresh"])
    await reclaimed(cursor, changed, at)
    named = [*first, *(thing for one in later for thing in one.things)]
    await overlapping.asked(cursor, [(one.key, one.dossier) for one in named if one.due], at)
    return Joined(
        tuple(beside),
        tuple([(key, dossier) for key, dossier, _, what in rows if what == "dropped"]),
        changed,
        frozenset([one.dossier for one in later]),
        frozenset([one.dossier for one in later if one.corrected]),
    )


async def _reread(
    cursor: AsyncCursor[Any], later: Sequence[Contents], new: Collection[UUID], at: datetime
) -> list[tuple[Any, ...]]:
    """Containers of dossiers with several documents that are fresh, changed or dropped by what these say."""
    if not later:
        return []
    grown = [structs.replace(one, things=(), seals={}) for one in later]
    await cursor.execute(_SQL["grow"], [_JSON.encode(grown).decode()])
    had = [one for one in later if one.dossier not in new]
    if not had:
        return []
    said = [
        structs.asdict(thing) | {"seals": one.declared(thing.number)} for one in had for thing in one.things
    ]
    dossiers = [one.dossier for one in had]
    return await _ask(cursor, "objects", things=_JSON.encode(said).decode(), dossiers=dossiers, at=at)


async def _beside(cursor: AsyncCursor[Any], boxes: Mapping[tuple[str, UUID], bool]) -> list[Named]:
    """Of these containers those that other consignments name, too."""
    if not boxes:
        return []
    keys, dossiers = zip(*boxes, strict=True)
    beside = await _ask(cursor, "beside", texts(keys), uuids(dossiers))
    return [(key, dossier, boxes[key, dossier]) for key, dossier in beside]


def _opened(one: Placement, calls: Calls) -> Opened:
    said = one.document.facts
    return Opened(
        one.dossier,
        said.goods,
        said.transport_mode,
        said.name,
        call_of(said, calls),
        said.terminal_code,
        said.ship_agent_code,
        said.dangerous(),
        one.document.at,
        _readers(one),
    )


def _numbers(one: Placement) -> Iterable[Number]:
    viewers = _readers(one)
    for kind, value, carrier in one.document.numbers:
        yield Number(kind, value, carrier, one.dossier, viewers)


def _member(one: Placement) -> Member:
    document = one.document
    return Member(
        document.submission_id, document.document_id, one.dossier, document.kind, document.party,
        _readers(one), document.facts.load,
    )  # fmt: skip


def _things(one: Placement, calls: Calls) -> list[Thing]:
    return things(one.dossier, one.document.facts, one.document.at, _readers(one), calls)


def _readers(one: Placement) -> tuple[int, ...]:
    return tuple(sorted(one.document.viewers))


async def _doubt(cursor: AsyncCursor[Any], placed: Sequence[Placement]) -> None:
    """Tasks for what the numbers leave open."""
    rows = [_task(doubt, one.document) for one in placed for doubt in one.doubts]
    if rows:
        await cursor.execute(_SQL["doubts"], [_JSON.encode(rows).decode()])


def _task(doubt: Doubt, document: Incoming) -> dict[str, Any]:
    return {
        "kind": doubt.kind,
        "dossier": doubt.dossier,
        "about": doubt.about,
        "zh": doubt.text.zh,
        "en": doubt.text.en,
        "at": document.at,
        "viewers": sorted(document.viewers),
    }
