"""Every list that goes on is walked to its end: nothing twice, nothing left out, no more than asked for."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from programs import FORWARDER, PLATFORM, SEEING, Json, Program, World, declared, issued, until

pytestmark = pytest.mark.database
MOST = 200
FREE = "CQXU3188623"
# Walked beside what is done with it, in test_answers and test_letters: an answer that waits bars every gate
# meanwhile, a dead letter is made in a lane that rests.
ELSEWHERE = {"list_answers", "list_letters", "list_announcements"}
ALONE = {"list_keys"}  # the platform has one key at a time
SECOND_MANDATE = """insert into mandate (principal, agent, scope, valid_from, valid_to)
  select p.id, a.id, 'goods_declaration', '2025-01-01', '2034-12-31' from party p, party a
   where p.code = '91500112MADEM0B3XC' and a.code = '91500105MADEM0Y2X3' returning id"""
SAID_TWICE = """insert into instruction (agency, channel, id, version, dossier, "order", subject_kind,
    subject_key, method, items, basis, text, withdrawn, at, received_at, viewers)
  select 'maritime', c, %s, 1, d.id, 1, 'bill', d.id::text, '', '{}', '', '', false, now(), now(), d.viewers
    from dossier d, unnest(array['outcome', 'instruction']) c where d.id = %s returning 1"""
Walked = dict[str, tuple[Program, str, dict[str, Any]]]


@pytest.fixture(scope="module")
def walked(world: World, submission: str, contested: tuple[str, ...]) -> Iterator[Walked]:
    """Each list with somebody who finds more than one line in it; its drafts are gone afterwards."""
    returned = [declared(world, f"CQXRETURN-W{n}", f"walk-{n}") for n in range(2)]
    declared(world, "CQX2511070386-WALK", "walk")
    world.platform.ask(SECOND_MANDATE)
    drafts = [f"/drafts/01930000-0000-7000-8000-00000000c00{number}" for number in range(2)]
    for number, place in enumerate(drafts):
        draft = {"document": "goods_declaration", "version": 0, "values": {"bill_number": f"WALK-{number}"}}
        world.broker.ask("PUT", place, draft)
    until(lambda: {each["submission_id"] for each in world.broker.get("/duties")["items"]} >= set(returned))
    until(lambda: len(world.customs.get("/inspections")["items"]) > 1)
    until(lambda: len(world.broker.get("/journal/checkpoints")["items"]) > 1)
    until(lambda: len(world.terminal.get(f"/gate/containers/{FREE}")["items"]) > 1)
    until(lambda: len(world.broker.get("/tasks")["items"]) > 1)
    until(lambda: len(world.broker.get("/notices")["items"]) > 1)
    forwarder = Program(world.description, issued(world.platform, FORWARDER, SEEING))
    until(lambda: forwarder.ask("GET", "/consignments/entrusted").status == 200)
    until(lambda: len(forwarder.get("/consignments/entrusted")["items"]) > 1)
    operator = Program(world.description, issued(world.platform, PLATFORM, ("exchange.read",)))
    until(lambda: operator.ask("GET", "/exchange/lanes").status == 200)
    yield {
        "list_container_passes": (world.terminal, f"/gate/containers/{FREE}", {}),
        "list_code_lists": (world.broker, "/code-lists", {"on": "2026-11-21"}),
        "list_entrusted": (forwarder, "/consignments/entrusted", {}),
        "list_elements": (world.broker, "/elements", {"code_list": "countries"}),
        "list_notices": (world.broker, "/notices", {}),
        "list_tasks": (world.broker, "/tasks", {}),
        "list_definitions": (world.broker, "/definitions", {}),
        "list_keys": (world.broker, "/keys", {}),
        "list_lanes": (operator, "/exchange/lanes", {}),
        "list_codes": (world.broker, "/code-lists/trade_terms", {}),
        "list_consignments": (world.broker, "/consignments", {}),
        "list_instructions": (world.broker, f"/consignments/{submission}/instructions", {}),
        "list_drafts": (world.broker, "/drafts", {"document": "goods_declaration"}),
        "list_duties": (world.broker, "/duties", {}),
        "list_passages": (world.terminal, "/gate/passages", {}),
        "list_inspections": (world.customs, "/inspections", {}),
        "list_entries": (world.broker, "/journal/entries", {"about": submission}),
        "list_checkpoints": (world.broker, "/journal/checkpoints", {}),
        "list_mandates": (world.broker, "/mandates", {}),
        "list_parties": (world.broker, "/parties", {}),
        "list_submissions": (world.broker, "/submissions", {"document": "goods_declaration"}),
    }
    for place in drafts:
        assert world.broker.ask("DELETE", place).status == 204


def test_every_list_that_goes_on_is_walked_here(world: World, walked: Walked) -> None:
    known = set()
    for operations in world.description.document["paths"].values():
        for operation in operations.values():
            limits = {one["name"]: one["schema"] for one in operation.get("parameters", [])}
            if "after" in limits:
                known.add(operation["operationId"])
                assert (limits["limit"]["minimum"], limits["limit"]["maximum"]) == (1, MOST)
    assert known == {*walked, *ELSEWHERE}


def test_by_small_steps_everything_is_reached_once(world: World, walked: Walked) -> None:
    for name, (program, path, query) in walked.items():
        if name == "list_passages":  # two looks at a gate, so that there are two lines
            passage = {"gate": "9", "plate": "渝W00001", "container": FREE, "seal": "none"}
            for key in ("walk-1", "walk-2"):
                program.ask("POST", "/gate/passages", passage, key)
        whole = [told(one) for one in program.pages(path, limit=MOST, **query)]
        assert len(whole) > (name not in ALONE), name
        if name in ALONE:
            assert [told(one) for one in program.get(path, after=cursor(""))["items"]] == whole
        steps = [told(one) for one in program.pages(path, limit=max(1, (len(whole) - 1) // 4), **query)]
        assert len(set(steps)) == len(steps), name
        assert set(whole) <= set(steps), name
        assert program.ask("GET", path, limit=MOST + 1, **query).status == 422, name
        assert program.ask("GET", path, limit=0, **query).status == 422, name
        for strange in ("AAAA", cursor("of", "another", "list"), cursor({"no": "place"})):
            refused = program.ask("GET", path, after=strange, **query)
            problems = refused.json["problems"]
            assert (refused.status, problems[0]["code"]) == (422, "after.unreadable"), name


def test_what_an_agency_said_alike_on_two_channels_is_walked_too(world: World) -> None:
    submission = declared(world, "CQX2511070386-SAME", "walk-same")
    path = f"/consignments/{submission}/instructions"
    until(lambda: world.broker.ask("GET", path).status == 200)
    named = "箱" * 64  # as long as an agency may call an order, in its own script
    made = world.platform.ask(SAID_TWICE, named, submission)
    assert len(made) == 2
    whole = [one for one in world.broker.pages(path, limit=MOST) if one["id"] == named]
    steps = [one for one in world.broker.pages(path, limit=1) if one["id"] == named]
    assert steps == whole
    assert {one["channel"] for one in whole} == {"outcome", "instruction"}


def cursor(*place: Any) -> str:
    """A place, as the platform writes one."""
    return urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def told(line: Json) -> str:
    """What makes a line of a list that line, whatever happens to it meanwhile."""
    names = ("submission_id", "document_id", "code", "id", "version", "position", "size", "at", "number")
    names += ("partner", "key_id", "issued_at", "releases")
    return "|".join(str(line.get(name)) for name in names)
