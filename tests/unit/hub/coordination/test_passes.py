"""How a gate pass stands: suspended is not revoked, and only one state opens a gate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from singlewindow.hub.coordination.passes import PassState, shown, suspended_for

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ROW = {
    "suspended": "",
    "revoked_at": None,
    "used_at": None,
    "valid_until": AT + timedelta(days=1),
    "free": False,
}


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, PassState.IN_FORCE),
        ({"valid_until": AT}, PassState.EXPIRED),
        ({"revoked_at": AT}, PassState.REVOKED),
        ({"revoked_at": AT, "suspended": "claimed"}, PassState.SUSPENDED),
        ({"revoked_at": AT, "free": True}, PassState.SUSPENDED),
        ({"free": True}, PassState.IN_FORCE),
        ({"revoked_at": AT, "suspended": "shared", "valid_until": AT}, PassState.SUSPENDED),
        ({"used_at": AT, "valid_until": AT}, PassState.USED),
    ],
)
def test_each_state_is_told_apart(change: dict[str, Any], state: PassState) -> None:
    told = shown(ROW | change, AT)
    assert told["state"] is state
    assert (told["suspended_at"] is not None) == (state is PassState.SUSPENDED)
    assert bool(told["suspended_for"]) == (state is PassState.SUSPENDED)
    assert (told["revoked_at"] is not None) == (state is PassState.REVOKED)


@pytest.mark.parametrize(
    ("why", "revoked_at", "free", "waits"),
    [
        ("", AT, True, "shared"),
        ("", AT, False, ""),
        ("", None, True, ""),
        ("claimed", AT, True, "claimed"),
        ("claimed", AT, False, "claimed"),
        ("shared", AT, False, "shared"),
    ],
)
def test_to_whose_own_goods_are_free_an_order_on_others_suspends_and_revokes_nothing(
    why: str, revoked_at: datetime | None, free: bool, waits: str
) -> None:
    assert suspended_for(why, revoked_at, free=free) == waits
