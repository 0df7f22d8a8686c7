"""Whoever is told of an order or a release is told as what they are, and of their own consignment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import ONE, VALUES, Yard, said, seen
from integration.hub.dossier.declared import joined
from integration.hub.exchange.telling import boxed, inspected, released
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
BROKER, OTHER_BROKER, FORWARDER, FIRST, SECOND = 7, 17, 109, 201, 202
AGENCIES = ("customs", "quarantine")
BOX = {"containers": [VALUES["containers"][0] | {"less_than_container_load": "1"}]}
OTHERS_WORDS = "木质包装，LOT1 的茶叶"


@pytest.fixture
def yard(database: Any) -> Yard:
    """The story's port with the firms of two lots in it, their brokers, and the forwarder of the first."""
    yard = Yard(database)
    firms = {
        BROKER: "B7",
        OTHER_BROKER: "B17",
        FORWARDER: VALUES["ship_agent_code"],
        FIRST: "F1",
        SECOND: "F2",
    }
    for id_, code in firms.items():
        yard.rows(
            "insert into sw.party (id, kind, code, name_zh, name_en) overriding system value"
            " values (%s, 'firm', %s, %s, %s)",
            id_,
            code,
            code,
            code,
        )
    return yard


def lot(yard: Yard, number: int, broker: int, owner: int, **more: Any) -> UUID:
    submission = yard.declare(AGENCIES, (broker, owner), bill_number=f"LOT{number}", **BOX, **more)
    yard.rows(
        "update sw.document set party = %s where submission_id = %s and partner is null", broker, submission
    )
    return submission


async def opened(yard: Yard, *lots: UUID) -> None:
    """Quarantine has the whole container opened, for what is in the last lot."""
    await joined(yard.database, lots)
    asked = said("quarantine", Order.INSPECT, ONE, items=["pests"], text=OTHERS_WORDS)
    await yard.receive(yard.answer(lots[-1], "quarantine", Outcome.INSPECT, 5, asked))
    await boxed(yard)


def told(yard: Yard, topic: str = "inspection_ordered") -> Mapping[int, tuple[str, str, str]]:
    """By party: its role, and the detail in both languages."""
    rows = yard.rows("select party, role, detail_zh, detail_en from sw.notice where topic = %s", topic)
    return {party: tuple(row) for party, *row in rows}


async def test_of_a_shared_container_each_is_told_in_their_own_role_of_their_own_bill(yard: Yard) -> None:
    lots = [lot(yard, 0, OTHER_BROKER, FIRST), lot(yard, 1, BROKER, SECOND, ship_agent_code="")]
    await opened(yard, *lots)
    found = told(yard)
    (number,) = yard.rows("select number from sw.inspection_order")[0]
    first, second = (
        (f"提运单 LOT{n}，quarantine，查验单 {number}", f"bill LOT{n}, quarantine, order {number}")
        for n in (0, 1)
    )
    assert found[OTHER_BROKER] == ("declarant", *first)
    assert found[FORWARDER] == ("forwarder", *first)
    assert found[FIRST] == ("importer", *first)
    assert found[BROKER] == ("declarant", *second)
    assert found[SECOND] == ("importer", *second)
    shared = (f"quarantine，查验单 {number}", f"quarantine, order {number}")
    assert found[yard.party["terminal"]] == ("terminal", *shared), "of a shared box its number alone"
    assert found[yard.party["quarantine"]] == ("agency", *shared)


async def test_who_has_one_consignment_in_it_is_led_there_and_who_has_several_reads_which(yard: Yard) -> None:
    lots = [lot(yard, n, BROKER, FIRST if n else SECOND, ship_agent_code="") for n in range(5)]
    await opened(yard, *lots)
    found = told(yard)
    assert found[BROKER][1].startswith("提运单 LOT0 LOT1 LOT2 +2，")
    assert found[BROKER][2].startswith("bills LOT0 LOT1 LOT2 +2, ")
    assert found[FIRST][1].startswith("提运单 LOT1 LOT2 LOT3 +1，")
    assert found[SECOND][1].startswith("提运单 LOT0，")
    leads = dict(yard.rows("select party, submission_id from sw.notice where topic = 'inspection_ordered'"))
    assert (leads[SECOND], leads[BROKER]) == (lots[0], None)


async def test_nobody_reads_in_their_box_of_another_owners_lot(yard: Yard) -> None:
    lots = [lot(yard, 0, OTHER_BROKER, FIRST), lot(yard, 1, BROKER, SECOND)]
    await opened(yard, *lots)
    await yard.receive(yard.answer(lots[1], "customs", Outcome.HOLD, 9))
    await boxed(yard)
    statement = "select title_zh || title_en || detail_zh || detail_en from notice"
    for party, others in ((FIRST, "LOT1"), (OTHER_BROKER, "LOT1"), (SECOND, "LOT0"), (BROKER, "LOT0")):
        texts = [text for (text,) in seen(yard.database, party, statement)]
        assert texts
        assert not [text for text in texts if others in text or "茶叶" in text]


async def test_an_order_and_a_revoked_release_name_the_bill_among_thirty(yard: Yard) -> None:
    boxes = [{"containers": [box]} for box in VALUES["containers"]]
    mine = [yard.declare(AGENCIES, (BROKER, FIRST), bill_number=f"B{n}", **boxes[1 - n]) for n in range(2)]
    await inspected(yard, mine[1])
    await released(yard, [mine[0]])
    await yard.receive(yard.answer(mine[0], "customs", Outcome.HOLD, 90))
    await boxed(yard)
    assert {row[1].split("，")[0] for row in told(yard).values()} == {"提运单 B1"}
    revoked = told(yard, "release_revoked")
    assert revoked.keys() >= {BROKER, FIRST}
    assert {row[1].split("，")[0] for row in revoked.values()} == {"提运单 B0"}
    assert {row[2].split(", ")[0] for row in revoked.values()} == {"bill B0"}


async def test_what_is_called_by_its_bill_names_it_once(yard: Yard) -> None:
    loose = yard.declare(AGENCIES, (BROKER, FIRST), bill_number="LOOSE1", containers=[])
    asked = said("customs", Order.INSPECT, "LOOSE1", kind="bill")
    await yard.receive(yard.answer(loose, "customs", Outcome.INSPECT, 5, asked))
    await boxed(yard)
    rows = yard.rows("select title_zh || '，' || detail_zh from sw.notice where topic = 'inspection_ordered'")
    assert rows
    assert all(text.count("LOOSE1") == 1 for (text,) in rows)


async def test_of_a_ship_each_is_told_of_what_they_have_on_board(yard: Yard) -> None:
    boxes = [{"containers": [box]} for box in VALUES["containers"]]
    aboard = [
        yard.declare((*AGENCIES, "border"), (firm,), bill_number=f"B{firm}", ship_agent_code="", **boxes[n])
        for n, firm in enumerate((FIRST, SECOND))
    ]
    await joined(yard.database, aboard)
    asked = said("border", Order.INSPECT, VALUES["imo_number"], kind="conveyance")
    await yard.receive(yard.answer(aboard[0], "border", Outcome.INSPECT, 5, asked))
    when = yard.now + timedelta(hours=2)
    await yard.ask("border", "appoint", order=yard.order(), when=when, place="1")
    await boxed(yard)
    found = told(yard, "inspection_scheduled")
    assert {party: found[party][1].split("，")[1] for party in (FIRST, SECOND)} == {
        FIRST: f"提运单 B{FIRST}",
        SECOND: f"提运单 B{SECOND}",
    }
    assert "提运单" not in found[yard.party["border"]][1]
