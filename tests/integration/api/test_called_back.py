"""A recall ends by return: the terminal itself reports the box in, over its own wire, and it leaves anew."""

from __future__ import annotations

from typing import Any

import pytest

from integration.api.test_story import passed
from programs import FREE, SEALS, World, declared, until

pytestmark = pytest.mark.database
BILL = "CQX2511070386-BACK"
BOX = "CQXU3188731"  # no other call's: whether a pass of theirs is in force is chance
PASSAGE = {"plate": "渝A88888", "container": BOX, "seal": SEALS[FREE], "gate": "3"}


def told(world: World, verb: str, about: str) -> list[Any]:
    items: list[Any] = world.broker.get("/journal/entries", verb=verb, about=about)["items"]
    return items


def ordered(world: World, submission: str) -> Any:
    found = world.quarantine.pages(f"/consignments/{submission}/instructions")
    return next((one for one in found if one["channel"] == "screen"), None)


def test_what_is_called_back_comes_in_and_leaves_anew(world: World) -> None:
    submission = declared(world, BILL, "called-back", BOX)
    until(lambda: passed(world, PASSAGE))
    hold = {
        "consignment": submission,
        "order": "hold",
        "subject": {"kind": "container", "number": BOX},
        "text": "疫情通报 a notice of disease",
    }
    assert world.quarantine.act("/instructions", hold)["standing"] == "done"
    until(lambda: told(world, "recall.opened", submission))
    until(lambda: told(world, "recall.ended", submission))
    (ended,) = told(world, "recall.ended", submission)
    assert (ended["actor_id"], ended["content"]["why"]) == ("coordination", "returned"), "by no person's step"
    happened = world.broker.get(f"/consignments/{submission}")["events"]
    moves = [(one["code"], one["by"]) for one in happened if one["number"] == BOX]
    assert moves[-2:] == [("gate_out", "gate"), ("in_yard", "terminal")], happened
    read = {name: value for name, value in PASSAGE.items() if name != "gate"}
    assert not world.terminal.ask("POST", "/gate/checks", read).json["passed"], "it is here, and still barred"
    place = f"/instructions/{ordered(world, submission)['id']}/withdrawal"
    assert world.quarantine.act(place, {"reason": "检疫合格 found healthy"})["standing"] == "done"
    until(lambda: passed(world, PASSAGE))
