"""Whose turn an inspection is, what is late and what is over; and a conclusion that is taken back in time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from integration.hub.coordination.story import ONE, Yard, found
from integration.hub.coordination.test_inspection import (
    CUSTOMS_ITEMS,
    QUARANTINE_ITEMS,
    under_way,
    yard,
)
from singlewindow.hub.coordination import inspection_lists
from singlewindow.hub.coordination.inspection_lists import Show
from singlewindow.kernel.messages import Viewer

__all__ = ["yard"]
pytestmark = pytest.mark.database


async def test_a_conclusion_taken_back_is_on_record_and_releases_nothing(yard: Yard) -> None:
    order = await under_way(yard)
    given = {"order": order, "agency": "customs"}
    await yard.ask("customs", "record_result", results=found(CUSTOMS_ITEMS), conclusion="normal", **given)
    strange = await yard.ask("quarantine", "reopen", **given)
    assert [problem.code for problem in strange.problems] == ["agency.not_yours"]
    assert (await yard.ask("customs", "reopen", **given)).problems == ()
    done = {"results": found(QUARANTINE_ITEMS), "conclusion": "normal"}
    await yard.ask("quarantine", "record_result", order=order, agency="quarantine", **done)
    assert (yard.state(), yard.dispositions()[ONE]) == ("results", "joint_inspection")
    (said,) = [
        json.loads(bytes(content))
        for (content,) in yard.rows("select content from sw.journal_entry where verb = 'inspection.changed'")
        if b"reopened" in bytes(content)
    ]
    assert said["reopened"] == "customs"


def shown(yard: Yard, office: str, show: Show, **more: Any) -> tuple[list[str], dict[str, int]]:
    """The states of the orders of a list, and how many answer each question."""
    party = yard.party[office]
    with yard.web(party) as connection, connection.cursor() as cursor:
        seen = inspection_lists.shown(Viewer((party,)), cursor, show, yard.now, **more)
    return [order.state for order in seen.orders], dict(seen.numbers)


async def test_the_list_says_whose_turn_it_is_what_is_late_and_what_is_over(yard: Yard) -> None:
    order, agency = yard.order(), {"agency": "customs", "plans": True}
    assert shown(yard, "customs", Show.OURS, **agency)[0] == ["collecting"]
    assert shown(yard, "terminal", Show.OURS, plans=True)[0] == ["collecting"]
    await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    assert shown(yard, "customs", Show.OURS, **agency)[0] == [], "its time has not come"
    assert shown(yard, "terminal", Show.OURS, plans=True)[0] == ["scheduled"]
    numbers = {"open": 1, "ours": 0, "overdue": 0, "today": 1}
    assert shown(yard, "customs", Show.TODAY, **agency) == (["scheduled"], numbers)
    yard.now += timedelta(hours=3)
    numbers |= {"ours": 1, "overdue": 1}
    assert shown(yard, "customs", Show.OVERDUE, **agency) == (["scheduled"], numbers)
    await yard.ask("customs", "start", order=order)
    given = {"order": order, "agency": "customs"}
    await yard.ask("customs", "record_result", results=found(CUSTOMS_ITEMS), conclusion="normal", **given)
    numbers |= {"ours": 0, "overdue": 0}
    assert shown(yard, "customs", Show.OURS, **agency) == ([], numbers)
    assert shown(yard, "quarantine", Show.OURS, agency="quarantine", plans=True)[0] == ["results"]
    done = {"results": found(QUARANTINE_ITEMS), "conclusion": "normal"}
    await yard.ask("quarantine", "record_result", order=order, agency="quarantine", **done)
    assert shown(yard, "customs", Show.OPEN, **agency)[0] == []
    assert shown(yard, "customs", Show.OVER, **agency)[0] == ["closed"]
    assert shown(yard, "border", Show.OVER, agency="border") == ([], dict.fromkeys(numbers, 0))
