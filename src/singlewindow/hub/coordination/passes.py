"""How a gate pass stands: one answer for every page, program and notice that shows it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from singlewindow.hub.coordination.barring import SHARED


class PassState(StrEnum):
    """A pass opens a gate only while it is in force."""

    IN_FORCE = "in_force"
    USED = "used"
    SUSPENDED = "suspended"  # nobody ordered otherwise: it waits for others' goods, or for a decision
    REVOKED = "revoked"
    EXPIRED = "expired"


def suspended_for(why: str, revoked_at: datetime | None, *, free: bool) -> str:
    """Why a pass waits, as a consignment in the box knows it; '' where it does not, or was revoked.

    Of ``free`` goods nobody's order took it away: what came on others' goods suspends it for these.
    ``why`` is what is kept with the pass.
    """
    return SHARED if revoked_at and not why and free else why


def state_of(
    *,
    suspended: str,
    revoked_at: datetime | None,
    used_at: datetime | None,
    valid_until: datetime,
    at: datetime,
) -> PassState:
    """The state at a moment; ``suspended`` is why nobody's order took the pass away, '' where one did."""
    if used_at:
        return PassState.USED
    if revoked_at:
        return PassState.SUSPENDED if suspended else PassState.REVOKED
    return PassState.EXPIRED if valid_until <= at else PassState.IN_FORCE


def shown(row: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """A pass as programs read it: since when it is suspended is not since when it was revoked.

    ``free``: the reader's own goods in it are released.
    """
    why = suspended_for(row["suspended"], row["revoked_at"], free=row["free"])
    told = {name: row[name] for name in ("revoked_at", "used_at", "valid_until")}
    state = state_of(suspended=why, **told, at=at)
    waits = state is PassState.SUSPENDED
    return {
        **row,
        "state": state,
        "suspended_at": row["revoked_at"] if waits else None,
        "suspended_for": why if waits else "",
        "revoked_at": None if waits else row["revoked_at"],
    }
