"""Reading cases: a handful of set-based questions, whatever the number of dossiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.coordination import facts
from singlewindow.hub.coordination.algebra import UNKNOWN, Given, Unit, effective
from singlewindow.hub.coordination.cases import (
    NOBODYS,
    Box,
    Case,
    Office,
    Offices,
    Place,
    Sent,
    Stored,
    places,
    replaced_of,
)
from singlewindow.hub.coordination.counting import Contents, contents, counting, followed
from singlewindow.hub.coordination.crowding import barred as barred_by_bound
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import Column, texts, uuids, words
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Instruction, Order, Subject

_SQL = statements_beside(__file__, "sql/state.sql")
_ask = asking(_SQL)
_ORDERS = {int(order): order for order in Order}
_NOTHING: frozenset[str] = frozenset()

# A thing that others' goods share, or a case: whatever concerns it alone.
Where = Subject | tuple[UUID, str]
Said = dict[Where, list[Given]]


class Inside:
    """The containers of these cases, put together once a case, and only where it is asked for."""

    def __init__(self, cases: Iterable[Case]) -> None:
        self.cases = {case.id: case for case in cases}
        self.known: dict[UUID, Contents] = {}

    def followed(self, given: Given, dossier: UUID) -> Given:
        """What was said in a dossier, of the container as it is known now."""
        case = self.cases.get(dossier)
        if case is None or not (case.ended or given.instruction.subject.kind == UNKNOWN):
            return given
        if dossier not in self.known:
            boxes = [(place.key, place.number, False) for place in case.places if place.kind == "container"]
            self.known[dossier] = contents([*boxes, *((key, number, True) for key, number in case.ended)])
        return followed(given, self.known[dossier])


async def lock(cursor: AsyncCursor[Any]) -> None:
    """One writer at a time, whichever task it runs in."""
    await cursor.execute(_SQL["lock"])


async def offices(cursor: AsyncCursor[Any], on: date) -> Offices:
    """Agencies, operators and the platform, as they are on a day."""
    return Offices([Office(*row) for row in await _ask(cursor, "offices", on)], on)


async def dossiers_of(cursor: AsyncCursor[Any], submissions: Collection[UUID]) -> dict[UUID, UUID]:
    """The dossier of each submission."""
    return dict(await _ask(cursor, "dossiers_of", uuids(submissions)))


async def sharing(cursor: AsyncCursor[Any], subjects: Iterable[Subject]) -> set[UUID]:
    """The dossiers whose goods are in or on these things."""
    wanted = list(subjects)
    if not wanted:
        return set()
    kinds, keys = [one.kind for one in wanted], [one.id for one in wanted]
    return {row[0] for row in await _ask(cursor, "sharing", kinds, keys)}


async def barred(cursor: AsyncCursor[Any], said: Sequence[tuple[UUID, str, Subject]]) -> set[Subject]:
    """Of the shared things that a dossier's agency speaks of, those that it bars or has ever barred."""
    calls = {subject.id for _, _, subject in said if subject.kind == "conveyance"}
    ever = {row[0] for row in await _ask(cursor, "calls_barred", texts(calls))} if calls else set()
    doubtful = [one for one in said if one[2].id in ever or one[2].kind != "conveyance"]
    if not doubtful:
        return set()
    dossiers, agencies, subjects = zip(*doubtful, strict=True)
    kinds, keys = [one.kind for one in subjects], [one.id for one in subjects]
    rows = await _ask(cursor, "barred", uuids(dossiers), words(agencies), words(kinds), texts(keys))
    return {Subject(*row) for row in rows}


async def outlined(cursor: AsyncCursor[Any], dossiers: Collection[UUID], known: Offices) -> dict[UUID, Case]:
    """Cases with their units and documents; what is ordered in them is read by ``fill``."""
    if not dossiers:
        return {}
    ids = uuids(dossiers)
    containers: dict[UUID, list[Box]] = defaultdict(list)
    ended: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for dossier, *box, over in await _ask(cursor, "containers", ids):
        if over:
            ended[dossier].append((box[0], box[1]))
        else:
            containers[dossier].append(tuple(box))
    rows = await _ask(cursor, "dossiers", ids)
    operators = facts.operators(known.on)
    codes = {row[5] for row in rows} | {operators.get(row[4], "") for row in rows}
    firms: dict[str, int] = dict(await _ask(cursor, "firms", sorted(codes - {""})))
    documents = await _documents(cursor, ids)
    found = {row[0]: _case(row, containers[row[0]], documents[row[0]], operators, firms) for row in rows}
    for id_, boxes in ended.items():
        found[id_].ended = tuple(boxes)
    return found


async def _documents(cursor: AsyncCursor[Any], ids: Column) -> dict[UUID, list[Sent]]:
    found: dict[UUID, list[Sent]] = defaultdict(list)
    for dossier, *sent in await _ask(cursor, "documents", ids):
        found[dossier].append(Sent(*sent))
    return found


def _case(
    row: tuple[Any, ...],
    containers: Sequence[Box],
    documents: Sequence[Sent],
    operators: Mapping[str, str],
    firms: Mapping[str, int],
) -> Case:
    id_, goods, name, call, terminal, forwarder, viewers, dangerous = row
    operator = firms.get(operators.get(terminal, ""))
    agent = firms.get(forwarder)
    return Case(
        id_,
        goods,
        name,
        call,
        frozenset(viewers),
        (operator,) if operator else (),
        (agent,) if agent else (),
        places(id_, goods, name, call, dangerous, containers),
        tuple(documents),
    )


async def inside(
    cursor: AsyncCursor[Any], keys: Collection[str], known: Offices
) -> dict[str, list[tuple[Case, Place]]]:
    """Whose goods are in these containers, by key, with what was decided of them last."""
    dossiers = await sharing(cursor, [Subject("container", key) for key in keys])
    cases = [*(await outlined(cursor, dossiers, known)).values()]
    if cases:
        await fill(cursor, cases)
    found: dict[str, list[tuple[Case, Place]]] = {}
    for case in cases:
        for place in case.places:
            if place.kind == "container" and place.key in keys:
                found.setdefault(place.key, []).append((case, place))
    return found


def of_call(call: str) -> Case:
    """The case of a conveyance call itself."""
    subject = Subject("conveyance", call)
    place = Place(Unit(subject), "conveyance", call, call)
    return Case(NOBODYS, "conveyance", call, call, frozenset(), places=(place,))


async def fill(cursor: AsyncCursor[Any], cases: Sequence[Case]) -> list[Subject]:
    """Add to each case its effective instructions and the dispositions written last.

    Returns the containers of which more was said than is compared: they are held.
    """
    ids = uuids([case.id for case in cases if case.id != NOBODYS])
    said, crowded, replaced = await _instructions(cursor, cases, ids)
    for case in cases:
        replaced |= case.replaced()
    stored: dict[UUID, dict[tuple[str, str], Stored]] = defaultdict(dict)
    calls = [case.call for case in cases if case.id == NOBODYS]
    written = await _ask(cursor, "dispositions_of_calls", texts(calls)) if calls else []
    written += await _ask(cursor, "dispositions", ids)
    for dossier, kind, key, version, name, agencies, missing, used in written:
        stored[dossier][kind, key] = Stored(version, name, tuple(agencies), tuple(missing), tuple(used or ()))
    for case in cases:
        case.stored = stored[case.id]
        case.counting = counting(_reaching(case, said), replaced)
    return crowded


async def _instructions(
    cursor: AsyncCursor[Any], cases: Sequence[Case], ids: Column
) -> tuple[Said, list[Subject], set[str]]:
    """What is said of the cases and their containers, containers of which too much is, and the documents of
    other consignments that count no more: what they brought on a shared container does not either."""
    boxes = {place.key for case in cases for place in case.places if place.kind == "container"}
    said: Said = defaultdict(list)
    inside = Inside(cases)
    own = await _ask(cursor, "instructions", ids)
    others = await _ask(cursor, "on_containers", texts(boxes), ids, facts.instructions_most() + 1)
    for row in own + others:
        given = _given(row)
        subject = given.instruction.subject
        strange = subject.kind == UNKNOWN or (subject.kind == "container" and subject.id not in boxes)
        if given.executed or strange:
            given = inside.followed(given, row[0])
        # What follows a box to another key is read of its own consignment alone, whoever is judged with it.
        named = subject.kind == "container" and given.instruction.subject == subject
        said[subject if named else (row[0], "")].append(given)
    crowded = _crowded(said)
    await _on_calls(cursor, cases, said)
    return said, crowded, await _replaced_elsewhere(cursor, others)


async def _replaced_elsewhere(cursor: AsyncCursor[Any], others: Iterable[tuple[Any, ...]]) -> set[str]:
    barring = {row[0] for row in others if row[6] > Order.RELEASE}
    if not barring:
        return set()
    documents = await _documents(cursor, uuids(barring))
    return {id_ for sent in documents.values() for id_ in replaced_of(sent)}


def _crowded(said: Said) -> list[Subject]:
    """Counted over all goods in a container, so that it does not matter for which of them it is asked."""
    found = []
    for where, given in said.items():
        if isinstance(where, Subject) and (bar := barred_by_bound(where, given)):
            given.append(bar)
            found.append(where)
    return found


async def _on_calls(cursor: AsyncCursor[Any], cases: Sequence[Case], said: Said) -> None:
    """What bars a call bars all its cargo. Its releases, one a consignment, are nothing but its own."""
    barring: Said = defaultdict(list)
    for row in await _ask(cursor, "on_calls", list({case.call for case in cases if case.call})):
        given = _given(row)
        barring[given.instruction.subject].append(given)
    for call, lines in barring.items():
        said[call] = [given for given in effective(lines) if given.instruction.order is not Order.RELEASE]
    themselves = [case.call for case in cases if case.id == NOBODYS]
    agencies = sorted({rule.agency for rule in facts.requirements()})
    newest = await _ask(cursor, "newest_on_calls", themselves, agencies) if themselves else []
    for given in [*map(_given, newest), *chain.from_iterable(barring.values())]:
        said[NOBODYS, given.instruction.subject.id].append(given)


def _reaching(case: Case, said: Said) -> Iterable[Given]:
    """What is said of the goods, its containers and its call, whichever consignment brought it."""
    wheres: list[Where] = [case.key]
    wheres += [Subject("container", place.key) for place in case.places if place.kind == "container"]
    if case.call:
        wheres.append(Subject("conveyance", case.call))
    for where in wheres:
        yield from said.get(where, ())


def _given(row: tuple[Any, ...]) -> Given:
    _, agency, channel, id_, version, origin, order, kind, key, method, items, at, withdrawn, executed = row
    said = Instruction(
        id_,
        agency,
        _ORDERS[order],
        Subject(kind, key),
        at,
        version,
        method,
        tuple(items),
        withdrawn=withdrawn,
    )
    return Given(said, channel, origin, frozenset(executed) if executed else _NOTHING)
