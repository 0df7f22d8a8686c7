"""Drafts as programs keep them, hand them in and list them."""

from __future__ import annotations

import pytest

from programs import World, declared, until
from running import declaration

pytestmark = pytest.mark.database


def test_drafts_are_kept_by_version(world: World) -> None:
    place = "/drafts/01930000-0000-7000-8000-00000000a001"
    typed = {"document": "goods_declaration", "version": 0, "values": {"bill_number": "DRAFT-1"}}
    assert world.broker.ask("PUT", place, typed).json["version"] == 1
    assert world.broker.ask("PUT", place, typed).json["version"] == 1
    changed = typed | {"values": {"bill_number": "DRAFT-2"}}
    assert world.broker.ask("PUT", place, changed).status == 409
    assert world.broker.ask("PUT", place, changed | {"version": 1}).json["version"] == 2
    assert world.broker.get(place)["values"] == {"bill_number": "DRAFT-2"}
    assert [each["title"] for each in world.broker.get("/drafts", document="goods_declaration")["items"]] == [
        "DRAFT-2"
    ]
    assert world.importer.ask("GET", place).status == 404
    assert world.importer.ask("PUT", place, typed).status == 404
    assert world.broker.ask("DELETE", place).status == 204
    assert world.broker.ask("GET", place).status == 404


def test_a_draft_is_handed_in_once(world: World) -> None:
    place = "/drafts/01930000-0000-7000-8000-00000000a002"
    values = declaration(bill_number="DRAFTED-1", voyage_number="D-1")["values"]
    typed = {"document": "goods_declaration", "version": 0, "values": values | {"gross_mass": "heavy"}}
    world.broker.ask("PUT", place, typed)
    refused = world.broker.ask("POST", f"{place}/submission", {"version": 1})
    assert (refused.status, refused.json["problems"][0]["field"]) == (422, "gross_mass")
    world.broker.ask("PUT", place, typed | {"version": 1, "values": values})
    unseen = world.broker.ask("POST", f"{place}/submission", {"version": 1})
    assert (unseen.status, unseen.json["problems"][0]["code"]) == (409, "draft.stale")
    assert world.importer.ask("POST", f"{place}/submission", {"version": 2}).status == 404
    answers = [world.broker.ask("POST", f"{place}/submission", {"version": 2}) for _ in range(2)]
    assert [each.status for each in answers] == [202, 202]
    assert answers[0].json == answers[1].json
    handed = answers[0].json
    assert world.broker.get(place)["submission_id"] == handed["submission_id"]
    content = world.broker.get(f"/submissions/{handed['submission_id']}/content")
    assert content["values"]["bill_number"] == "DRAFTED-1"
    assert len(world.broker.get("/submissions", bill="DRAFTED-1")["items"]) == 1
    assert world.broker.ask("DELETE", place).status == 404
    assert world.broker.ask("PUT", place, typed | {"version": 2}).status == 409


def test_drafts_and_duties_are_walked_page_by_page(world: World) -> None:
    for number in range(3):
        place = f"/drafts/01930000-0000-7000-8000-00000000b00{number}"
        values = {"bill_number": f"PAGE-{number}"}
        world.broker.ask("PUT", place, {"document": "goods_declaration", "version": 0, "values": values})
    found = world.broker.pages("/drafts", limit=1, document="goods_declaration")
    assert [each["title"] for each in found][:3] == ["PAGE-2", "PAGE-1", "PAGE-0"]
    assert len({each["id"] for each in found}) == len(found)
    # Others' goods end a duty at any moment: one look may be before that and one after.
    until(lambda: len(world.broker.pages("/duties", limit=1)) == world.broker.get("/duties")["number"])
    for path in ("/duties", "/drafts"):
        asked = {"document": "goods_declaration"} if path == "/drafts" else {}
        assert world.broker.ask("GET", path, after="WzFd", **asked).json["problems"][0]["field"] == "after"
    for number in range(3):
        world.broker.ask("DELETE", f"/drafts/01930000-0000-7000-8000-00000000b00{number}")


def test_a_draft_that_mends_a_return_closes_its_duties(world: World) -> None:
    first = declared(world, "CQXRETURN-M1", "mends-1")
    other = declared(world, "CQXRETURN-M2", "mends-2")

    def asked(submission: str) -> list[str]:
        duties = world.broker.get(f"/submissions/{submission}")["duties"]
        return [one["receiver"] for one in duties if one["code"] == "correct" and not one["done_at"]]

    until(lambda: asked(first) and asked(other))
    place = "/drafts/01930000-0000-7000-8000-00000000a003"
    content = world.broker.get(f"/submissions/{first}/content")["values"]
    values = content | {"bill_number": "CQMENDED-M1"}
    typed = {"document": "goods_declaration", "version": 0, "values": values, "mends": first}
    nowhere = "01930000-0000-7000-8000-000000000000"
    assert world.broker.ask("PUT", place, typed | {"mends": nowhere}).status == 404
    assert world.terminal.ask("PUT", place, typed).status == 404
    assert world.broker.ask("PUT", place, typed).json["version"] == 1
    kept = world.broker.ask(
        "PUT", place, typed | {"version": 1, "mends": other, "values": values | {"notes": ""}}
    )
    assert kept.json["version"] == 2
    assert world.broker.get(place)["mends"] == first, "stated when it was begun"
    assert world.broker.ask("POST", f"{place}/submission", {"version": 2}).status == 202
    assert (asked(first), bool(asked(other))) == ([], True)
    assert first not in {
        one["submission_id"] for one in world.broker.pages("/duties") if one["code"] == "correct"
    }

    def answers() -> list[str]:
        entries = world.broker.pages("/journal/entries", about=first, verb="duty.closed")
        return [one["content"]["again"] for one in entries if "again" in one["content"]]

    closed = until(answers)
    assert set(closed) == {world.broker.get(place)["submission_id"]}
    again = world.broker.ask("POST", f"{place}/submission", {"version": 2})
    assert again.status == 202
    assert answers() == closed
