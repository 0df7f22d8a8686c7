"""A container of several consignments: each owner reads why it stays, and nothing of the others' goods."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection

import plain_django  # noqa: F401 - programs' questions need settings
from database import Database
from integration.hub.coordination.story import AT, ONE, VALUES, Port, said
from integration.hub.exchange.telling import boxed
from integration.hub.portal.test_clearance import HANDED_IN, let_read
from singlewindow.hub.coordination import api_queries as programs
from singlewindow.hub.coordination import queries as coordination
from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.queries import Ordered
from singlewindow.hub.portal import queries as portal
from singlewindow.hub.portal.clearance import inside, matrix, queries, sharing
from singlewindow.hub.portal.clearance.matrix import Cell, Line
from singlewindow.hub.portal.forwarding import queries as forwarding
from singlewindow.hub.portal.notices import told
from singlewindow.hub.portal.words import word
from singlewindow.kernel.messages import Order, Outcome, Viewer

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
OWNER, OTHER, HELD = 107, 207, 307
AGENCIES = ("customs", "quarantine")


async def _inspected(database: Database) -> tuple[Port, dict[int, UUID]]:
    """Three firms' lots are released; then quarantine opens the box for one, and customs holds another."""
    port = Port(database)
    box = {"containers": [VALUES["containers"][0] | {"less_than_container_load": "1"}]}
    own = {
        firm: port.declare(AGENCIES, (firm,), bill_number=f"LCL{firm}", **box)
        for firm in (OWNER, OTHER, HELD)
    }
    await port.receive(
        *(port.answer(one, agency, Outcome.RELEASED) for one in own.values() for agency in AGENCIES)
    )
    asked = said("quarantine", Order.INSPECT, ONE, items=["pests"], text="木质包装有虫蛀，品名存疑")
    await port.receive(port.answer(own[OWNER], "quarantine", Outcome.INSPECT, 5, asked))
    await port.receive(port.answer(own[HELD], "customs", Outcome.HOLD, 6))
    return port, own


def line(submission: UUID) -> Line:
    found = matrix.matrix(queries.kept_of(submission), AT + timedelta(seconds=9))
    assert found is not None
    return next(one for one in found.lines if one.number == ONE)


def cell(of: Line, agency: str) -> Cell:
    return next(one for one in of.cells if one.agency.id == agency)


def order_of(viewer: int) -> Ordered:
    with connection.cursor() as cursor:
        (found,) = coordination.open_orders(Viewer((viewer,)), cursor, None)
    return found


def test_a_cell_never_says_released_where_the_whole_container_is_ordered_otherwise(
    database: Database, reading: Reading
) -> None:
    _, own = asyncio.run(_inspected(database))
    for firm in (OTHER, HELD):
        with reading(firm):
            shown = cell(line(own[firm]), "quarantine")
            assert shown.word is not None
            assert shown.word.id == str(int(Order.INSPECT))
            assert shown.text == sharing.WITH_OTHERS, "the words came with others' goods"
            assert shown.reference is None
    with reading(OWNER):
        assert "虫蛀" in (cell(line(own[OWNER]), "quarantine").text or sharing.WITH_OTHERS).zh
    with reading(HELD):
        held = cell(line(own[HELD]), "customs")
        assert held.word is not None
        assert held.word.id == str(int(Order.HOLD)), "its own hold stands where it was given"


def test_everybody_is_led_to_the_order_and_the_container_is_called_shared(
    database: Database, reading: Reading
) -> None:
    _, own = asyncio.run(_inspected(database))
    for firm, submission in own.items():
        with reading(firm):
            shown, order = line(submission), order_of(firm)
            assert shown.order is not None
            assert shown.order["id"] == order.id
            assert "quarantine" in shown.inspected_by
            assert shown.note is not None
            assert "拼箱" in shown.note.zh


def test_the_order_names_each_owners_consignment_seal_and_history(
    database: Database, reading: Reading
) -> None:
    port, own = asyncio.run(_inspected(database))
    for firm, submission in own.items():
        with reading(firm):
            order = order_of(firm)
            assert order.dossier == NOBODYS
            found = inside.of(order)
            assert [one["name"] for one in found] == [f"LCL{firm}"]
            assert [one["submission"] for one in inside.linked(found)] == [submission]
            assert inside.called([order]) == {order.id: f"LCL{firm}"}
            assert inside.box(order, found)["seal"] == VALUES["containers"][0]["seal_number"]
            asks = inside.told(order)
            told = {row["verb"] for row in queries.ask(asks["moments"], order=order.id, dossier=NOBODYS)}
            assert "inspection.ordered" in told
            assert queries.ask(asks["history"], order=order.id, dossier=NOBODYS)
    with reading(999):
        assert queries.ask(asks["history"], order=order.id, dossier=NOBODYS) == []
        assert inside.of(order) == ()
    let_read(database)
    with reading(port.party["quarantine"]):
        assert len(inside.of(order)) == len(own), "who was sent all three reads all three"
        assert inside.called([order]) == {order.id: f"LCL{OWNER} +2"}


def test_the_axis_the_search_and_those_told_know_of_what_was_ordered_on_the_whole_container(
    database: Database, reading: Reading
) -> None:
    insert = "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
    for firm in (OWNER, OTHER, HELD):
        database.execute("postgres", f"{insert} values (%s, 'firm', %s, 'x', 'x')", firm, f"F{firm}")
    port, own = asyncio.run(_inspected(database))
    asyncio.run(boxed(port))
    with psycopg.connect(database.dsn("postgres")) as owner:
        for firm, submission in own.items():
            owner.execute("set local search_path = sw")
            owner.execute(HANDED_IN, [submission, firm, AT, [firm]])
    for firm, submission in own.items():
        with reading(firm):
            order = order_of(firm)
            kept = portal.consignment(submission)
            assert kept is not None
            acted = [(row["what"], row["number"], row["shared"]) for row in kept["acts"]]
            assert ("ordered", ONE, True) in acted
            assert acted.count(("ordered", ONE, True)) == 1
            assert portal.find(order.number) == [submission]
            roles = [one.role for one in told.boxes(submission)]
            assert roles.count(word("role", "importer").text) == 1, "itself, and no other owner"
            listed = programs.ask(
                "inspections", before=None, state=None, open=True, dossier=submission, most=9
            )
            assert [row["id"] for row in listed] == [order.id]
    with reading(999):
        assert portal.find(order.number) == []


def test_a_forwarder_is_led_to_what_it_attends_of_a_shared_container(
    database: Database, reading: Reading
) -> None:
    forwarder = 909
    insert = "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
    database.execute(
        "postgres", f"{insert} values (%s, 'firm', %s, 'x', 'x')", forwarder, VALUES["ship_agent_code"]
    )
    _, own = asyncio.run(_inspected(database))
    with reading(forwarder):
        order = order_of(forwarder)
        attended = {
            line.id: [visit.order for visit in line.visits] for line in forwarding.told([*own.values()])
        }
        assert attended == {consignment: [order.id] for consignment in own.values()}
        (visit,) = forwarding.to_attend()
        assert (visit.order, visit.consignment) == (order.id, f"LCL{OWNER} +2")
