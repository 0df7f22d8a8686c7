"""Whose word counts for a container: claims that wait, declarations that follow, the terminal of any lot."""

from __future__ import annotations

import pytest

from integration.hub.coordination.story import ONE, Yard
from integration.hub.coordination.test_claims import (
    consignment,
    contested,
    join,
    refused,
    release,
    settle,
    told,
)
from integration.hub.dossier.declared import container
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database


async def test_a_claim_that_does_not_count_takes_nobodys_pass(yard: Yard) -> None:
    mine, theirs = await contested(yard)
    await settle(yard, "platform", mine, ends=[theirs])
    again = consignment(yard, "AGAIN", 203)
    await join(yard, again)
    await release(yard, again)
    assert told(yard, 203, "release.issued")[-1]["without"] == [ONE], "terminals hear nothing of it"
    await yard.receive(yard.answer(again, "customs", Outcome.HOLD, 9))
    await yard.work()
    assert refused(yard) == []
    await yard.receive(yard.answer(again, "customs", Outcome.RELEASED, 12))
    await yard.work()
    assert refused(yard) == []


async def test_a_further_declaration_of_the_goods_is_waited_for(yard: Yard) -> None:
    await release(yard, consignment(yard, "MINE", 201))
    await yard.work()
    assert refused(yard) == []
    further = consignment(yard, "MINE", 201)
    await join(yard, further)
    assert refused(yard) == ["G-22", "G-21"]
    await release(yard, further)
    assert refused(yard) == []


async def test_the_terminal_that_any_lot_names_lets_the_container_out(yard: Yard) -> None:
    mine = consignment(yard, "MINE", 201, True)
    nameless = {"bill_number": "THEIRS", "terminal_code": "", "containers": [container(ONE, True)]}
    theirs = yard.declare(viewers=(202,), **nameless)
    await join(yard, mine, theirs)
    await release(yard, mine)
    await release(yard, theirs)
    await yard.work()
    assert refused(yard) == []
