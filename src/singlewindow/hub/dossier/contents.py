"""What the documents of a dossier say together: the newest that count, whatever the order of joining.

A document that was refused or sent back counts until its partner has been sent a newer one since, or has
been sent the same goods again. Pure but for ``contents``, which reads.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct, structs
from psycopg import AsyncCursor

from singlewindow.hub.dossier.calls import Calls, call_of, known
from singlewindow.hub.dossier.facts import Facts, read
from singlewindow.hub.dossier.rows import Thing, Viewers
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import uuids
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import folded

DOCUMENTS_MOST = 100  # of one dossier, the newest: what only an older one names is in it no more

_SQL = statements_beside(__file__, "sql/contents.sql")
_ask = asking(_SQL)


class Member(Struct, frozen=True):
    """A source document in its dossier. ``own``: of the dossier's parties; ``counts``: not replaced."""

    at: datetime
    viewers: Viewers
    own: bool
    counts: bool
    facts: Facts


class Contents(Struct, frozen=True):
    """What a dossier is taken for, and whether some document of it counts no more."""

    dossier: UUID
    call: str
    terminal: str
    forwarder: str
    dangerous: bool
    things: tuple[Thing, ...]
    seals: dict[str, list[str]]  # by container, what was ever declared: any other was put on by an officer
    corrected: bool

    def declared(self, number: str) -> list[str]:
        """The seals that documents ever declared for a container."""
        return self.seals.get(folded(number), [])


async def contents(cursor: AsyncCursor[Any], dossiers: Collection[UUID]) -> list[Contents]:
    """Of these dossiers what stands in them; under the joining lock, after their documents are kept."""
    members: dict[UUID, list[Member]] = {id_: [] for id_ in dossiers}
    rows = await _ask(cursor, "members", dossiers=uuids(dossiers), most=DOCUMENTS_MOST) if dossiers else []
    for dossier, at, viewers, own, counts, content in rows:
        members[dossier].append(Member(at, tuple(viewers), own, counts, read(content)))
    calls = await known(cursor, [one.facts for found in members.values() for one in found])
    return [together(dossier, found, calls) for dossier, found in members.items()]


async def answered(cursor: AsyncCursor[Any], dossiers: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """What was sent back and is answered by one of these dossiers: submissions, with theirs."""
    rows = await _ask(cursor, "answered", dossiers=uuids(dossiers), most=DOCUMENTS_MOST)
    return [(submission, dossier) for submission, dossier in rows]


async def superseded(cursor: AsyncCursor[Any], submissions: Collection[UUID]) -> None:
    """These count no more: another dossier has taken their place."""
    await cursor.execute(_SQL["superseded"], [uuids(submissions)])


def together(dossier: UUID, members: Sequence[Member], calls: Calls) -> Contents:
    """What the documents say, the dossier's own before a stranger's and the newest before older ones."""
    counting = sorted((one for one in members if one.counts), key=lambda one: (one.own, one.at))
    call = _newest([call_of(one.facts, calls) for one in counting])
    found: dict[tuple[str, str], Thing] = {}
    for one in counting:
        for thing in things(dossier, one.facts, one.at, one.viewers, calls, call):
            known = found.get((thing.kind, thing.key))
            found[thing.kind, thing.key] = _merged(known, thing) if known else thing
    return Contents(
        dossier,
        call,
        _newest([one.facts.terminal_code for one in counting]),
        _newest([one.facts.ship_agent_code for one in counting]),
        any(one.facts.dangerous() for one in counting),
        tuple(found.values()),
        _declared(members),
        len(counting) < len(members),
    )


def things(
    dossier: UUID, said: Facts, at: datetime, viewers: Viewers, calls: Calls, call: str = ""
) -> list[Thing]:
    """What a document says carries the goods, within a call: its own unless another is given."""
    found = []
    own = call_of(said, calls)
    if call := call or own:
        name = said.conveyance_name or said.imo_number
        if own == call:
            found.append(Thing(dossier, "conveyance", call, name, at, viewers))
    for key, line in said.boxes(call).items():
        lines = line.goods_line_numbers
        found.append(
            Thing(
                dossier, "container", key, line.container_number, at, viewers, line.seal_number,
                line.less_than_container_load == "1", lines, said.dangerous(lines), said.due,
            )
        )  # fmt: skip
    return found


def _newest(said: Sequence[str]) -> str:
    """The last that says anything."""
    return next((text for text in reversed(said) if text), "")


def _merged(known: Thing, newer: Thing) -> Thing:
    """A newer document's word; named since the older, for the readers of both."""
    return structs.replace(
        newer,
        since=min(known.since, newer.since),
        viewers=tuple(sorted({*known.viewers, *newer.viewers})),
        seal=newer.seal or known.seal,
        dangerous=newer.dangerous or known.dangerous,
        due=newer.due or known.due,
    )


def _declared(members: Sequence[Member]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in members:
        for line in one.facts.containers:
            found.setdefault(folded(line.container_number), []).append(line.seal_number)
    return found
