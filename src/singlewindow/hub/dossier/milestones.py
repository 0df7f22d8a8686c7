"""The logistics track of a dossier (13.3): what happened to its goods, from terminals and gates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.kernel.messages import Text

_INSERT = files(__package__).joinpath("sql/milestones.sql").read_text(encoding="utf-8")
_JSON = msgspec.json.Encoder()

# In the order in which they come.
NAMES = {
    "booked": Text("已订舱", "Booked"),
    "picked_up": Text("已提货", "Picked up"),
    "in_yard": Text("已进场", "In the yard"),
    "loaded": Text("已装载", "Loaded"),
    "in_transit": Text("运输中", "In transit"),
    "arrived": Text("已到港", "Arrived"),
    "discharged": Text("已卸载", "Discharged"),
    "tallied": Text("已理货", "Tallied"),
    "moved": Text("已移至查验区", "Moved to the inspection yard"),
    "gate_out": Text("已出闸", "Out of the gate"),
    "delivered": Text("已交付", "Delivered"),
}


class Milestone(Struct, frozen=True):
    """One event. ``number`` is the container's, empty where it is about the whole consignment."""

    submission_id: UUID
    code: str
    at: datetime
    source: str
    number: str = ""


async def reached(cursor: AsyncCursor[Any], milestones: Sequence[Milestone]) -> None:
    """Write them to the dossiers of their submissions; repeated ones have no effect.

    Codes that ``NAMES`` does not know, and containers that the dossier does not, are left out.
    """
    known = [one for one in milestones if one.code in NAMES]
    if known:
        await cursor.execute(_INSERT, [_JSON.encode(known).decode()])
