"""Officers' orders on one thing stand side by side; results and named releases touch nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from integration.hub.coordination.story import AT, ONE, TWO, Yard, found, said
from singlewindow.kernel.messages import Order, Outcome, Subject

pytestmark = pytest.mark.database
BOX = Subject("container", ONE)


class Desk(Yard):
    """Officers of quarantine, which has no system of its own here; customs has released by wire."""

    dossier: UUID

    async def order(self, what: Order, subject: Subject = BOX, items: tuple[str, ...] = ()) -> str:  # type: ignore[override]
        self.now += timedelta(seconds=1)
        given = {"instruct": what, "subject": subject, "items": items, "basis": "", "text": ""}
        asked = await self.ask(
            "quarantine", "issue_instruction", dossier=self.dossier, agency="quarantine", **given
        )
        assert asked.problems == ()
        ((name,),) = self.rows(
            "select id from sw.instruction where channel = 'screen' order by version desc limit 1"
        )
        return str(name)

    async def back(self, name: str) -> None:
        self.now += timedelta(seconds=1)
        given = {"agency": "quarantine", "instruction": name, "reason": "核对无误"}
        assert (await self.ask("quarantine", "withdraw_instruction", **given)).problems == ()

    async def inspected(self, number: str) -> None:
        ((order,),) = self.rows("select id from sw.inspection_order where name = %s", number)
        when = {"when": self.now + timedelta(hours=2), "place": "B"}
        done = {"agency": "quarantine", "results": found(("pests",)), "conclusion": "normal"}
        for verb, given in (("appoint", when), ("start", {}), ("record_result", done)):
            assert (await self.ask("quarantine", verb, order=order, **given)).problems == ()

    @property
    def bill(self) -> Subject:
        return Subject("bill", str(self.dossier))

    def stands(self) -> str:
        return self.dispositions()[ONE]


@pytest.fixture
async def desk(database: Any) -> Desk:
    """Both agencies have released everything."""
    desk = Desk(database)
    desk.dossier = desk.declare()
    partners = ("customs", "quarantine")
    await desk.receive(*(desk.answer(desk.dossier, one, Outcome.RELEASED) for one in partners))
    assert desk.dispositions() == {ONE: "released", TWO: "released"}
    return desk


async def test_who_takes_an_order_back_lifts_no_colleagues(desk: Desk) -> None:
    look, hold = await desk.order(Order.INSPECT, items=("pests",)), await desk.order(Order.HOLD)
    assert desk.stands() == "held"
    await desk.back(look)
    assert desk.stands() == "held"
    again = await desk.order(Order.INSPECT, items=("pests",))
    await desk.back(hold)
    assert desk.stands() == "single_inspection"
    await desk.back(again)
    assert desk.stands() == "released"


async def test_a_hold_leaves_the_inspection_to_be_carried_out(desk: Desk) -> None:
    await desk.order(Order.INSPECT, items=("pests",))
    hold = await desk.order(Order.HOLD)
    standing = "select standing from sw.inspection_part where agency = 'quarantine'"
    assert desk.rows(standing) == [("joined",)]
    await desk.inspected(ONE)
    assert desk.stands() == "held", "a result lifts no hold"
    await desk.back(hold)
    assert desk.stands() == "released"


async def test_the_result_of_an_inspection_of_the_bill_lifts_no_hold_on_a_box(desk: Desk) -> None:
    hold = await desk.order(Order.HOLD)
    await desk.order(Order.INSPECT, desk.bill, ("pests",))
    await desk.inspected(ONE)
    assert desk.dispositions() == {ONE: "held", TWO: "single_inspection"}
    await desk.inspected(TWO)
    await desk.back(hold)
    assert desk.dispositions() == {ONE: "released", TWO: "released"}


async def test_a_box_that_was_named_and_inspected_brings_the_other_under_no_inspection(desk: Desk) -> None:
    await desk.order(Order.INSPECT, desk.bill, ("pests",))
    await desk.order(Order.INSPECT, items=("pests",))
    assert desk.dispositions() == {ONE: "single_inspection", TWO: "released"}
    await desk.inspected(ONE)
    assert desk.dispositions() == {ONE: "released", TWO: "released"}


async def test_by_wire_a_released_box_that_was_named_brings_the_other_under_no_inspection(desk: Desk) -> None:
    answers = (
        (Outcome.INSPECT, ()),
        (Outcome.INSPECT, (said("customs", Order.INSPECT, ONE),)),
        (Outcome.RELEASED, (said("customs", Order.RELEASE, ONE, 2),)),
    )
    stood = []
    for minute, (outcome, named) in enumerate(answers, 1):
        told = [replace(one, at=AT + timedelta(minutes=minute)) for one in named]
        await desk.receive(desk.answer(desk.dossier, "customs", outcome, 60 * minute, *told))
        stood.append(desk.dispositions())
    assert [one[TWO] for one in stood] == ["single_inspection", "pending", "pending"]
    assert [one[ONE] for one in stood] == ["single_inspection", "single_inspection", "released"]
