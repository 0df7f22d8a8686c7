"""Border inspection rehearsed: our codec and transport on one side, the agency on the other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from opposite import Clock
from singlewindow.connectors.border.codec import decode, encode, pack
from singlewindow.connectors.border.counterpart import DESK
from singlewindow.connectors.border.tests.example import AT, document, envelope
from singlewindow.kernel.messages import Order, Receipt, Subject
from singlewindow.rehearsal.http import Request
from singlewindow.rehearsal.http_agency import HttpAgency
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.script import PROMPT, Case, Script, Step

CALL = "DEMO JIALING 03/2611W"
STORY = {
    "shipName": "DEMO YANGTZE 08",
    "voyageNumber": "2511E",
    "imoNumber": "",
    "billOfLading": "CQX2511070386",
}
PROMPTLY = Script(profile=PROMPT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def post(folder: Path, clock: Clock, script: Script) -> HttpAgency[Any]:
    return HttpAgency(DESK, Ledger(folder / "ledger.db", clock), script)


def body(*numbers: int, **changes: Any) -> bytes:
    return pack([encode(document(**changes), envelope(number)) for number in numbers], "b", AT)


async def send(desk: HttpAgency[Any], data: bytes) -> list[Receipt]:
    answer = await desk.handle(Request("POST", "/declarations", {}, {}, data))
    assert answer.status == 200, answer.body.decode()
    return decode(answer.body)


async def fetch(desk: HttpAgency[Any]) -> list[Receipt]:
    answer = await desk.handle(Request("GET", "/receipts", {}, {}, b""))
    return decode(answer.body) if answer.status == 200 else []


def codes(receipts: list[Receipt]) -> list[str]:
    return [receipt.code for receipt in receipts]


async def test_promptly_every_call_is_cleared_at_once(tmp_path: Path, clock: Clock) -> None:
    desk = post(tmp_path, clock, PROMPTLY)
    technical = await send(desk, body(*range(100)))
    assert codes(technical) == ["ACK"] * 100
    released = await fetch(desk)
    assert codes(released) == ["CLEARED"] * 100
    assert [one.about for one in released] == [envelope(number).message_id for number in range(100)]
    assert {one.instructions[0].subject for one in released} == {Subject("conveyance", "2/9999981/2611W")}
    assert len({one.instructions[0].version for one in released}) == 100


@pytest.mark.parametrize("voyage", ["2511E", "261121175612", "1", "2", "3", "4", "5", "6", "7"])
async def test_each_call_of_the_demonstration_s_ship_is_cleared_after_half_a_second(
    tmp_path: Path, clock: Clock, voyage: str
) -> None:
    desk = post(tmp_path, clock, Script(seed=1))
    await send(desk, body(1, **STORY | {"voyageNumber": voyage}))
    assert codes(await fetch(desk)) == ["REGISTERED"]
    clock.now += 499
    assert codes(await fetch(desk)) == ["REGISTERED"]
    clock.now += 1
    registered, cleared = await fetch(desk)
    assert cleared.instructions[0].subject == Subject("conveyance", f"2/DEMOYANGTZE08/{voyage}")
    assert cleared.facts == registered.facts != {}


async def test_a_later_order_on_the_call_has_the_greater_version(tmp_path: Path, clock: Clock) -> None:
    steps = (Step("INSPECT"), Step("HOLD", 5), Step("CLEARED", 10))
    desk = post(tmp_path, clock, Script(cases=[Case(CALL, steps=steps)]))
    await send(desk, body(1))
    clock.now += 20
    orders = [one.instructions[0] for one in await fetch(desk)]
    assert [order.order for order in orders] == [Order.INSPECT, Order.HOLD, Order.RELEASE]
    assert orders[0].version < orders[1].version < orders[2].version
    assert orders[0].items


async def test_declarations_of_one_call_fare_alike(tmp_path: Path, clock: Clock) -> None:
    desk = post(tmp_path, clock, Script(seed=3))
    await send(desk, body(*range(20)))
    clock.now += 10_000
    by_message: dict[str, list[str]] = {}
    for one in await fetch(desk):
        by_message.setdefault(one.about, []).append(one.code)
    assert len({tuple(codes) for codes in by_message.values()}) == 1


@pytest.mark.parametrize(
    "changes", [{"shipName": ""}, {"voyageNumber": ""}, {"billOfLading": ""}, {"items": []}]
)
async def test_what_cannot_be_a_declaration_is_not_taken(
    tmp_path: Path, clock: Clock, changes: dict[str, Any]
) -> None:
    desk = post(tmp_path, clock, PROMPTLY)
    (refused,) = await send(desk, body(1, **changes))
    assert (refused.code, bool(refused.text)) == ("NAK", True)
    assert await fetch(desk) == []
