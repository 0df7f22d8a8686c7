"""The consignment's page offers to issue a release anew where the worker does, and nowhere else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from database import Database
from integration.hub.coordination.story import AT, ONE, TWO, Yard, said
from integration.hub.coordination.test_renewing import BROKER, out, renew
from singlewindow.hub.coordination import facts
from singlewindow.hub.portal.clearance import queries
from singlewindow.hub.portal.clearance.renewal import offered
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
LATER = timedelta(days=5)


async def released_apart(database: Database) -> Yard:
    """One container released at once and out, the other held for five days and released by itself."""
    yard = Yard(database)
    yard.party["broker"] = BROKER
    submission = yard.submission = yard.declare()  # type: ignore[attr-defined]
    hold = said("quarantine", Order.HOLD, TWO)
    await yard.receive(yard.answer(submission, "quarantine", Outcome.HOLD, 1, hold))
    agencies = ("customs", "quarantine")
    await yard.receive(*(yard.answer(submission, agency, Outcome.RELEASED, 2) for agency in agencies))
    await yard.work()
    assert out(yard, ONE) == []
    yard.now = AT + LATER
    await lifted(yard)
    return yard


async def lifted(yard: Yard, version: int = 2, *, withdrawn: bool = True) -> None:
    """The hold on the second container is lifted, or put on it again."""
    outcome = Outcome.NOTED if withdrawn else Outcome.HOLD
    hold = said("quarantine", Order.HOLD, TWO, version, withdrawn=withdrawn)
    await yard.receive(yard.answer(yard.submission, "quarantine", outcome, 60 + version, hold))  # type: ignore[attr-defined]


def offers(yard: Yard, reading: Reading) -> bool:
    with reading(BROKER):
        return bool(offered(queries.kept_of(yard.submission), yard.now))  # type: ignore[attr-defined]


def test_where_only_a_newer_release_is_needed_still_the_page_offers_nothing(
    database: Database, reading: Reading
) -> None:
    yard = asyncio.run(released_apart(database))
    yard.now = AT + facts.release_validity()
    assert not offers(yard, reading), "the one that ends is of what has left"
    assert asyncio.run(renew(yard)) == ["release.nothing_left"]
    yard.now += LATER
    assert offers(yard, reading)
    assert asyncio.run(renew(yard)) == []
    assert not offers(yard, reading), "the new one does not end yet"


def test_what_is_barred_meanwhile_is_not_offered(database: Database, reading: Reading) -> None:
    yard = asyncio.run(released_apart(database))
    asyncio.run(lifted(yard, 3, withdrawn=False))
    yard.now = AT + facts.release_validity()
    assert not offers(yard, reading)
    assert asyncio.run(renew(yard)) == ["release.nothing_left"]


def test_a_container_that_is_in_it_no_more_needs_no_release(database: Database, reading: Reading) -> None:
    yard = asyncio.run(released_apart(database))
    yard.rows("update sw.dossier_object set standing = 'ended', until = %s where number = %s", yard.now, TWO)
    yard.now = AT + facts.release_validity() + LATER
    assert not offers(yard, reading)
    assert asyncio.run(renew(yard)) == ["release.nothing_left"]
