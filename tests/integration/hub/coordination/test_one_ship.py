"""One ship, named by number here, by name alone there: its containers are the same, and so are its holds."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import pytest

from integration.hub.coordination.story import ONE, VALUES, Port, said
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
BOX = VALUES["containers"][0]
SHARED = {"containers": [BOX | {"less_than_container_load": "1"}]}
WHOLE = {"containers": [BOX | {"less_than_container_load": "0"}]}
AGENCIES = ("customs", "quarantine")
BY_NUMBER: dict[str, str] = {}
BY_NAME = {"imo_number": ""}
BOTH = [*permutations([BY_NUMBER, BY_NAME])]
IN_FORCE = "select count(*) from sw.gate_pass where revoked_at is null and used_at is null"


def declared(port: Port, named: tuple[dict[str, str], ...], boxes: Any) -> list[Any]:
    """Two consignments, known as such: an agency has read both."""
    found = [
        port.declare(AGENCIES, (firm,), bill_number=f"SHIP{firm}", **boxes, **how)
        for firm, how in zip((107, 207), named, strict=True)
    ]
    asyncio.run(port.receive(*(port.answer(one, "customs", Outcome.RELEASED, -60) for one in found)))
    return found


def released(port: Port, submission: Any) -> Any:
    return port.receive(*(port.answer(submission, agency, Outcome.RELEASED) for agency in AGENCIES))


@pytest.mark.parametrize("named", BOTH, ids=["number first", "name first"])
def test_a_shared_container_waits_for_all_its_goods(database: Any, named: Any) -> None:
    port = Port(database)
    first, second = declared(port, named, SHARED)
    asyncio.run(released(port, first))
    assert port.rows("select count(distinct key) from sw.dossier_object where kind = 'container'") == [(1,)]
    assert port.rows(IN_FORCE) == [(0,)], "the other goods in it are not released"
    asyncio.run(released(port, second))
    assert port.rows(IN_FORCE) == [(1,)]


@pytest.mark.parametrize("named", BOTH, ids=["number first", "name first"])
def test_a_container_that_two_have_whole_is_asked_about(database: Any, named: Any) -> None:
    port = Port(database)
    asyncio.run(released(port, declared(port, named, WHOLE)[0]))
    assert port.rows("select contested from sw.claimed_container") == [(True,)]
    assert port.rows(IN_FORCE) == [(0,)]


@pytest.mark.parametrize("named", BOTH, ids=["number first", "name first"])
def test_what_bars_the_ship_bars_all_its_goods(database: Any, named: Any) -> None:
    port = Port(database)
    first, second = declared(port, named, SHARED)
    for one in (first, second):
        asyncio.run(released(port, one))
    assert port.dispositions()[ONE] == "released"
    hold = said("border", Order.HOLD, "9999993", kind="conveyance")
    third = port.declare(("border",), (307,), bill_number="SHIP307", containers=[])
    asyncio.run(port.receive(port.answer(third, "border", Outcome.HOLD, 5, hold)))
    boxes = port.rows("select distinct kind from sw.disposition where subject_kind = 'container'")
    assert boxes == [("held",)]
    assert port.rows(IN_FORCE) == [(0,)]
