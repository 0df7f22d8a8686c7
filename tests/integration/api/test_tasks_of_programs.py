"""What waits for a person, by program: each its own, and who decides settles whose a container is, once."""

from __future__ import annotations

from typing import Any

import pytest

from programs import FIRM, FORWARDER, Program, World, contested_of, declared, issued, until
from running import body_of, declaration

pytestmark = pytest.mark.database
BOXES = {"CQXU2045171", "CQXU3188623"}
NOWHERE = "01930000-0000-7000-8000-000000000000"
WHY = "提单与装箱单核对 · by bill and packing list"


def asked(program: Program, *kinds: str) -> list[dict[str, Any]]:
    return [one for one in program.pages("/tasks", limit=1) if one["kind"] in kinds]


def claimed_by(world: World, consignments: tuple[str, ...]) -> list[dict[str, Any]]:
    """The tasks of who decides about these consignments: other tests' boxes are claimed, too."""
    found = []
    for one in asked(world.customs, "container_claims"):
        claims = world.customs.get(f"/tasks/{one['id']}")["claims"]
        if {claim["consignment"] for claim in claims} == set(consignments):
            found.append(one)
    return found


def own_tasks(world: World, consignments: tuple[str, ...]) -> list[dict[str, Any]]:
    tasks = asked(world.broker, "container_claimed_twice")
    return [one for one in tasks if one["consignment"] in consignments]


@pytest.fixture(scope="module")
def whose(world: World, contested: tuple[str, ...]) -> dict[str, Any]:
    """The task of who decides, of one of the containers."""
    return asked_about(world, contested)


def asked_about(world: World, consignments: tuple[str, ...]) -> dict[str, Any]:
    """One of the tasks, once there is one of each container."""
    until(lambda: {one["about"] for one in claimed_by(world, consignments)} == BOXES)
    return claimed_by(world, consignments)[0]


def test_each_party_reads_what_is_asked_of_it(
    world: World, whose: dict[str, Any], contested: tuple[str, ...]
) -> None:
    own = own_tasks(world, contested)
    assert {one["about"] for one in own} == BOXES
    assert {one["consignment"] for one in own} == set(contested)
    assert all(one["text"]["zh"] and one["text"]["en"] for one in own)
    made = [one["made_at"] for one in world.broker.pages("/tasks")]
    assert made == sorted(made), "the longest wait first"
    assert world.broker.get(f"/tasks/{own[0]['id']}")["claims"] == []
    assert (whose["consignment"], whose["text"]["en"][:9]) == (None, "Container")
    stranger = Program(world.description, issued(world.platform, FORWARDER, ("tasks.read",)))
    until(lambda: stranger.ask("GET", "/tasks").status == 200)
    for other in (world.quarantine, stranger):
        theirs = {one["id"] for one in asked(other, "container_claims", "container_claimed_twice")}
        assert theirs.isdisjoint({whose["id"], *(one["id"] for one in own)})
        absent = other.ask("GET", f"/tasks/{NOWHERE}")
        for one in (whose, own[0]):
            assert other.ask("GET", f"/tasks/{one['id']}").body == absent.body
    assert world.broker.ask("GET", f"/tasks/{whose['id']}").status == 404
    assert world.customs.ask("GET", f"/tasks/{own[0]['id']}").status == 404


def test_who_decides_reads_every_claim_and_who_may_only_look_none(
    world: World, whose: dict[str, Any], contested: tuple[str, ...]
) -> None:
    claims = world.customs.get(f"/tasks/{whose['id']}")["claims"]
    assert {one["consignment"] for one in claims} == set(contested)
    assert {(one["standing"], one["shared"], one["undisputed"]) for one in claims} == {
        ("counts", False, False)
    }
    assert all(one["declarant"]["zh"] for one in claims)
    looking = Program(world.description, issued(world.platform, "customs", ("tasks.read",)))
    until(lambda: looking.ask("GET", "/tasks").status == 200)
    assert looking.get(f"/tasks/{whose['id']}")["claims"] == []


def test_it_is_settled_once_for_a_reason_by_who_decides_alone(world: World) -> None:
    mine, theirs = disputed = contested_of(world, "ST")
    whose = asked_about(world, disputed)
    place = f"/tasks/{whose['id']}/settlement"
    given = {"stands": [mine], "ends": [theirs], "reason": WHY}
    for stranger in (world.quarantine, world.broker, world.bare):
        assert stranger.ask("POST", place, given, "not-mine").status == 404
    assert world.nobody.ask("POST", place, given, "nobody").status == 401
    many = {"stands": [NOWHERE] * 21}
    for wrong in ({"reason": " "}, {"reason": "x" * 501}, {"stands": "all"}, {"key": "x"}, many):
        assert world.customs.ask("POST", place, given | wrong, "wrong").status == 422
    (own, *_) = own_tasks(world, disputed)
    for elsewhere in (NOWHERE, own["id"]):
        assert world.customs.ask("POST", f"/tasks/{elsewhere}/settlement", given, "else").status == 404
    for unfit, code in (({"stands": []}, "claim.nobody"), ({"ends": [NOWHERE]}, "claim.unknown")):
        declined = world.customs.act(place, given | {"reason": "x"} | unfit)
        assert (declined["standing"], declined["problems"][0]["code"]) == ("declined", code)
    first = world.customs.ask("POST", place, given, "settle-1")
    assert first.status == 202
    location = first.json["location"].removeprefix("/api/v1")
    until(lambda: world.customs.get(location)["standing"] == "done")
    assert world.customs.ask("GET", f"/tasks/{whose['id']}").status == 404
    again = world.customs.ask("POST", place, given, "settle-1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert world.customs.ask("POST", place, given, "settle-2").status == 404, "it waits for nobody now"
    assert {one["about"] for one in own_tasks(world, disputed)} == BOXES - {whose["about"]}


@pytest.fixture(scope="module")
def doubted(world: World) -> tuple[Program, str]:
    """A firm that declared a number which another had declared, and the task that asks it to check."""
    bill = "CQX2511070386-DBT"
    first = declared(world, bill, "doubt-1")
    until(lambda: world.broker.ask("GET", f"/consignments/{first}").status == 200)
    firm = Program(world.description, issued(world.platform, FORWARDER, FIRM))
    until(lambda: firm.ask("GET", "/tasks").status == 200)
    own = {"consignee_code": FORWARDER, "declarant_code": FORWARDER}
    document = declaration(bill_number=bill, voyage_number=bill[-4:], **own)
    answer = firm.ask("POST", "/submissions", body_of(document), "doubt-2")
    assert answer.status == 202, answer.body
    (task,) = until(lambda: asked(firm, "contradicts_dossier"))
    return firm, str(task["id"])


def test_a_doubt_is_ended_once_by_who_was_asked(world: World, doubted: tuple[Program, str]) -> None:
    firm, task = doubted
    place, given = f"/tasks/{task}/check", {"reason": WHY}
    for stranger in (world.broker, world.quarantine, world.bare):
        assert stranger.ask("POST", place, given, "not-mine").status == 404
    assert world.nobody.ask("POST", place, given, "nobody").status == 401
    for wrong in ({"reason": " "}, {"reason": "x" * 501}, {}, given | {"stands": []}):
        assert firm.ask("POST", place, wrong, "wrong").status == 422
    first = firm.ask("POST", place, given, "check-1")
    assert first.status == 202
    location = first.json["location"].removeprefix("/api/v1")
    until(lambda: firm.get(location)["standing"] == "done")
    assert firm.ask("GET", f"/tasks/{task}").status == 404
    again = firm.ask("POST", place, given, "check-1")
    assert (again.body, again.headers["Idempotency-Replayed"]) == (first.body, "true")
    assert firm.ask("POST", place, given, "check-2").status == 404


def test_whose_a_container_is_ends_by_no_word_but_the_settlement(
    world: World, contested: tuple[str, ...]
) -> None:
    own = until(lambda: own_tasks(world, contested))[0]
    assert world.broker.ask("POST", f"/tasks/{own['id']}/check", {"reason": WHY}, "mine").status == 404


def test_without_the_right_there_are_no_tasks(world: World) -> None:
    for path in ("/tasks", f"/tasks/{NOWHERE}"):
        assert world.bare.ask("GET", path).status == 404
        assert world.nobody.ask("GET", path).status == 401
