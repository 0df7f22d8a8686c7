"""What carries a consignment, as people call it: whoever tells of a ship or a voyage asks here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.codes.calls import call_words

_ask = asking(statements_beside(__file__, "sql/carrying.sql"))


class Consignment(Struct, frozen=True):
    """What a dossier is called by, and what carries it; empty where nobody said."""

    bill: str = ""
    conveyance: str = ""
    voyage: str = ""


UNKNOWN = Consignment()


async def consignments(cursor: AsyncCursor[Any], dossiers: Collection[UUID]) -> dict[UUID, Consignment]:
    """By dossier."""
    rows = await _ask(cursor, "consignments", uuids(dossiers)) if dossiers else []
    return {id_: Consignment(bill, *call_words(call, name)) for id_, bill, call, name in rows}


async def of_containers(cursor: AsyncCursor[Any], keys: Collection[str]) -> dict[str, Consignment]:
    """By container within its call, as the first consignment in it says: one container has one word."""
    first = await _ask(cursor, "first", texts(keys)) if keys else []
    known = await consignments(cursor, {dossier for _, dossier in first})
    return {key: known[dossier] for key, dossier in first if dossier in known}
