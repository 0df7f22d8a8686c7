"""A joint order, one result and one signed release for each of the five kinds of object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, Yard, found, said
from platform_under_test import context, sample
from singlewindow.hub.coordination.release import Statement, verified
from singlewindow.hub.exchange.storing import store
from singlewindow.hub.exchange.submission import prepare
from singlewindow.kernel.messages import Instruction, Order, Outcome

pytestmark = pytest.mark.database
LOOSE: dict[str, Any] = {"containers": [], "conveyance_name": "", "imo_number": "", "voyage_number": ""}
ORDERED = {"bill_number": "", "entry_number": "", "order_platform": "DEMO-SHOP", "order_number": "P-4711"}
BOX = {
    "container_number": ONE, "container_type": "11", "seal_number": "DM884120", "goods_line_numbers": "1,2,3",
    "less_than_container_load": "0",
}  # fmt: skip
CLEARING = ("customs", "quarantine")


@dataclass(frozen=True)
class Thing:
    """How a kind of object is declared, how agencies name it, and who must release it.

    What no shipped document names (decision 0007) comes by no door: its content is stored as it is.
    """

    kind: str
    number: str
    values: dict[str, Any]
    clearing: tuple[str, ...] = CLEARING
    by_a_door: bool = True


THINGS = [
    Thing("container", ONE, {"containers": [BOX]}),
    Thing("bill", "LOOSE1", {"containers": [], "bill_number": "LOOSE1"}),
    Thing("express", "P-4711", LOOSE | ORDERED | {"transport_mode": "5"}, by_a_door=False),
    Thing("postal", "EB123456785CN", LOOSE | {"transport_mode": "6", "bill_number": "EB123456785CN"}),
    Thing("conveyance", "9999993", {"containers": []}, ("border", "customs", "maritime", "quarantine")),
]


@pytest.fixture(params=THINGS, ids=lambda thing: thing.kind)
def thing(request: pytest.FixtureRequest) -> Thing:
    return request.param


def look(agency: str, thing: Thing, *items: str, **more: Any) -> Instruction:
    return said(agency, Order.INSPECT, thing.number, items=items, kind=thing.kind, **more)


async def declared(yard: Yard, thing: Thing) -> UUID:
    """Checked and stored as a door does it; sent to who clears it, and to the border."""
    offices = {name: yard.party[name] for name in sorted({*thing.clearing, "border"})}
    if not thing.by_a_door:
        return yard.declare(partners=[*offices], **thing.values)
    prepared = prepare(sample(**thing.values), context(offices=offices))
    async with await yard.database.connect("sw_intake") as connection, connection.cursor() as cursor:
        await store(cursor, [prepared])
    return prepared.submission_id


async def ordered(yard: Yard, thing: Thing) -> UUID:
    """Customs and quarantine both want to see it."""
    submission = await declared(yard, thing)
    asked = (look("customs", thing, "seal", "goods"), look("quarantine", thing, "seal", "pests"))
    await yard.receive(
        *(yard.answer(submission, one.agency, Outcome.INSPECT, n, one) for n, one in enumerate(asked, 1))
    )
    return submission


async def inspected(yard: Yard, order: UUID) -> None:
    """Appointed, there, started, and each agency's conclusion."""
    await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    await yard.ask("customs", "start", order=order)
    for agency, items in (("customs", ("seal", "goods")), ("quarantine", ("pests",))):
        given = {"agency": agency, "results": found(items), "conclusion": "normal"}
        done = await yard.ask(agency, "record_result", order=order, **given)
        assert done.problems == ()


def standing(yard: Yard, kind: str) -> str:
    """The disposition of the object itself, the only one of its kind here."""
    ((disposition,),) = yard.rows("select kind from sw.disposition where subject_kind = %s", kind)
    return disposition


async def test_one_joint_order_with_the_union_of_both_checklists(database: Any, thing: Thing) -> None:
    yard = Yard(database)
    await ordered(yard, thing)
    assert standing(yard, thing.kind) == "joint_inspection"
    ((kind, state, lead),) = yard.rows("select subject_kind, state, lead from sw.inspection_order")
    assert (kind, state, lead) == (thing.kind, "collecting", "customs")
    assert {item for *_, items in yard.parts() for item in items} == {"goods", "pests", "seal"}


async def test_who_comes_before_it_starts_joins(database: Any, thing: Thing) -> None:
    yard = Yard(database)
    submission = await ordered(yard, thing)
    order = yard.order()
    await yard.receive(
        yard.answer(submission, "border", Outcome.INSPECT, 5, look("border", thing, "papers")),
        yard.answer(
            submission, "customs", Outcome.INSPECT, 6, look("customs", thing, "goods", "weight", version=2)
        ),
    )
    assert yard.order() == order
    assert [tuple(part) for _, *part in yard.parts()] == [
        ("border", "joined", ["papers"]),
        ("customs", "joined", ["goods", "weight"]),
        ("quarantine", "joined", ["seal", "pests"]),
    ]


async def test_who_comes_after_it_ended_recognises_the_result(database: Any, thing: Thing) -> None:
    yard = Yard(database)
    submission = await ordered(yard, thing)
    order = yard.order()
    await inspected(yard, order)
    late = look("border", thing, "seal")
    await yard.receive(yard.answer(submission, "border", Outcome.INSPECT, 99, late))
    assert standing(yard, thing.kind) == "single_inspection"
    assert yard.rows("select count(*) from sw.inspection_order") == [(1,)], "nothing is opened twice"
    offered = yard.rows("select agency from sw.inspection_part where standing = 'offered'")
    assert offered == [("border",)]
    assert (await yard.ask("border", "recognise", order=order, agency="border")).problems == ()
    assert standing(yard, thing.kind) == "pending"


async def test_one_result_then_one_signed_release_that_a_hold_revokes(database: Any, thing: Thing) -> None:
    yard = Yard(database)
    submission = await ordered(yard, thing)
    await inspected(yard, yard.order())
    assert yard.rows("select conclusion, state from sw.inspection_order") == [("normal", "closed")]
    assert standing(yard, thing.kind) == "pending", "an inspection releases nothing by itself"
    for n, agency in enumerate(thing.clearing, 20):
        free = said(agency, Order.RELEASE, thing.number, n, kind=thing.kind)
        await yard.receive(yard.answer(submission, agency, Outcome.RELEASED, n, free))
    assert standing(yard, thing.kind) == "released"
    if thing.kind != "conveyance":
        assert signed(yard).goods == ("bill" if thing.kind == "container" else thing.kind)
    hold = said("customs", Order.HOLD, thing.number, 90, kind=thing.kind)
    await yard.receive(yard.answer(submission, "customs", Outcome.HOLD, 90, hold))
    assert standing(yard, thing.kind) == "held"
    assert yard.rows("select count(*) from sw.release where revoked_at is null") == [(0,)]
    assert yard.rows("select count(*) from sw.gate_pass where revoked_at is null") == [(0,)]


def signed(yard: Yard) -> Statement:
    """What the newest release says, believed only by its signature."""
    rows = yard.rows("select statement, signature from sw.release order by version desc limit 1")
    statement = verified(bytes(rows[0][0]), bytes(rows[0][1]), yard.key.verifying_key)
    assert statement is not None
    assert verified(bytes(rows[0][0]) + b" ", bytes(rows[0][1]), yard.key.verifying_key) is None
    return statement
