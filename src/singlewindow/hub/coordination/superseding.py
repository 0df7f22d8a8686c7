"""What was sent back and is declared again under another number claims its containers no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from msgspec import structs
from psycopg import AsyncCursor

from singlewindow.hub.coordination import loading
from singlewindow.hub.coordination.cases import SHARED, Case
from singlewindow.hub.coordination.claims import judge_anew
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.dossier.claiming import TWICE
from singlewindow.hub.dossier.contents import answered, superseded
from singlewindow.hub.dossier.joining import rejoined
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import local_day

# A draft says what it became a moment after it was handed in, when its dossier may be there already.
LATELY = timedelta(minutes=2)

_ask = asking(statements_beside(__file__, "sql/claims.sql"))


async def lately(cursor: AsyncCursor[Any], means: Means) -> None:
    """Look once more at who asked within the last minutes whose a container is, and mends another's claim."""
    rows = await _ask(cursor, "asked_lately", kind=TWICE, since=means.clock() - LATELY)
    if rows:
        await loading.lock(cursor)
        await supersede(cursor, {dossier for (dossier,) in rows}, means)


async def supersede(cursor: AsyncCursor[Any], dossiers: Collection[UUID], means: Means) -> None:
    """Take the place of consignments that were sent back and that one of these dossiers answers.

    Where an agency holds the first on a document that still counts, a person says whose the containers are.
    """
    first = await answered(cursor, dossiers) if dossiers else []
    if not first:
        return
    at = means.clock()
    offices = await loading.offices(cursor, local_day(at))
    cases = await loading.outlined(cursor, {dossier for _, dossier in first}, offices)
    await loading.fill(cursor, list(cases.values()))
    free = [(submission, dossier) for submission, dossier in first if not _held(cases[dossier])]
    await superseded(cursor, [submission for submission, _ in free])
    found = await rejoined(cursor, {dossier for _, dossier in free}, at)
    # Nothing of the first is judged any more; what it claimed is.
    await judge_anew(cursor, structs.replace(found, grown=frozenset(), corrected=frozenset()), means)


def _held(case: Case) -> bool:
    """Whether the goods are barred on a document that still counts; what bars a thing stays on the thing."""
    dead = {one.id for one in case.documents if one.dead}
    return any(
        given.origin not in dead
        and given.instruction.subject.kind not in SHARED
        and any(given.restricts(place.unit) for place in case.places)
        for given in case.counting
    )
