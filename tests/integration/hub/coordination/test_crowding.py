"""A container of which more is said than is compared: held whoever asks, a task, and a way out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, TWO, Yard, said
from integration.hub.coordination.test_claims import consignment, join, refused, release, tasks
from singlewindow.hub.coordination import crowding, facts, loading
from singlewindow.hub.coordination.deciding import decide
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
MOST = 5


@pytest.fixture
def yard(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> Yard:
    """As few instructions as a test writes are compared at once."""
    monkeypatch.setattr(facts, "instructions_most", lambda: MOST)
    return yard


async def lots(yard: Yard, number: int) -> list[UUID]:
    """Consignments in one container, the first in another one too; all that must have released all."""
    found = [
        consignment(yard, f"LOT{n}", 201 + n, True, (ONE, TWO) if n == 0 else (ONE,)) for n in range(number)
    ]
    await join(yard, *found)
    for lot in found:
        await release(yard, lot)
    await yard.work()
    return found


async def on_container(yard: Yard, lot: UUID, times: int, number: str = ONE) -> None:
    """So many versions of a favourable instruction on the container, as one consignment brought them."""
    for version in range(1, times + 1):
        order = said("customs", Order.RELEASE, number, version)
        await yard.receive(yard.answer(lot, "customs", Outcome.RELEASED, version, order))
    await yard.work()


def disposition(yard: Yard, lot: UUID, number: str = ONE) -> tuple[Any, ...]:
    (row,) = yard.rows(
        "select kind, agencies from sw.disposition where dossier = %s and number = %s", lot, number
    )
    return row


async def again(yard: Yard, *dossiers: UUID) -> None:
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await loading.lock(cursor)
        await decide(cursor, dossiers, await loading.offices(cursor, local_day(yard.now)), yard.means)


async def test_at_the_bound_all_is_compared_and_above_it_the_container_is_held(yard: Yard) -> None:
    mine, theirs = await lots(yard, 2)
    await on_container(yard, theirs, MOST)
    assert disposition(yard, mine) == ("released", [])
    assert refused(yard) == []
    assert tasks(yard, yard.party["platform"]) == []
    await on_container(yard, theirs, MOST + 1)
    for lot in (mine, theirs):
        assert disposition(yard, lot) == ("held", [crowding.BARS])
    assert disposition(yard, mine, TWO) == ("released", []), "the other container is not concerned"
    assert "G-21" in refused(yard)
    ((kind, _, state),) = tasks(yard, yard.party["platform"])
    assert (kind, state) == (crowding.KIND, "open")
    assert tasks(yard, 201) == [], "who has goods in it reads the disposition"


async def test_it_does_not_matter_whose_goods_are_decided_on(yard: Yard) -> None:
    mine, theirs = await lots(yard, 2)
    await on_container(yard, theirs, MOST + 1)
    for dossiers in ((mine,), (theirs,), (mine, theirs)):
        await again(yard, *dossiers)
        assert disposition(yard, mine) == disposition(yard, theirs) == ("held", [crowding.BARS])


async def test_with_a_higher_bound_it_is_compared_again_and_the_task_is_done(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = await lots(yard, 2)
    await on_container(yard, theirs, MOST + 1)
    monkeypatch.setattr(facts, "instructions_most", lambda: MOST + 1)
    await again(yard, mine, theirs)
    assert disposition(yard, mine) == ("released", [])
    assert refused(yard) == []
    ((_, _, state),) = tasks(yard, yard.party["platform"])
    assert state == "done"


def test_the_bound_is_a_fact() -> None:
    assert facts.instructions_most() == 4000
