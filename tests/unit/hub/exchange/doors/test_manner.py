"""In which manner the HTTP door answers, by what was sent and what is accepted in return."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from unittest.mock import Mock

import pytest

from beside import beside
from contracts.bad_messages import FORMS, replaced, right
from contracts.xml_answers import PROBLEM, XML, content_of
from platform_under_test import AT, context, identifiers, never_before, parties, sample
from singlewindow.hub.exchange.doors import body as coming
from singlewindow.hub.exchange.doors import http
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.storing import Taken
from singlewindow.hub.exchange.submission import Prepared
from singlewindow.hub.identity.directory import StaleDirectoryError

PROBLEM_JSON = "application/problem+json"
OTHER = b'<?xml version="1.0"?><Manifest/>'


class Committer:
    async def add(self, prepared: Prepared) -> Taken:
        return Taken(prepared.submission_id, prepared.context.message_id, AT, prepared.digest, True)


def asked(
    body: bytes | None, known: bool = True, stale: bool = False, method: str = "POST", **headers: str
) -> tuple[int, str, bytes]:
    """Status, media type and body of the answer to one request; None for a body that never comes."""
    made: Any = Committer()
    door: Any = Door(lambda: context().knowledge, made, never_before, lambda: AT, identifiers(1))
    if stale:
        door.knowledge, door.readers = Mock(side_effect=StaleDirectoryError), context().knowledge.readers
    if known:
        door._sender = lambda *_: (context().actor, parties()[0])
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if body is None:
            await asyncio.sleep(60)
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


UNREAD: list[tuple[int, dict[str, Any]]] = [
    (413, {"content_length": str(2**30)}),
    (415, {"content_type": "text/plain; charset=gbk"}),
    (401, {"known": False}),
    (503, {"stale": True}),
]


@pytest.mark.parametrize(("status", "headers"), UNREAD)
def test_what_is_refused_unread_is_refused_in_its_manner(status: int, headers: dict[str, Any]) -> None:
    for body, own in ((right(), True), (OTHER, False)):
        for form in FORMS.values() if own else (FORMS["DecMessage"],):
            found, media, said = asked(form(body), **headers)
            assert (found, media) == (status, XML if own else PROBLEM)
            assert content_of(form(body), said, media)["status"] == str(status)
    assert asked(sample(), **headers)[:2] == (status, PROBLEM_JSON)


def test_a_body_that_does_not_begin_is_answered_by_what_it_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(http, "BEGINNING_S", 0.05)
    monkeypatch.setattr(coming, "PASSED_OVER_S", 0.05)
    for kind, media in (("application/xml", PROBLEM), ("application/json", PROBLEM_JSON)):
        assert asked(b"", known=False, content_type=kind)[:2] == (401, media)
        assert asked(None, known=False, content_type=kind)[:2] == (401, media)
    assert asked(right(), method="GET", accept="application/xml")[:2] == (405, PROBLEM_JSON)


def test_who_sends_json_is_answered_in_json() -> None:
    assert asked(sample(), accept="application/xml", content_type="text/xml")[:2] == (202, "application/json")


@pytest.mark.parametrize("kind", ["cn-dec", "cn-manifest", "cn-ceb"])
def test_messages_of_other_systems_are_answered_in_their_manner(kind: str) -> None:
    for file in beside(f"samples/{kind}/*.xml"):
        status, media, said = asked(file.read_bytes())
        content = content_of(file.read_bytes(), said, media)
        assert status in (400, 422), file.name
        assert content["problems"], file.name
        assert all(each["remedy"]["zh"] and each["remedy"]["en"] for each in content["problems"]), file.name
