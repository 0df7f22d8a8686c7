"""Favourable answers in bulk wait a moment and are decided on together; what bars does not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from integration.hub.coordination.story import AT, Yard, said
from singlewindow.hub.coordination import gathering, loading
from singlewindow.kernel.clock import local_day
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database

MANY = gathering.FEW + 1
DUE = "select count(*) from sw.coordination_due"
KINDS = "select kind, count(*) from sw.disposition group by kind order by kind"


@pytest.fixture
def yard(database: Any) -> Yard:
    return Yard(database)


def declared(yard: Yard, count: int, partners: Sequence[str] = ("customs", "quarantine")) -> list[UUID]:
    return [
        yard.declare(partners, viewers=(300 + n,), bill_number=f"G{n}", containers=[]) for n in range(count)
    ]


async def released(yard: Yard, consignments: Sequence[UUID], partner: str) -> None:
    await yard.receive(*(yard.answer(one, partner, Outcome.RELEASED) for one in consignments))


async def once(yard: Yard) -> int:
    dsn = yard.database.dsn("sw_engine")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        return await gathering.once(connection, yard.means)


async def test_answers_in_bulk_are_kept_at_once_and_decided_on_together(yard: Yard) -> None:
    many = declared(yard, MANY)
    await released(yard, many, "customs")
    await released(yard, many, "quarantine")
    assert yard.rows("select count(*) from sw.instruction") == [(2 * MANY,)]
    assert (yard.rows(DUE), yard.rows(KINDS)) == ([(MANY,)], [])
    assert await once(yard) == MANY
    assert (yard.rows(DUE), yard.rows(KINDS)) == ([(0,)], [("released", MANY)])
    assert yard.verbs() == ["composite.changed"] * MANY + ["release.issued"] * MANY, "judged once, not twice"
    assert await once(yard) == 0


async def test_a_few_answers_are_decided_on_in_the_transaction_that_brings_them(yard: Yard) -> None:
    await released(yard, declared(yard, gathering.FEW), "customs")
    assert (yard.rows(DUE), yard.rows(KINDS)) == ([(0,)], [("pending", gathering.FEW)])


async def test_a_hold_among_many_is_decided_on_at_once(yard: Yard) -> None:
    many = declared(yard, MANY)
    answers = [yard.answer(one, "customs", Outcome.RELEASED) for one in many]
    await yard.receive(*answers, yard.answer(many[0], "quarantine", Outcome.HOLD, 1))
    assert (yard.rows(DUE), yard.rows(KINDS)) == ([(MANY - 1,)], [("held", 1)])
    assert await once(yard) == MANY - 1
    assert yard.rows(KINDS) == [("held", 1), ("pending", MANY - 1)]


async def test_no_transaction_takes_more_than_its_share(yard: Yard, monkeypatch: Any) -> None:
    monkeypatch.setattr(gathering, "MOST", 10)
    await released(yard, declared(yard, MANY), "customs")
    assert [await once(yard) for _ in range(4)] == [10, 10, MANY - 20, 0]
    assert yard.rows(KINDS) == [("pending", MANY)]


async def test_the_gates_pulse_is_no_fresher_than_what_is_due(yard: Yard) -> None:
    pulse = "select at from sw.coordination_pulse"
    await released(yard, declared(yard, MANY), "customs")
    yard.now = later = AT + timedelta(seconds=30)
    await yard.work()
    assert yard.rows(pulse) == [(AT,)]
    await once(yard)
    await yard.work()
    assert yard.rows(pulse) == [(later,)]


async def test_a_ship_cleared_with_each_consignment_is_cleared_once_and_frees_no_cargo(yard: Yard) -> None:
    ships = declared(yard, MANY, partners=("border",))
    clear = [said("border", Order.RELEASE, "9999993", n, kind="conveyance") for n in range(MANY)]
    await yard.receive(
        *(
            yard.answer(one, "border", Outcome.RELEASED, 0, order)
            for one, order in zip(ships, clear, strict=True)
        )
    )
    assert await once(yard) == MANY + 1, "the consignments and the call"
    rows = "select subject_kind, kind, missing, count(*) from sw.disposition group by 1, 2, 3 order by 1"
    assert yard.rows(rows) == [
        ("bill", "pending", ["customs"], MANY),
        ("conveyance", "pending", ["customs", "maritime", "quarantine"], 1),
    ]
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        cases = await loading.outlined(cursor, ships, await loading.offices(cursor, local_day(yard.now)))
        await loading.fill(cursor, [*cases.values()])
    assert {len(case.counting) for case in cases.values()} == {1}, "others' releases of the ship are not read"


async def test_the_task_decides_as_soon_as_it_is_told_and_ends_when_cancelled(yard: Yard) -> None:
    many = declared(yard, MANY)
    async with asyncio.timeout(20):
        task = asyncio.create_task(gathering.run(yard.database.dsn("sw_engine"), yard.means))
        await released(yard, many, "customs")
        while yard.rows(KINDS) != [("pending", MANY)]:  # noqa: ASYNC110 - the data base tells no test
            await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
