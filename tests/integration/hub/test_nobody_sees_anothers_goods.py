"""What is physically together stays apart on paper: every table, read as everybody, searched for others."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from integration.hub.yard_of_many import COLUMNS, READABLE, Yard, lot
from singlewindow.kernel.messages import Instruction, Order, Outcome, Subject
from singlewindow.server import rooms

pytestmark = pytest.mark.database
BOX = "CQXU2045171"
LOTS = 12


def said(yard: Yard, agency: str, order: Order, kind: str, number: str, text: str) -> Instruction:
    name, subject = f"{agency}-{kind}-{number}", Subject(kind, number)
    return Instruction(name, agency, order, subject, yard.clock, items=("seal", text), text=text)


@pytest.fixture
async def yard(database: Any) -> Yard:
    """Twelve lots in one container, which comes back full of a thirteenth importer's goods.

    One lot is held, with words about it; the container is inspected jointly; the rest is released.
    """
    yard = Yard(database, LOTS + 1, seed=20261121)
    for importer in range(LOTS):
        await yard.declare(importer, voyage_number="2511E", containers=lot(BOX, "DM884120", less=True))
    back = await yard.declare(LOTS, voyage_number="2512E", containers=lot(BOX, "DM884199", less=False))
    held, looked = yard.consignments[3], yard.consignments[5]
    bill = said(yard, "customs", Order.HOLD, "bill", held.prepared.title, f"{held.mark} 单货不符")
    box = [
        said(yard, agency, Order.INSPECT, "container", BOX, f"{looked.mark} 布控")
        for agency in ("customs", "quarantine")
    ]
    await yard.answered(
        yard.receipt(held, "customs", Outcome.HOLD, bill, text=f"{held.mark} 待核"),
        yard.receipt(looked, "customs", Outcome.INSPECT, box[0], text=looked.mark),
        yard.receipt(looked, "quarantine", Outcome.INSPECT, box[1], text=looked.mark),
        yard.receipt(back, "customs", Outcome.RELEASED, text=back.mark),
        yard.receipt(back, "quarantine", Outcome.RELEASED),
        yard.receipt(back, "maritime", Outcome.RELEASED),
        *(
            yard.receipt(one, agency, Outcome.RELEASED)
            for one in yard.consignments[:LOTS]
            for agency in ("customs", "quarantine", "maritime")
            if one not in (held, looked)
        ),
        *(yard.receipt(one, "terminal", Outcome.NOTED, milestone="moved") for one in yard.consignments),
    )
    return yard


async def test_what_happened_is_worth_hiding(yard: Yard) -> None:
    """Otherwise the test below would prove nothing."""
    kinds = dict(yard.database.execute("postgres", "select kind, count(*) from sw.disposition group by kind"))
    assert kinds["held"] == 1
    assert kinds["joint_inspection"] == LOTS - 1
    assert kinds["released"] == 1
    dossiers = yard.database.execute("postgres", "select count(*), count(distinct call) from sw.dossier")
    assert dossiers == [(LOTS + 1, 2)]
    keys = yard.database.execute(
        "postgres", "select count(distinct key) from sw.dossier_object where kind = 'container'"
    )
    assert keys == [(2,)]
    assert yard.database.execute("postgres", "select count(*) from sw.inspection_order") == [(1,)]
    own = dict.fromkeys(table for table, text in yard.read(yard.importers[3]) if "QZX003" in text)
    assert {"document", "document_version", "dossier", "instruction", "receipt", "journal_entry"} <= set(own)
    looked = dict.fromkeys(table for table, text in yard.read(yard.importers[5]) if "QZX005" in text)
    assert {"inspection_need", "instruction", "journal_entry"} <= set(looked)


async def test_of_twelve_lots_and_of_last_months_goods_nobody_sees_anothers(yard: Yard) -> None:
    for one in yard.consignments:
        assert yard.leaks(one.importer, [one.mark]) == [], one.importer.name.zh


async def test_who_is_no_party_sees_nothing_at_all(yard: Yard) -> None:
    stranger = yard._party("firm", "91500112MADEM9999X", None, "局外人")
    assert yard.leaks(stranger, []) == []


@pytest.mark.parametrize("agency", ["customs", "maritime"])
async def test_no_row_tells_an_agency_a_seal_that_its_document_does_not(yard: Yard, agency: str) -> None:
    """Neither release nor pass nor journal: what states seals is told by functions."""
    reader = next(one for one in yard.agencies if one.partner == agency)
    assert [(table, text) for table, text in yard.read(reader) if "DM8841" in text] == []


async def test_a_component_reads_no_row_of_another_partner(yard: Yard) -> None:
    for partner in rooms.connectors():
        role = f"sw_component_{partner}"
        with psycopg.connect(yard.database.dsn(role)) as connection:
            tables = [name for (name,) in connection.execute(READABLE, [role]).fetchall()]
            assert "outbox" in tables
            for table in tables:
                columns = [name for (name,) in connection.execute(COLUMNS, [table, role]).fetchall()]
                if "partner" in columns:
                    query = sql.SQL("select distinct partner from sw.{}").format(sql.Identifier(table))
                    assert {row[0] for row in connection.execute(query)} <= {partner}, table


@pytest.mark.parametrize("table", ["document_version", "instruction", "journal_entry", "dossier"])
async def test_the_search_finds_a_leak_where_there_is_one(yard: Yard, table: str) -> None:
    yard.database.execute("postgres", f"create policy leak on sw.{table} for select to sw_web using (true)")
    one = yard.consignments[0]
    assert {found for found, _ in yard.leaks(one.importer, [one.mark])} >= {table}
