"""An inspection of a container that two owners share: each reads what came with their goods, offices all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import sql

from integration.hub.coordination.story import ONE, VALUES, Yard, said
from singlewindow.hub.coordination import queries
from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.queries import Detail
from singlewindow.kernel.messages import Order, Outcome, Subject, Viewer

pytestmark = pytest.mark.database
OURS, THEIRS = 107, 207
TABLES = ("inspection_order", "inspection_part", "inspection_need", "inspection_reason", "inspection_result")
SHARED = {"containers": [VALUES["containers"][0] | {"less_than_container_load": "1"}]}
ITEMS = {"customs": ("seal", "drawings of our pumps"), "quarantine": ("seal", "pests in their timber")}


@pytest.fixture
async def yard(database: Any) -> Yard:
    """Customs order the whole container to be opened with one consignment, quarantine with the other."""
    port = Yard(database)
    own = {firm: port.declare(viewers=(firm,), bill_number=f"LCL{firm}", **SHARED) for firm in (OURS, THEIRS)}
    for agency, firm in (("customs", OURS), ("quarantine", THEIRS)):
        asked = said(
            agency, Order.INSPECT, ONE, items=ITEMS[agency], method="unstuffed", text=f"{agency} why"
        )
        await port.receive(port.answer(own[firm], agency, Outcome.INSPECT, 0, asked))
    port.own = own  # type: ignore[attr-defined]
    return port


def detail(yard: Yard, party: int, order: UUID) -> Detail:
    with yard.web(party) as connection, connection.cursor() as cursor:
        found = queries.inspection(Viewer((party,)), cursor, order)
    assert found is not None
    return found


def words(yard: Yard, party: int) -> str:
    """All that a party reads of inspections: every column of every row, and the journal."""
    with yard.web(party) as connection, connection.cursor() as cursor:
        rows = []
        for table in TABLES:
            cursor.execute(sql.SQL("select to_jsonb(t)::text from sw.{} t").format(sql.Identifier(table)))
            rows += cursor.fetchall()
        cursor.execute(
            "select convert_from(content, 'UTF8') from sw.journal_entry where subject_kind = 'inspection'"
        )
        return " ".join(text for (text,) in rows + cursor.fetchall())


def checklist(found: Detail) -> dict[str, tuple[tuple[str, ...], int, int]]:
    """Each agency's items as they are told, how many are not, and by how many instructions."""
    return {
        part["agency"]: (tuple(part["items"]), part["untold"], len(part["instructions"]))
        for part in found.parts
    }


async def begun(yard: Yard) -> UUID:
    order = yard.order()
    await yard.ask("customs", "appoint", order=order, when=yard.now + timedelta(hours=2), place="B-07")
    await yard.ask("customs", "start", order=order)
    return order


async def recorded(yard: Yard, order: UUID) -> None:
    for agency, note in (("customs", "pumps as drawn"), ("quarantine", "timber is clean")):
        own = {ITEMS[agency][1]: ("normal", note)}
        both = {"seal": ("normal", "intact")} if agency == "customs" else {}
        result = await yard.ask(
            agency, "record_result", order=order, agency=agency, results=both | own, conclusion="normal"
        )
        assert result.problems == ()


async def test_what_is_looked_for_is_told_to_the_owner_it_came_with(yard: Yard) -> None:
    order = yard.order()
    assert yard.rows("select dossier from sw.inspection_order") == [(NOBODYS,)]
    whole = {agency: (items, 0, 1) for agency, items in ITEMS.items()}
    for office in ("customs", "quarantine", "terminal"):
        assert checklist(detail(yard, yard.party[office], order)) == whole, office
    assert checklist(detail(yard, OURS, order)) == whole | {"quarantine": ((), 2, 0)}
    assert checklist(detail(yard, THEIRS, order)) == whole | {"customs": ((), 2, 0)}
    for firm in (OURS, THEIRS):
        found = detail(yard, firm, order)
        assert (found.order.lead, found.order.method) == ("customs", "unstuffed"), "that it is, all are told"


async def test_what_is_found_is_told_like_what_is_looked_for(yard: Yard) -> None:
    order = await begun(yard)
    await recorded(yard, order)
    ours, theirs = ({row["item"] for row in detail(yard, firm, order).results} for firm in (OURS, THEIRS))
    assert (ours, theirs) == (set(ITEMS["customs"]), set(ITEMS["quarantine"])), "the seal is everybody's"
    assert {row["item"] for row in detail(yard, yard.party["terminal"], order).results} == ours | theirs
    for firm in (OURS, THEIRS):
        found = detail(yard, firm, order)
        assert (found.order.conclusion, found.order.place) == ("normal", "B-07")
        assert {part["conclusion"] for part in found.parts} == {"normal"}


async def test_neither_rows_nor_the_journal_tell_an_owner_of_the_others_goods(yard: Yard) -> None:
    order = await begun(yard)
    await recorded(yard, order)
    ours, theirs = ("pumps", "drawn", "customs why"), ("timber", "clean", "quarantine why")
    for firm, own, others in ((OURS, ours, theirs), (THEIRS, theirs, ours)):
        read = words(yard, firm)
        assert own[0] in read
        assert own[1] in read
        assert not [word for word in others if word in read], read
    for office in ("customs", "quarantine", "terminal"):
        read = words(yard, yard.party[office])
        assert all(word in read for word in (*ours[:2], *theirs[:2])), office


async def test_each_item_and_finding_is_told_once_to_each_reader(yard: Yard) -> None:
    order = await begun(yard)
    await recorded(yard, order)
    told = (
        "select content::text, viewers from (select convert_from(content, 'UTF8')::json as content, viewers"
        " from sw.journal_entry where verb = 'inspection.itemised') e"
    )
    offices = (yard.party["customs"], yard.party["terminal"])
    for party, often in (*dict.fromkeys((OURS, THEIRS), 2).items(), *dict.fromkeys(offices, 3).items()):
        read = " ".join(text for text, viewers in yard.rows(told) if party in viewers)
        assert read.count('"seal"') == often, "asked for, by each office that is told of here, and found"
    every = " ".join(text for text, _ in yard.rows(told))
    assert (every.count("pumps"), every.count("timber")) == (3, 3), "asked for; found, with its note"


async def test_goods_that_come_into_it_later_are_told_of_the_order_and_of_nothing_else(yard: Yard) -> None:
    order = await begun(yard)
    late, told = 307, "select viewers from sw.journal_entry where verb = 'inspection.joined'"
    with yard.web(late) as connection, connection.cursor() as cursor:
        assert queries.inspection(Viewer((late,)), cursor, order) is None
    goods = yard.declare(viewers=(late,), bill_number="LCL307", **SHARED)
    await yard.receive(yard.answer(goods, "customs", Outcome.RELEASED, 5))
    found = detail(yard, late, order)
    assert (found.order.place, checklist(found)) == ("B-07", dict.fromkeys(ITEMS, ((), 2, 0)))
    ((viewers,),) = yard.rows(told)
    assert late in viewers
    assert not {OURS, THEIRS} & {*viewers}, "they know of it"
    await recorded(yard, order)
    read = words(yard, late)
    assert not [word for word in ("pumps", "timber") if word in read]
    assert detail(yard, late, order).order.conclusion == "normal"
    assert len(yard.rows(told)) == 1


async def test_why_it_is_inspected_again_is_told_like_what_is_asked_for(yard: Yard) -> None:
    order = await begun(yard)
    late = {"dossier": yard.own[THEIRS], "agency": "border", "instruct": Order.INSPECT}  # type: ignore[attr-defined]
    subject = Subject("container", ONE)
    result = await yard.ask("border", "issue_instruction", subject=subject, items=["crew effects"], **late)
    assert result.problems == ()
    await recorded(yard, order)
    why = "their timber hides something"
    result = await yard.ask("border", "inspect_again", order=order, agency="border", reason=why)
    assert result.problems == ()
    (second,) = yard.rows("select id from sw.inspection_order where state = 'collecting'")
    assert detail(yard, THEIRS, second[0]).reason == why
    assert detail(yard, yard.party["terminal"], second[0]).reason == why
    assert detail(yard, OURS, second[0]).reason == ""
    assert why not in words(yard, OURS)
    assert why in words(yard, THEIRS)
    assert why in words(yard, yard.party["customs"]), (
        "who took part in the first is told why that is not enough"
    )
