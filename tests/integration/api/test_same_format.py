"""Elements no definition names, through the door: stored, told, and in customs' message alone."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import Any

import pytest

from contracts.bad_messages import FORMS, Form, message_of
from programs import World, until
from running import body_of, declaration

pytestmark = pytest.mark.database
ASIDE = {
    "DecHead/Colour": "红 & <blue>",
    "goods[0].DecList/Extra": {"A": "1", "B": {"C": "2"}},
    "containers[0].Container/NewSeal": "S1",
    "DecSign/HostId": "9",
}
ADDED = {
    "</DecHead>": "<Colour>红 &amp; &lt;blue&gt;</Colour>",
    "</DecList>": "<Extra><A>1</A><B><C>2</C></B></Extra>",
    "</Container>": "<NewSeal>S1</NewSeal>",
    "</DecSign>": "<HostId>9</HostId>",
}
MARKS = ("Colour", "Extra", "NewSeal", "blue")


def handed_in(world: World, bill: str, form: Form) -> dict[str, Any]:
    """A DecMessage with unknown elements; the submission once everybody's document is made."""
    body = message_of(body_of(declaration(bill_number=bill, bill_of_lading_number=bill)))
    message = body.decode()
    for end, element in ADDED.items():
        message = message.replace(end, element + end, 1)
    answer = world.broker.ask(
        "POST", "/submissions", form(message.encode()), bill, {"Content-Type": "application/xml"}
    )
    assert answer.status == 202, answer.body
    found: dict[str, Any] = until(lambda: _listed(world, bill))
    return found


def _listed(world: World, bill: str) -> Any:
    found = world.broker.get("/submissions", bill=bill)["items"]
    return world.broker.get(f"/submissions/{found[0]['submission_id']}") if found else None


@pytest.mark.parametrize("name", ["DecMessage", "SWDEC001"])
def test_the_message_to_customs_carries_them_and_no_other(world: World, name: str) -> None:
    whole = handed_in(world, f"CQSAME{name}"[:20].upper(), FORMS[name])
    place = f"/submissions/{whole['submission_id']}"
    content = world.broker.get(f"{place}/content")
    assert content["format"] == "customs_declaration"
    assert {path: content["extension"][path] for path in ASIDE} == ASIDE
    receivers = set()
    for document in whole["documents"]:
        if not document["receiver"]:
            continue
        receivers.add(document["receiver"])
        there = f"{place}/documents/{document['document_id']}"
        wire = world.broker.ask("GET", f"{there}/message").body
        kept = {box["box"]: box["entry"] for box in world.broker.get(there)["boxes"] if box["how"] == "kept"}
        if document["receiver"] == "customs":
            message = b64decode(re.search(rb"<Data>(.*?)</Data>", wire, re.DOTALL)[1]).decode()  # type: ignore[index]
            for end, element in list(ADDED.items())[:3]:
                assert element + end in message
            assert "HostId" not in message
            assert kept == {
                "DecHead/Colour": "DecHead/Colour",
                "DecLists[0].DecList/Extra": "goods[0].DecList/Extra",
                "DecContainers[0].Container/NewSeal": "containers[0].Container/NewSeal",
            }
        else:
            assert not [mark for mark in MARKS if mark.encode() in wire], document["receiver"]
            assert kept == {}
    assert receivers >= {"customs", "quarantine", "border"}


def test_what_json_carries_goes_to_nobody(world: World) -> None:
    bill = "CQSAMEJSON"
    body = declaration(bill_number=bill, bill_of_lading_number=bill, **{"DecHead/Colour": "blue"})
    body["values"]["goods"][0]["Colour"] = "blue"
    assert world.broker.ask("POST", "/submissions", body, bill).status == 202
    whole = until(lambda: _listed(world, bill))
    place = f"/submissions/{whole['submission_id']}"
    content = world.broker.get(f"{place}/content")
    assert content["extension"] == {"DecHead/Colour": "blue", "goods[0].Colour": "blue"}
    for document in whole["documents"]:
        if document["receiver"]:
            wire = world.broker.ask("GET", f"{place}/documents/{document['document_id']}/message").body
            shown = wire + b64decode((re.findall(rb"<Data>(.*?)</Data>", wire, re.DOTALL) or [b""])[0])
            assert b"blue" not in shown
