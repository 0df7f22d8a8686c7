"""A release, and what an entry was good for, over the API by who asks for it."""

from __future__ import annotations

import pytest

from programs import World, until
from running import declaration

pytestmark = pytest.mark.database
FREE, SEALS = "CQXU3188623", {"CQXU2045171": "DM990001", "CQXU3188623": "DM884121"}


def test_a_release_is_told_whole_or_not_at_all(world: World, submission: str) -> None:
    """Customs' own document has no seal, so what states one is not told; that it is released is."""
    until(lambda: world.broker.ask("GET", f"/consignments/{submission}").status == 200)
    (release, *_) = until(lambda: world.broker.get(f"/consignments/{submission}")["releases"])
    number = release["number"]
    facts = ("number", "version", "issued_at", "valid_until", "revoked_at", "key_id", "consignment")
    whole = world.broker.get(f"/releases/{number}")
    assert whole["statement"]
    for program, told in ((world.quarantine, True), (world.terminal, True), (world.customs, False)):
        found = program.get(f"/releases/{number}")
        assert {name: found[name] for name in facts} == {name: whole[name] for name in facts}
        for part in ("statement", "signature"):
            assert found[part] == (whole[part] if told else None)
            answer = program.ask("GET", f"/releases/{number}/{part}")
            assert answer.status == (200 if told else 403)
            assert told or answer.json["problems"][0]["code"] == "release.not_told"
    for line in world.customs.get(f"/gate/containers/{FREE}")["items"]:
        assert line["seals"] == []
    assert SEALS[FREE] in [
        one for p in world.terminal.get(f"/gate/containers/{FREE}")["items"] for one in p["seals"]
    ]
    asked = {"about": submission, "verb": "release.issued"}
    entries = until(lambda: world.customs.pages("/journal/entries", **asked))
    assert not any(seal in str(entry["content"]) for seal in SEALS.values() for entry in entries)


def test_a_submission_tells_how_many_boxes_its_entries_filled(world: World, submission: str) -> None:
    """In the documents that one sees: an agency, which is not told the declaration, sees its own."""
    checked = world.broker.ask("POST", "/checks", declaration()).json
    boxes = {each["receiver"]: each["boxes"] for each in checked["receivers"]}
    whole = world.broker.get(f"/submissions/{submission}")
    assert (whole["entries"], whole["boxes"]) == (checked["entries"], sum(boxes.values()))
    own = world.customs.get(f"/submissions/{submission}")
    assert (own["entries"], own["boxes"]) == (None, boxes["customs"])
