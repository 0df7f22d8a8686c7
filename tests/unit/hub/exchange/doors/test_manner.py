"""In which manner the HTTP door answers, by what was sent and what is accepted in return."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from contracts.bad_messages import FORMS, replaced, right
from contracts.xml_answers import PROBLEM, content_of
from platform_under_test import AT, context, identifiers, parties, sample
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.storing import Taken
from singlewindow.hub.exchange.submission import Prepared

PROBLEM_JSON = "application/problem+json"
SAMPLES = Path(__file__).resolve().parents[6] / "shared/samples"
OTHER = b'<?xml version="1.0"?><Manifest/>'


class Committer:
    async def add(self, prepared: Prepared) -> Taken:
        return Taken(prepared.submission_id, prepared.context.message_id, AT, prepared.digest, True)


def asked(body: bytes, known: bool = True, method: str = "POST", **headers: str) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer to one request."""
    made: Any = Committer()
    door: Any = Door(lambda: context().knowledge, made, lambda: AT, identifiers(1))
    if known:
        door._sender = lambda *_: (context().actor, parties()[0])
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(door({"type": "http", "method": method, "path": "/", "headers": given}, receive, send))
    return said[0]["status"], dict(said[0]["headers"])[b"content-type"].decode(), said[1]["body"]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_receipt_of_a_message_holds_what_that_of_json_holds(form: Any) -> None:
    body = form(replaced(b"<DecHead>", b"<DecHead><Colour>red</Colour>")())
    status, media, said = asked(body, idempotency_key="m-1")
    plain = json.loads(asked(body, idempotency_key="m-1", accept="application/json")[2])
    receipt = content_of(body, said, media)
    assert status == 202
    assert {name: receipt[name] for name in ("submission_id", "message_id", "received_at", "digest")} == {
        name: value for name, value in plain.items() if name != "warnings"
    }
    assert [one["code"] for one in receipt["warnings"]] == ["unknown_element"]


def test_a_problem_is_named_by_the_element_too() -> None:
    body = replaced(b"<GQty>", b"<GQty>x")()
    status, media, said = asked(body)
    [problem] = content_of(body, said, media)["problems"]
    assert (status, problem["field"], problem["element"]) == (422, "goods[0].quantity", "DecLists[0].GQty")


@pytest.mark.parametrize(
    ("accept", "in_json"),
    [
        ("", False),
        ("*/*", False),
        ("text/xml", False),
        ("application/json", True),
        ("application/json, text/plain, */*", True),
        ("application/problem+json", True),
        ("application/xml, application/json", False),
        ("application/xml;q=0.1, application/json;q=0.9", True),
        ("application/json;q=0", False),
        ("application/json;q=nan", False),
    ],
)
def test_json_is_for_who_asks_for_it(accept: str, in_json: bool) -> None:
    status, media, said = asked(OTHER, accept=accept)
    assert (status, media) == (400, PROBLEM_JSON if in_json else PROBLEM)
    assert (json.loads(said) if in_json else content_of(OTHER, said, media))["problems"]


def test_what_was_not_read_is_answered_by_what_it_is_said_to_be() -> None:
    for headers in ({"content_length": str(2**30)}, {"content_type": "text/xml; charset=gbk"}):
        status, media, said = asked(right(), **{"content_type": "application/xml"} | headers)
        assert (status, media) == (413 if "content_length" in headers else 415, PROBLEM)
        assert content_of(b"<unread/>", said, media)["status"] == str(status)
    assert asked(right(), known=False, content_type="application/xml")[:2] == (401, PROBLEM)
    assert asked(right(), method="GET", accept="application/xml")[:2] == (405, PROBLEM_JSON)


def test_who_sends_json_is_answered_in_json() -> None:
    assert asked(sample(), accept="application/xml", content_type="text/xml")[:2] == (202, "application/json")


def real(pattern: str) -> list[Any]:
    """Files of other people's systems, where they are at hand."""
    found = sorted(SAMPLES.glob(pattern))
    missing = pytest.param(None, marks=pytest.mark.skip(reason=f"no {pattern} in {SAMPLES.name}"))
    return [pytest.param(each, id=each.name) for each in found] or [missing]


@pytest.mark.parametrize("file", [*real("cn-dec/*.xml"), *real("cn-manifest/*.xml"), *real("cn-ceb/*.xml")])
def test_messages_of_other_systems_are_answered_in_their_manner(file: Path) -> None:
    status, media, said = asked(file.read_bytes())
    content = content_of(file.read_bytes(), said, media)
    assert status in (400, 422)
    assert content["problems"]
    assert all(each["remedy"]["zh"] and each["remedy"]["en"] for each in content["problems"])
