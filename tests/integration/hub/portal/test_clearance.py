"""What the clearance pages read is what row-level security lets somebody read, agencies included."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from database import Database
from integration.hub.coordination.story import AT, ONE, TWO, Port, said
from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.coordination import services
from singlewindow.hub.portal.clearance import matrix, queries
from singlewindow.hub.portal.clearance.matrix import Line
from singlewindow.kernel.messages import Actor, Order, Outcome, Subject, Viewer

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
BROKER, STRANGER = 107, 999


async def ordered(database: Database) -> tuple[Port, UUID]:
    """Customs and quarantine both order an inspection of the first container."""
    port = Port(database)
    submission = port.declare()
    await port.receive(
        port.answer(
            submission, "customs", Outcome.INSPECT, 1, said("customs", Order.INSPECT, ONE, items=["seal"])
        ),
        port.answer(
            submission,
            "quarantine",
            Outcome.INSPECT,
            2,
            said("quarantine", Order.INSPECT, ONE, items=["pests"]),
        ),
    )
    return port, submission


def inspected(database: Database) -> tuple[Port, UUID]:
    return asyncio.run(ordered(database))


def lines(submission: UUID) -> dict[str, Line]:
    found = matrix.matrix(queries.kept_of(submission), AT + timedelta(seconds=3))
    return {line.number: line for line in found.lines} if found else {}


def test_the_firm_and_the_agency_see_one_composite_and_a_stranger_nothing(
    database: Database, reading: Reading
) -> None:
    port, submission = inspected(database)
    for viewer in (BROKER, port.party["customs"], port.party["terminal"]):
        with reading(viewer):
            one = lines(submission)[ONE]
            assert one.kind is not None
            assert one.kind.id == "joint_inspection"
            assert one.order is not None
            assert [cell.word is not None for cell in one.cells] == [True, True]
            assert TWO in lines(submission)
    with reading(STRANGER):
        assert queries.kept_of(submission) == {"dossiers": []}
        assert matrix.matrix(queries.kept_of(submission), AT) is None


def test_the_times_of_an_order_and_its_parts_are_read(database: Database, reading: Reading) -> None:
    port, _ = inspected(database)
    customs = port.party["customs"]
    with reading(customs):
        with connection.cursor() as cursor:
            (order,) = coordination.open_orders(Viewer((customs,)), cursor, "customs")
        told = {row["verb"] for row in queries.ask("moments_of", order=order.id, dossier=order.dossier)}
        assert "inspection.ordered" in told
        parts = queries.ask("parts_of", orders=[order.id])
        assert [row["agency"] for row in parts] == ["customs", "quarantine"]
    with reading(STRANGER):
        assert queries.ask("parts_of", orders=[order.id]) == []


def test_what_is_asked_on_a_screen_is_kept_for_who_asked_alone(database: Database, reading: Reading) -> None:
    port, submission = inspected(database)
    customs = port.party["customs"]
    actor, request = Actor("person", "1", "关员", customs), uuid4()
    with reading(customs), connection.cursor() as cursor:
        services.issue_instruction(
            actor,
            cursor,
            request=request,
            at=AT,
            dossier=submission,
            agency="customs",
            instruct=Order.HOLD,
            subject=Subject("container", TWO),
            basis="海关法",
            text="单证不齐",
        )
    with reading(customs):
        (row,) = queries.ask("asked", id=request)
        assert queries.read_json(row["arguments"])["text"] == "单证不齐"
        assert row["applied_at"] is None
    with reading(port.party["quarantine"]):
        assert queries.ask("asked", id=request) == []


def test_a_gate_that_never_heard_of_coordination_has_no_age(database: Database, reading: Reading) -> None:
    port = Port(database)
    with reading(port.party["terminal"]):
        assert queries.ask("pulse") == [{"at": None}]
