"""What the exchange knows of what the message box tells of: how it is called, who is what in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg import AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.hub.notice.telling import Circumstances, Own

_SQL = statements_beside(__file__, "sql/concerned.sql")
_ask = asking(_SQL)


_ROLES = {1: "declarant", 2: "forwarder", 3: "importer"}  # by their ranks in the statement


async def concerned(cursor: AsyncCursor[Any], entries: Sequence[Numbered]) -> Mapping[UUID, Circumstances]:
    """By submission; by order where that is on what several consignments share. One round each for all."""
    wanted = {entry.submission_id for entry in entries if entry.submission_id}
    found = await _ask(cursor, "submissions", list(wanted)) if wanted else ()
    known = {
        id_: Circumstances(title, declarant, forwarder, bill=bill)
        for id_, title, declarant, forwarder, bill in found
    }
    return known | await _sharing(cursor, entries)


async def _sharing(cursor: AsyncCursor[Any], entries: Sequence[Numbered]) -> dict[UUID, Circumstances]:
    orders = {one.subject_id for one in entries if one.subject_kind == "inspection" and not one.submission_id}
    own: dict[UUID, dict[int, Own]] = {}
    for order, party, rank, bills, number, dossier in (
        await _ask(cursor, "sharing", [*orders]) if orders else ()
    ):
        alone = dossier if number == 1 else None
        own.setdefault(order, {})[party] = Own(_ROLES[rank], tuple(bills), number - len(bills), alone)
    return {order: Circumstances(own=parties) for order, parties in own.items()}
