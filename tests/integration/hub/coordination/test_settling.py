"""Whose a container is: one matter of who decides, decided once, by nobody else and of nothing unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, TWO, Yard
from integration.hub.coordination.test_claims import (
    IN_FORCE,
    consignment,
    contested,
    join,
    refused,
    release,
    settle,
    tasks,
    told,
)
from singlewindow.hub.coordination import claims
from singlewindow.hub.dossier import claiming
from singlewindow.hub.exchange.services import LONGEST_REASON
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("office", "given", "code"),
    [
        ("quarantine", {}, "claim.not_yours"),
        ("terminal", {}, "claim.not_yours"),
        ("platform", {"reason": " "}, "request.reason"),
        ("platform", {"reason": "x" * (LONGEST_REASON + 1)}, "request.reason"),
        ("platform", {"reason": "x" * LONGEST_REASON, "key": f"{TWO}@2/9999993/1"}, "claim.unknown"),
        ("platform", {"ends": [UUID(int=7)]}, "claim.unknown"),
        ("platform", {"ends": [UUID(int=n) for n in range(claims.CLAIMS_MOST - 1)]}, "claim.unknown"),
        ("platform", {"stands": []}, "claim.nobody"),
        ("platform", {"ends": "same"}, "claim.contradicting"),
        ("platform", {"ends": [UUID(int=n) for n in range(claims.CLAIMS_MOST)]}, "claim.contradicting"),
        ("platform", {"stands": "all"}, "request.malformed"),
    ],
)
async def test_who_may_not_settle_changes_nothing(
    yard: Yard, office: str, given: dict[str, Any], code: str
) -> None:
    mine, theirs = await contested(yard)
    ((key,),) = yard.rows("select key from sw.claimed_container")
    asked: dict[str, Any] = {"key": key, "stands": [mine], "ends": [theirs], "reason": "x"} | given
    if asked["ends"] == "same":
        asked["ends"] = [mine]
    done = await yard.ask(office, "settle_claim", **asked)
    assert [problem.code for problem in done.problems] == [code]
    assert yard.rows("select distinct standing from sw.dossier_object") == [("counts",)]
    assert yard.rows(IN_FORCE, ONE) == [(False,)]


async def test_the_container_is_one_task_of_who_decides_and_decided_once(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    for office in ("platform", "customs"):
        ((kind, dossier, state),) = tasks(yard, yard.party[office])
        assert (kind, dossier, state) == (claiming.WHOSE, claiming.NOBODYS, "open")
    third = consignment(yard, "THIRD", 203)
    await join(yard, third)
    assert len(tasks(yard, yard.party["customs"])) == 1, "however many claim it"
    await settle(yard, "customs", mine, ends=[theirs])
    ((_, _, state),) = tasks(yard, yard.party["customs"])
    assert state == "open", "one that nobody was shown has not been decided on"
    assert refused(yard) == ["G-26"]
    await settle(yard, "customs", mine, ends=[third, theirs])
    assert {state for _, _, state in tasks(yard, yard.party["customs"])} == {"done"}
    assert yard.rows("select distinct state from sw.task") == [("done",)]
    assert refused(yard) == []
    assert len(told(yard, 201, "claim.settled")) == 2
    assert [len(told(yard, firm, "claim.ended")) for firm in (202, 203)] == [1, 1]


async def test_of_two_who_settle_at_once_the_second_undoes_nothing_unseen(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    await settle(yard, "customs", mine, ends=[theirs])
    late = await settle(yard, "platform", theirs, ends=[mine])
    assert [problem.code for problem in late.problems] == ["claim.decided"]
    ((standing,),) = yard.rows(
        "select standing from sw.dossier_object where dossier = %s and number = %s", mine, ONE
    )
    assert standing == "counts"
    assert refused(yard) == []


async def test_who_is_let_in_later_tells_nobody_else(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    await settle(yard, "platform", mine, ends=[theirs])
    late = consignment(yard, "LATE", 203, lot=True)
    await join(yard, late)
    ((kind, _, state),) = tasks(yard, yard.party["platform"])
    assert (kind, state) == (claiming.WHOSE, "open"), "asked anew, in the same task"
    await settle(yard, "platform", mine, late)
    assert len(told(yard, 201, "claim.settled")) == 1
    assert len(told(yard, 203, "claim.settled")) == 1
    assert yard.rows("select distinct state from sw.task") == [("done",)]


async def test_lots_that_remain_contradict_nobody(yard: Yard) -> None:
    mine = consignment(yard, "MINE", 201)
    lots = [consignment(yard, f"LOT{n}", 202 + n, lot=True) for n in range(2)]
    await join(yard, mine, *lots)
    assert yard.rows("select contested from sw.claimed_container") == [(True,)]
    await settle(yard, "platform", lots[0], ends=[mine])
    assert yard.rows("select contested, counting, whole from sw.claimed_container") == [(False, 2, 0)]


async def test_settling_makes_no_waiting_of_what_an_agency_ordered(yard: Yard) -> None:
    mine, theirs = consignment(yard, "MINE", 201), consignment(yard, "THEIRS", 202)
    for one in (mine, theirs):
        await release(yard, one)
    yard.now += timedelta(seconds=9)
    await yard.receive(yard.answer(mine, "customs", Outcome.HOLD, 9))
    await settle(yard, "platform", mine, theirs)
    assert yard.rows("select suspended, revoked_at is not null from sw.gate_pass") == [("", True)]
    assert refused(yard) == ["G-22", "G-21"]
