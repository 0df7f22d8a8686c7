"""Who may submit, and what a message id means: once, for ever, for one content."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contracts.bad_messages import enveloped, message_of
from contracts.xml_answers import content_of
from integration.bad_input.door import Door, said
from singlewindow.hub.identity.tokens import new_token

pytestmark = pytest.mark.database
KNOWN_S = 10.0  # a new token is known to the doors within two seconds


def refused(door: Door, authorization: str | None) -> httpx.Response:
    """A good declaration under other credentials."""
    headers = {} if authorization is None else {"authorization": authorization}
    answer = httpx.post(f"{door.platform.url}/api/v1/submissions", content=door.fresh(), headers=headers)
    [problem] = said(answer)
    assert problem["field"] == "authorization"
    assert "sw_" not in problem["value"], "a secret is never repeated"
    return answer


NOBODYS = pytest.param(f"Bearer {new_token()}", id="Bearer of nobody")


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Basic YTpi", "Bearer nonsense", NOBODYS])
def test_without_a_token_in_force_nothing_is_taken(untouched: Door, authorization: str | None) -> None:
    answer = refused(untouched, authorization)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_of_another_scope_may_not_submit(untouched: Door) -> None:
    bearer = f"Bearer {untouched.token(['declarations.read'], None)}"
    deadline = time.monotonic() + KNOWN_S
    while (answer := refused(untouched, bearer)).status_code == 401 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert answer.status_code == 403


def test_a_token_that_ended_is_none(untouched: Door) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=5)
    bearer = {"authorization": f"Bearer {untouched.token(['declarations.submit'], ends)}"}
    deadline = time.monotonic() + KNOWN_S
    while untouched.post(b"{}", bearer).status_code == 401 and datetime.now(UTC) < ends:
        time.sleep(0.2)
    assert time.monotonic() < deadline
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()) + 0.1)
    assert refused(untouched, bearer["authorization"]).status_code == 401


def test_the_same_message_again_gets_the_same_receipt_and_changes_nothing(door: Door) -> None:
    body = door.fresh()
    first = door.post(body, {"idempotency-key": "again-1"})
    before = door.written()
    second = door.post(body, {"idempotency-key": "again-1"})
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert door.written() == before


def test_the_same_id_for_other_content_is_a_conflict(untouched: Door) -> None:
    answer = untouched.post(untouched.fresh(), {"idempotency-key": "warm-1"})
    assert answer.status_code == 409
    [problem] = said(answer)
    assert (problem["code"], problem["field"], problem["value"]) == (
        "request.key_used",
        "message_id",
        "warm-1",
    )


def test_a_message_of_another_system_takes_effect_once_too(door: Door) -> None:
    body, other = (enveloped(message_of(door.fresh())) for _ in range(2))
    first = door.post(body, {"idempotency-key": "envelope-1"})
    before = door.written()
    again = door.post(body, {"idempotency-key": "envelope-1"})
    conflict = door.post(other, {"idempotency-key": "envelope-1"})
    assert (first.status_code, again.status_code, conflict.status_code) == (202, 202, 409)
    receipts = [content_of(body, each.content, each.headers["content-type"]) for each in (first, again)]
    assert receipts[0] == receipts[1]
    refused = content_of(body, conflict.content, conflict.headers["content-type"])
    assert (refused["status"], refused["problems"][0]["code"]) == ("409", "request.key_used")
    assert door.written() == before


def test_an_unknown_element_is_kept_and_warned_of(door: Door) -> None:
    body = door.fresh().replace(b'"values": {', b'"values": {"colour": "red", ', 1)
    answer = door.post(body)
    assert answer.status_code == 202
    [warning] = answer.json()["warnings"]
    assert (warning["code"], warning["field"], warning["severity"]) == (
        "unknown_element",
        "colour",
        "warning",
    )
    assert warning["text"]["zh"]
    assert warning["remedy"]["en"]


def test_the_title_follows_the_language_asked_for(untouched: Door) -> None:
    titles = [untouched.post(b"", {"accept-language": tag}).json()["title"] for tag in ("en", "zh-CN")]
    assert titles == ["the body cannot be read", "正文无法读取"]
