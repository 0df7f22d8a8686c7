"""Who sends XML is answered in XML, whatever becomes of it: taken, checked, refused in every way."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree

from contracts.bad_messages import FORMS, Form, message_of
from contracts.xml_answers import OWN, PROBLEM, content_of, name_of, plain
from programs import Answer, Program, World
from running import body_of, declaration
from singlewindow.hub.documents.decoding import MOST_BYTES

pytestmark = pytest.mark.database
XML, UNSAID = "application/xml", "application/x-www-form-urlencoded"
PATHS = ("/submissions", "/checks")
NAMES = {
    "DecMessage": "DecMessage",
    "SWDEC001": "DecMessage in SWDEC001",
    "DXP": "DecMessage in a DXP envelope",
}
OTHER = b'<?xml version="1.0"?><Manifest><Number>1</Number></Manifest>'


def message(bill: str, form: Form = FORMS["DecMessage"], **values: Any) -> bytes:
    """The story's declaration under a bill of its own, as another system's DecMessage."""
    whole = declaration(bill_number=bill, bill_of_lading_number=bill, voyage_number=bill[-6:], **values)
    return form(message_of(body_of(whole)))


def sent(
    program: Program,
    path: str,
    body: bytes,
    key: str = "",
    kind: str = XML,
    accept: str = "*/*",
    **more: Any,
) -> Answer:
    """The answer to XML from somebody who accepts anything."""
    return program.ask("POST", path, body, key, {"Accept": accept, "Content-Type": kind}, **more)


def read(body: bytes, answer: Answer) -> dict[str, Any]:
    return content_of(body, answer.body, answer.headers["Content-Type"])


@pytest.mark.parametrize("form", FORMS)
def test_a_message_is_taken_and_checked_in_its_own_manner(world: World, form: str) -> None:
    body = message(f"CQMANNER{form}".upper()[:18], FORMS[form])
    found = sent(world.broker, "/checks", body, named=NAMES[form])
    response = etree.fromstring(found.body)
    assert (found.status, name_of(response), plain(response[-1])["fit"]) == (200, OWN, "true")
    taken = sent(world.broker, "/submissions", body, f"manner-{form}", named=NAMES[form])
    assert taken.status == 202
    receipt = read(body, taken)
    assert (
        world.broker.get(f"/submissions/{receipt['submission_id']}/content")["format"]
        == "customs_declaration"
    )


def refusals(world: World, path: str) -> dict[int, tuple[Program, bytes, dict[str, Any]]]:
    """By status: who asks, with which message, and what else."""
    good, wrong = message("CQMANNER-R"), message("CQMANNER-R").replace(b"<GQty>", b"<GQty>x")
    blown = good.replace(b"</DecMessage>", b" " * MOST_BYTES + b"</DecMessage>")
    found: dict[int, tuple[Program, bytes, dict[str, Any]]] = {
        400: (world.broker, good[:-40], {}),
        401: (world.nobody, good, {}),
        413: (world.broker, blown, {}),
    }
    if path == "/checks":
        return found | {404: (world.bare, good, {}), 422: (world.broker, good, {"colour": "red"})}
    return found | {
        403: (world.bare, good, {}),
        409: (world.broker, good, {"key": "manner-DecMessage"}),
        415: (world.broker, good, {"kind": f"{XML}; charset=gbk"}),
        422: (world.broker, wrong, {}),
    }


@pytest.mark.parametrize("path", PATHS)
def test_every_refusal_of_a_message_is_in_its_manner(world: World, path: str) -> None:
    sent(world.broker, "/submissions", message("CQMANNERDECMESSAGE"), "manner-DecMessage")
    for status, (program, body, more) in refusals(world, path).items():
        for kind in (XML, UNSAID):
            answer = sent(program, path, body, **({"kind": kind} | more))
            assert answer.status == status, (path, status, kind, answer.body[:500])
            assert read(body, answer)["status"] == str(status)
            in_json = sent(program, path, body, accept="application/json", **({"kind": kind} | more))
            assert (in_json.status, in_json.headers["Content-Type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", [XML, UNSAID])
def test_other_xml_is_refused_in_problem_details_of_xml(world: World, path: str, kind: str) -> None:
    large = OTHER.replace(b"<Number>", b" " * MOST_BYTES + b"<Number>")
    asked: list[tuple[int, Program, bytes, dict[str, Any]]] = [
        (400, world.broker, OTHER, {}),
        (401, world.nobody, OTHER, {}),
        (413, world.broker, large, {}),
        *(
            [(404, world.bare, OTHER, {}), (422, world.broker, OTHER, {"colour": "red"})]
            * (path == "/checks")
        ),
        *([(403, world.bare, OTHER, {})] * (path == "/submissions")),
        *([(415, world.broker, OTHER, {"kind": f"{kind}; charset=gbk"})] * (path == "/submissions")),
    ]
    for status, program, body, more in asked:
        answer = sent(program, path, body, **({"kind": kind} | more))
        assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM), answer.body[:500]
        assert read(body, answer)["status"] == str(status)
