"""A check answers in the manner of the door: who sends XML in XML, and nothing is kept."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lxml import etree

from contracts import bad_messages
from contracts.bad_messages import FORMS, right
from contracts.xml_answers import OWN, PROBLEM, XML, content_of, name_of, plain
from integration.bad_input.door import Door
from integration.bad_input.inputs import REFUSED, UNREADABLE, Bad, named
from singlewindow.hub.documents.decoding import MOST_BYTES

pytestmark = pytest.mark.database
FINDING = "{urn:singlewindow:finding}finding"


def checked(door: Door, body: bytes, **headers: str) -> httpx.Response:
    given = door.authorization | {name.replace("_", "-"): value for name, value in headers.items()}
    return door.client.post("/api/v1/checks", content=body, headers=given)


def told(answer: httpx.Response) -> dict[str, Any]:
    """The code and words of the format's own response, and the whole of what was found."""
    root = etree.fromstring(answer.content)
    assert (answer.status_code, answer.headers["content-type"], name_of(root)) == (200, XML, OWN)
    assert root[-1].tag == FINDING
    texts = {name_of(child): child.text or "" for child in root[:-1]}
    return texts | {"finding": plain(root[-1])}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_what_is_right_is_said_to_be_in_the_formats_own_response(door: Door, form: Any) -> None:
    before = door.written()
    said = told(checked(door, form(right())))
    assert (said["ResponseCode"], said["finding"]["fit"]) == ("0", "true")
    assert said["ErrorMessage"].splitlines()[0].startswith("仅检查，未申报")
    assert door.written() == before


def test_every_problem_is_named_by_its_element(door: Door) -> None:
    said = told(checked(door, right().replace(b"<GQty>", b"<GQty>x", 1)))
    [problem] = [one for one in said["finding"]["problems"] if one["severity"] == "error"]
    assert (said["ResponseCode"], said["finding"]["fit"]) == ("422", "false")
    assert (problem["field"], problem["element"]) == ("goods[0].quantity", "DecLists[0].GQty")
    assert problem["text"]["zh"] in said["ErrorMessage"]
    assert problem["remedy"]["en"] in said["ErrorMessage"]


def test_json_is_answered_where_it_is_asked_for(door: Door) -> None:
    answer = checked(door, right(), accept="application/json")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["fit"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"<Manifest/>", {}, 400),
        (b"<Manifest/>", {"authorization": "Bearer nonsense"}, 401),
        (b" " * (MOST_BYTES + 1), {"content_type": "application/xml"}, 413),
    ],
    ids=["a format that is not read", "no token", "too large"],
)
def test_refusals_are_told_in_xml_too(door: Door, body: bytes, headers: dict[str, str], status: int) -> None:
    answer = checked(door, body, **headers)
    content = content_of(body, answer.content, answer.headers["content-type"])
    assert (answer.status_code, content["status"]) == (status, str(status))
    assert answer.headers["content-type"] == PROBLEM
    assert content["problems"]


ASKED = [bad for bad in (*UNREADABLE, *REFUSED) if "idempotency-key" not in bad.headers]  # a check has none


@pytest.mark.parametrize("bad", ASKED, ids=named)
def test_a_check_names_what_the_door_refuses(door: Door, bad: Bad) -> None:
    before = door.written()
    sent = {"content-type": "application/json", "accept": "application/json"} | dict(bad.headers)
    answer = checked(door, bad.body(), **{name.replace("-", "_"): value for name, value in sent.items()})
    content = answer.json()
    named_so(bad, answer.status_code, content["problems"])
    assert content.get("fit", False) is False
    assert door.written() == before


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_check_names_what_the_door_refuses_of_another_systems_messages(door: Door, form: Any) -> None:
    before = door.written()
    for bad in (*bad_messages.UNREADABLE, *bad_messages.VALUES):
        body = form(bad.body())
        answer = checked(door, body, content_type="application/xml", accept="application/json")
        named_so(bad, answer.status_code, answer.json()["problems"])
    assert door.written() == before


def named_so(bad: Bad, status: int, problems: list[dict[str, Any]]) -> None:
    """By code, place and value; a check answers 200 to what can be read."""
    assert status == (200 if bad.status == httpx.codes.UNPROCESSABLE_ENTITY else bad.status), (bad, problems)
    found = [problem for problem in problems if problem["code"] == bad.code]
    assert found, (bad, problems)
    assert bad.field in {problem["field"] for problem in found}
    assert bad.value in {problem["value"] for problem in found} or not bad.value
