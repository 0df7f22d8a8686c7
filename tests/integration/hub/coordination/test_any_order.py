"""What agencies say and take back comes in any order, grouping and repetition, and makes one result."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import database as databases
from integration.hub.coordination.story import ONE, TWO, Port, Yard, found, said
from singlewindow.hub.coordination.release import verified
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database


def freed(port: Port) -> set[str]:
    """Containers that the signed releases in force name."""
    rows = port.rows("select statement, signature from sw.release where revoked_at is null")
    read = [verified(bytes(one), bytes(by), port.key.verifying_key) for one, by in rows]
    return {box.number for statement in read if statement for box in statement.containers}


def everything_said(port: Port) -> list[Arrived]:
    """Of what customs says of the whole the last counts; quarantine takes back what it said of box two."""
    submission = port.declare()
    seal, pests = (
        said("quarantine", Order.INSPECT, ONE, items=["seal"]),
        said("quarantine", Order.INSPECT, ONE, 2, items=["seal", "pests"]),
    )
    look, back = (
        said("quarantine", Order.INSPECT, TWO, items=["goods"]),
        said("quarantine", Order.INSPECT, TWO, 2, withdrawn=True),
    )
    return [
        port.answer(submission, "customs", Outcome.INSPECT, 1),
        port.answer(submission, "quarantine", Outcome.INSPECT, 2, look),
        port.answer(submission, "quarantine", Outcome.NOTED, 5, back),
        port.answer(submission, "customs", Outcome.RELEASED, 7),
        port.answer(submission, "quarantine", Outcome.INSPECT, 2, seal),
        port.answer(submission, "quarantine", Outcome.INSPECT, 6, pests),
        port.answer(submission, "quarantine", Outcome.RELEASED, 3),
        port.answer(submission, "customs", Outcome.HOLD, 4),
        port.answer(submission, "customs", Outcome.CLOSED, 7.5),
    ]


@settings(max_examples=8, deadline=None, print_blob=True)
@given(order=st.permutations([*range(9), 0, 1, 5]), cuts=st.sets(st.integers(1, 11)))
def test_receipts_in_any_order_grouping_and_repetition_give_one_result(
    database_server: Any, order: Any, cuts: Any
) -> None:
    with databases.cloned(database_server) as fresh:
        port = Yard(fresh)
        answers = everything_said(port)
        for start, end in pairwise([0, *sorted(cuts), len(order)]):
            asyncio.run(port.receive(*[answers[n] for n in order[start:end]]))
        assert port.rows("select count(*) from sw.instruction") == [(len(answers),)], "each is kept once"
        assert port.dispositions() == {ONE: "single_inspection", TWO: "released"}
        joined = [one for one in port.parts() if one[2] == "joined"]
        assert joined == [(ONE, "quarantine", "joined", ["seal", "pests"])]
        assert freed(port) == {TWO}
        in_force = "select number from sw.gate_pass where revoked_at is null and used_at is null"
        assert port.rows(in_force) == [(TWO,)]
        asyncio.run(looked_into(port))
        assert port.dispositions() == {ONE: "released", TWO: "released"}
        assert freed(port) == {ONE, TWO}


async def looked_into(port: Yard) -> None:
    """The result of the one order that is left, which releases what everybody has released."""
    order, when = port.order(), port.now + timedelta(hours=1)
    await port.ask("quarantine", "appoint", order=order, when=when, place="B-07")
    await port.ask("quarantine", "start", order=order)
    results = found(["seal", "pests"])
    given = {"agency": "quarantine", "results": results, "conclusion": "normal"}
    assert (await port.ask("quarantine", "record_result", order=order, **given)).problems == ()
