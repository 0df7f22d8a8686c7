"""A document that its agency never got: nothing leaves without it, and a newer one takes its place."""

from __future__ import annotations

from uuid import UUID

import pytest

from integration.hub.coordination.story import AT, ONE, TWO, Yard
from integration.hub.coordination.test_claims import join, refused, told
from integration.hub.coordination.test_corrected import PASSES, again, stands
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange.undelivered import Undelivered
from singlewindow.kernel.messages import Order, Outcome, Subject

pytestmark = pytest.mark.database
PARTNERS = ("customs", "quarantine")
BOTH = [(ONE,), (TWO,)]


async def lost(yard: Yard, submission: UUID, partner: str = "customs") -> None:
    """As process keeps it and the exchange hands it on, once somebody laid the dead letter aside."""
    document = yard.document(submission, partner)
    yard.rows(
        "update sw.document set phase = 'returned', stood = version where id = %s returning 1", document
    )
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        given_up = [Undelivered(submission, document, AT, "对方系统不收")]
        await Coordination(yard.means).undelivered(cursor, given_up)


async def released(yard: Yard, submission: UUID, seconds: float = 5) -> None:
    for partner in PARTNERS:
        await stands(yard, submission, partner, Outcome.RELEASED, seconds)


async def test_nothing_is_released_without_the_agency_that_never_got_it(yard: Yard) -> None:
    submission = yard.declare(partners=PARTNERS)
    await stands(yard, submission, "quarantine", Outcome.RELEASED)
    await lost(yard, submission)
    await yard.work()
    assert yard.rows("select distinct kind, missing from sw.disposition") == [("pending", ["customs"])]
    assert yard.rows(PASSES) == []
    assert refused(yard) == ["G-21"]


@pytest.mark.parametrize("first", ["anew", "aside"])
async def test_declared_anew_it_is_released_by_the_newer_one_alone(yard: Yard, first: str) -> None:
    submission = yard.declare(partners=PARTNERS)
    await stands(yard, submission, "quarantine", Outcome.RELEASED)
    if first == "aside":
        await lost(yard, submission)
    second = again(yard, partners=PARTNERS)
    await join(yard, second)
    await released(yard, second)
    if first == "anew":
        assert yard.rows(PASSES) == [], "customs has not released the first, and nobody gave it up"
        await lost(yard, submission)
    assert yard.rows(PASSES) == BOTH
    assert told(yard, 107, "release.issued")[-1]["containers"] == [ONE, TWO]


async def test_it_counts_again_as_soon_as_its_agency_speaks_of_it(yard: Yard) -> None:
    submission = yard.declare(partners=PARTNERS)
    await lost(yard, submission)
    second = again(yard, partners=PARTNERS)
    await released(yard, second)
    await stands(yard, submission, "quarantine", Outcome.RELEASED, 6)
    assert yard.rows(PASSES) == BOTH
    document = yard.document(submission, "customs")
    yard.rows("update sw.document set state_at = %s where id = %s returning 1", AT, document)
    await stands(yard, submission, "customs", Outcome.HOLD, 9)
    assert yard.rows(PASSES) == []
    assert dict(yard.rows("select number, kind from sw.disposition")) == {ONE: "held", TWO: "held"}


async def test_declared_anew_to_other_agencies_alone_it_is_missing_still(yard: Yard) -> None:
    submission = yard.declare(partners=PARTNERS)
    await stands(yard, submission, "customs", Outcome.RELEASED)
    await lost(yard, submission, "quarantine")
    await stands(yard, again(yard, partners=("customs",)), "customs", Outcome.RELEASED, 5)
    assert yard.rows("select distinct kind, missing from sw.disposition") == [("pending", ["quarantine"])]


@pytest.mark.parametrize("given_up", [True, False])
async def test_what_an_officer_holds_once_it_came_back_is_held_until_that_is_lifted(
    yard: Yard, given_up: bool
) -> None:
    submission = yard.declare(partners=PARTNERS)
    await stands(yard, submission, "quarantine", Outcome.RELEASED)
    if given_up:
        await lost(yard, submission)
    else:
        await stands(yard, submission, "customs", Outcome.RETURNED)
    held = {"dossier": submission, "agency": "customs", "instruct": Order.HOLD, "text": "核查货主"}
    asked = await yard.ask("customs", "issue_instruction", subject=Subject("container", ONE), **held)
    assert asked.problems == ()
    second = again(yard, partners=PARTNERS)
    await released(yard, second)
    assert yard.rows(PASSES) == [(TWO,)], "its system released the newer, and no officer lifted that"
    ((id_,),) = yard.rows("select id from sw.instruction where channel = 'screen'")
    lifted = {"agency": "customs", "instruction": id_, "reason": "已核对"}
    assert (await yard.ask("customs", "withdraw_instruction", **lifted)).problems == ()
    assert yard.rows(PASSES) == BOTH
