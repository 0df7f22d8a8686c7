"""A box leaves by a terminal's own gate: its CODECO uses the pass, and no gate of ours opens after it."""

from __future__ import annotations

from typing import Any

import pytest

from integration.api.test_called_back import told
from programs import FREE, INSPECTED, SEALS, World, declared, until

pytestmark = pytest.mark.database
BILL = "CQX2511070386-OUT"
BOX = "CQXU3188726"  # no other call's: whether a pass of theirs is in force is chance
TRUCK = {"plate": "渝A88889", "container": BOX, "seal": SEALS[FREE]}


def moves(world: World, submission: str) -> list[tuple[str, str, str]]:
    """What happened to the boxes, in whose words."""
    answer = world.broker.ask("GET", f"/consignments/{submission}")
    events: list[dict[str, Any]] = answer.json["events"] if answer.status == 200 else []
    return [(one["code"], one["number"], one["by"]) for one in events if one["number"] in (BOX, INSPECTED)]


def passed(world: World) -> list[Any]:
    """Who says that a box of this call used its pass."""
    found: list[Any] = world.broker.get("/journal/entries", verb="gate.passed")["items"]
    return [one for one in found if one["content"]["key"].endswith("/-OUT")]


def test_what_the_terminal_reports_out_has_left_and_no_gate_opens_for_it(world: World) -> None:
    submission = declared(world, BILL, "reported-out", BOX)
    until(lambda: ("gate_out", BOX, "terminal") in moves(world, submission))
    [left] = until(lambda: passed(world))
    assert (left["actor_id"], left["content"]["number"]) == ("terminal", BOX)
    assert told(world, "recall.opened", submission) == [], "a release was in force when it left"
    verdict = world.terminal.ask("POST", "/gate/checks", TRUCK).json
    assert (verdict["passed"], [one["code"] for one in verdict["reasons"]]) == (False, ["G-23"])
    assert not [one for one in moves(world, submission) if one[:2] == ("gate_out", INSPECTED)], (
        "it is inspected"
    )
