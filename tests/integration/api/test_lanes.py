"""Programs of those who mind a lane ask how it fares, pause and resume it, and try a partner that is away."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from programs import PLATFORM, Json, Program, World, issued, until

pytestmark = pytest.mark.database
RIGHTS = ("exchange.read", "exchange.operate")
WHY = {"reason": "海关来函：今夜 22:00 至 24:00 维护 · customs maintain their system from 22:00 to 24:00"}
OVER = {"reason": "海关来电，维护结束 · customs rang, they are done"}
CUT = """update lane set breaker = 'open', failures = 6, problem = 'connect: refused', since = now(),
  probe_at = now() + interval '1 h' where partner = 'customs' returning 1"""
CLOSED = """update lane set breaker = 'closed', failures = 0, problem = '', since = null, probe_at = null
  where partner = 'customs' returning 1"""
LANE = "/exchange/lanes/customs"


@dataclass(frozen=True)
class Minding:
    """Systems of the operator and of two agencies, and one that may only look."""

    operator: Program
    customs: Program
    quarantine: Program
    looking: Program


@pytest.fixture(scope="module")
def minding(world: World) -> Minding:
    holders = ((PLATFORM, RIGHTS), ("customs", RIGHTS), ("quarantine", RIGHTS), ("customs", RIGHTS[:1]))
    made = [Program(world.description, issued(world.platform, *holder)) for holder in holders]
    until(lambda: all(one.ask("GET", "/me").status == 200 for one in made))
    until(lambda: world.platform.ask("select from lane where partner = 'customs'"))
    return Minding(*made)


def refused(program: Program, act: str, body: Json | None, key: str) -> str:
    answer = program.ask("POST", f"{LANE}/{act}", body, key)
    assert answer.status == 422
    code: str = answer.json["problems"][0]["code"]
    return code


def test_each_sees_the_lanes_it_minds(minding: Minding) -> None:
    every = {one["partner"] for one in minding.operator.get("/exchange/lanes")["items"]}
    assert {"customs", "quarantine", "border", "maritime", "terminal"} <= every
    (own,) = minding.customs.get("/exchange/lanes")["items"]
    assert (own["partner"], own["problem"], own["paused_at"]) == ("customs", None, None)
    assert minding.looking.get(LANE)["partner"] == "customs"
    assert minding.quarantine.ask("GET", LANE).status == 404
    assert minding.operator.ask("GET", "/exchange/lanes/nobody").status == 404


def test_it_is_paused_once_says_by_whom_and_is_resumed_by_the_other(minding: Minding) -> None:
    for stranger in (minding.quarantine, minding.looking):
        for act in ("pausing", "resuming"):
            assert stranger.ask("POST", f"{LANE}/{act}", WHY, "stranger").status == 404
    for wrong in ({}, {"reason": "  "}, {"reason": "x" * 501}, WHY | {"more": 1}):
        assert minding.customs.ask("POST", f"{LANE}/pausing", wrong, "wrong").status == 422
    assert refused(minding.customs, "resuming", OVER, "early") == "lane.not_paused"
    paused = minding.customs.ask("POST", f"{LANE}/pausing", WHY, "pause-1")
    assert (paused.status, paused.json["paused_for"]) == (200, WHY["reason"])
    assert paused.json["paused_by"]
    assert minding.customs.ask("POST", f"{LANE}/pausing", WHY, "pause-1").body == paused.body
    assert minding.customs.ask("POST", f"{LANE}/pausing", OVER, "pause-1").status == 409
    assert refused(minding.operator, "pausing", WHY, "pause-2") == "lane.paused"
    assert refused(minding.operator, "probing", None, "probe-paused") == "lane.not_failing"
    resumed = minding.operator.ask("POST", f"{LANE}/resuming", OVER, "resume-1")
    assert (resumed.status, resumed.json["paused_at"]) == (200, None)


def test_a_partner_that_does_not_answer_is_tried_at_once(world: World, minding: Minding) -> None:
    assert refused(minding.operator, "probing", None, "probe-0") == "lane.not_failing"
    world.platform.ask(CUT)
    assert minding.looking.ask("POST", f"{LANE}/probing", None, "probe-look").status == 404
    before = minding.operator.get(LANE)
    tried = minding.customs.ask("POST", f"{LANE}/probing", None, "probe-1")
    assert tried.status == 200
    assert tried.json["probe_at"] < before["probe_at"]
    assert minding.customs.ask("POST", f"{LANE}/probing", None, "probe-1").body == tried.body
    world.platform.ask(CLOSED)
