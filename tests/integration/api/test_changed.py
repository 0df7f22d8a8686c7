"""A list of consignments says when something last became of each, so that a system asks for no other."""

from __future__ import annotations

from typing import Any

import pytest

from programs import World, declared, until

pytestmark = pytest.mark.database
FREE = "CQXU3188623"


def line_of(world: World, consignment: str) -> Any:
    """It as a list of consignments shows it."""
    return next(one for one in world.broker.pages("/consignments", limit=2) if one["id"] == consignment)


def test_what_an_agency_orders_moves_the_time_of_the_last_change(world: World) -> None:
    consignment = declared(world, "CQX2511070386-CHG", "changed")
    until(lambda: world.customs.ask("GET", f"/consignments/{consignment}").status == 200)
    before = line_of(world, consignment)
    order = {"order": "hold", "subject": {"kind": "container", "number": FREE}, "text": "to be checked"}
    assert world.customs.act("/instructions", order | {"consignment": consignment})["standing"] == "done"
    whole = world.broker.get(f"/consignments/{consignment}")
    held = next(one for one in whole["matrix"] if one["number"] == FREE)
    after = line_of(world, consignment)
    assert held["disposition"] == "held"
    assert before["opened_at"] <= before["changed_at"] < held["changed_at"] <= after["changed_at"]
    assert {name: whole[name] for name in after} | {"changed_at": ""} == after | {"changed_at": ""}
