"""Favourable answers in bulk: kept at once, decided on together a moment later. What bars is never put off.

A consignment is released by several agencies, whose answers come in as many batches; deciding after each
would be to compute four times what counts once. Gates see the wait: their pulse is no fresher than it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.coordination import loading
from singlewindow.hub.coordination.cases import NOBODYS, SHARED
from singlewindow.hub.coordination.deciding import decide
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.speaking import Spoken
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import uuids, words
from singlewindow.hub.journal.connected import keep_connected
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.waking import work_comes
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Order

FEW = 20  # so many instructions at once are decided on at once: somebody may be watching
MOST = 500  # dossiers a transaction
GATHER_S, POLL_S = 0.25, 2.0

_SQL = statements_beside(__file__, "sql/gathering.sql")
_ask = asking(_SQL)


def parted(given: Sequence[Spoken]) -> tuple[list[Spoken], list[Spoken]]:
    """What is decided on in the transaction that brings it (all of a few; what is no release); the rest."""
    if len(given) <= FEW:
        return list(given), []
    barring = {
        one.dossier for one in given if one.instruction.order > Order.RELEASE or one.instruction.withdrawn
    }
    at_once = [one for one in given if one.dossier in barring]
    return at_once, [one for one in given if one.dossier not in barring]


async def touched(cursor: AsyncCursor[Any], given: Sequence[Spoken]) -> tuple[set[UUID], set[str]]:
    """The dossiers spoken of and those that share a thing that was barred; the conveyance calls."""
    said = [(one.dossier, one.instruction.agency, one.instruction.subject) for one in given]
    shared = [one for one in said if one[2].kind in SHARED]
    others = await loading.sharing(cursor, await loading.barred(cursor, shared))
    calls = {subject.id for _, _, subject in shared if subject.kind == "conveyance"}
    return {dossier for dossier, _, _ in said} | others, calls


async def put_off(cursor: AsyncCursor[Any], given: Sequence[Spoken], means: Means) -> None:
    """Remember that these are still to be decided on."""
    dossiers, calls = await touched(cursor, given)
    ids = uuids([*dossiers, *(NOBODYS for _ in calls)])
    keys = words([*("" for _ in dossiers), *calls])
    await cursor.execute(_SQL["put_off"], [means.clock(), ids, keys])
    await cursor.execute("notify coordination_due")


async def run(dsn: str, means: Means) -> None:
    """Decide on what was put off, until cancelled; a lost data base is waited for."""

    async def work(connection: AsyncConnection[Any]) -> None:
        await connection.execute("listen coordination_due")
        while True:
            while await once(connection, means) == MOST:
                pass
            await work_comes(connection, POLL_S, GATHER_S)

    await keep_connected(dsn, work)


async def once(connection: AsyncConnection[Any], means: Means) -> int:
    """One transaction's worth; how many were due."""
    async with connection.transaction(), connection.cursor() as cursor:
        await loading.lock(cursor)
        rows = await _ask(cursor, "due", MOST)
        if rows:
            await _decide(cursor, rows, means)
    return len(rows)


async def _decide(cursor: AsyncCursor[Any], rows: Collection[tuple[UUID, str]], means: Means) -> None:
    offices = await loading.offices(cursor, local_day(means.clock()))
    dossiers = {dossier for dossier, call in rows if not call}
    await decide(cursor, dossiers, offices, means, {call for _, call in rows if call})
