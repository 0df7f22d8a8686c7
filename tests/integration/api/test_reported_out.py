"""A box leaves by a terminal's own gate: its CODECO uses the pass, and no gate of ours opens after it."""

from __future__ import annotations

from typing import Any

import pytest

from integration.api.test_called_back import told
from programs import World, until
from running import body_of, declaration

pytestmark = pytest.mark.database
BILL, FREE, HELD, SEAL = "CQX2511070386-OUT", "CQXU3188623", "CQXU2045171", "DM990778"
TRUCK = {"plate": "渝A88889", "container": FREE, "seal": SEAL}


def handed_in(world: World) -> str:
    """The story's goods under a bill whose boxes are fetched at once, and a seal that no other call's has."""
    first, second = declaration()["values"]["containers"]
    boxes = [first, second | {"seal_number": SEAL}]
    document = declaration(bill_number=BILL, voyage_number="OUT", containers=boxes)
    answer = world.broker.ask("POST", "/submissions", body_of(document), "reported-out")
    assert answer.status == 202, answer.body
    return str(answer.json["submission_id"])


def moves(world: World, submission: str) -> list[tuple[str, str, str]]:
    """What happened to the boxes, in whose words."""
    answer = world.broker.ask("GET", f"/consignments/{submission}")
    events: list[dict[str, Any]] = answer.json["events"] if answer.status == 200 else []
    return [(one["code"], one["number"], one["by"]) for one in events if one["number"] in (FREE, HELD)]


def passed(world: World) -> list[Any]:
    """Who says that a box of this call used its pass."""
    found: list[Any] = world.broker.get("/journal/entries", verb="gate.passed")["items"]
    return [one for one in found if one["content"]["key"].endswith("/OUT")]


def test_what_the_terminal_reports_out_has_left_and_no_gate_opens_for_it(world: World) -> None:
    submission = handed_in(world)
    until(lambda: ("gate_out", FREE, "terminal") in moves(world, submission))
    [left] = until(lambda: passed(world))
    assert (left["actor_id"], left["content"]["number"]) == ("terminal", FREE)
    assert told(world, "recall.opened", submission) == [], "a release was in force when it left"
    verdict = world.terminal.ask("POST", "/gate/checks", TRUCK).json
    assert (verdict["passed"], [one["code"] for one in verdict["reasons"]]) == (False, ["G-23"])
    assert not [one for one in moves(world, submission) if one[:2] == ("gate_out", HELD)], "it is inspected"
