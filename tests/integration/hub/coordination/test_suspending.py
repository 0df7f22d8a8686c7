"""A pass is suspended by newcomers once, while in force: not when it fell, nor once the box has left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from integration.hub.coordination.story import ONE, Yard
from integration.hub.coordination.test_claims import consignment, contested, join, release, told
from singlewindow.hub.coordination import claims, gate
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database
STANDS = "select revoked_at, used_at, version, suspended from sw.gate_pass"


async def test_a_pass_that_is_suspended_does_not_fall_once_more(yard: Yard) -> None:
    mine, _ = await contested(yard)
    suspended, barred = yard.rows(STANDS), yard.verbs().count("gate.barred")
    yard.now += timedelta(minutes=1)
    await yard.receive(yard.answer(mine, "customs", Outcome.HOLD, 9))
    assert yard.verbs().count("release.revoked") == 1
    assert yard.rows(STANDS) == suspended
    assert yard.verbs().count("gate.barred") == barred == 1


@pytest.mark.parametrize("gone", [True, False])
async def test_a_pass_that_was_used_or_fell_is_not_suspended(yard: Yard, gone: bool) -> None:
    first, late = (consignment(yard, f"LOT{n}", 201 + n, lot=True) for n in range(2))
    await release(yard, first)
    await yard.work()
    if gone:
        with yard.web(yard.party["terminal"]) as connection, connection.cursor() as cursor:
            truck = {"plate": "渝D1", "container": ONE, "seal": "S1"}
            assert gate.gate_out(yard.actor("terminal"), cursor, gate="1", at=yard.now, **truck).passed
    else:
        await yard.receive(yard.answer(first, "customs", Outcome.HOLD, 9))
    before = yard.rows(STANDS)
    await join(yard, late)
    assert yard.rows(STANDS) == before
    assert before[0][3] == ""
    assert told(yard, 201, "pass.suspended") == []


async def test_whose_goods_a_pass_is_for_suspends_it_not(yard: Yard) -> None:
    first = consignment(yard, "LOT", 201, lot=True)
    await release(yard, first)
    ((key,),) = yard.rows("select key from sw.gate_pass")
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await claims.suspend(cursor, [(key, first)], yard.now)
    assert yard.rows("select revoked_at from sw.gate_pass") == [(None,)]
