"""Sent again under its id after what it rested on has ended: the original receipt, at every door."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from contracts.test_one_submission_many_formats import bare, wire
from contracts.test_one_submission_many_formats import read as understood
from platform_under_test import ACTOR, AT, identifiers, knowledge, parties, sample
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.group_commit import GroupCommit, Unsettled
from singlewindow.hub.exchange.storing import Conflict, Taken, store
from singlewindow.hub.exchange.submission import Prepared
from singlewindow.server import doors
from singlewindow.server.desk import FormDesk
from singlewindow.server.doors import Claims

pytestmark = pytest.mark.database
VALUES = json.loads(sample())["values"]
DRAFT = "01930000-0000-7000-8000-0000000000d1"


class House:
    """Both doors over one data base; the mandate that they know may end."""

    def __init__(self, database: Any, committer: Any, claims: Claims) -> None:
        self.known = knowledge()
        self.door = Door(lambda: self.known, committer, claims.before, lambda: AT, identifiers(1))
        sender: Any = lambda *_: (ACTOR, parties()[0])  # noqa: E731
        self.door._sender = sender  # type: ignore[method-assign]
        live: Any = SimpleNamespace(current=lambda: self.known, registry=self.known.registry)
        self.desk = FormDesk(live, committer, claims.before, asyncio.get_running_loop())

    def end_the_mandate(self) -> None:
        self.known = knowledge(mandated=False)

    async def post(self, body: bytes, key: str | None = None) -> tuple[int, dict[bytes, bytes], Any]:
        """Status, headers and content of the answer at the HTTP door, as JSON."""
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"accept", b"application/json"), *([(b"idempotency-key", key.encode())] if key else [])]
        await self.door({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), json.loads(sent[1]["body"])

    async def hand_in(self, values: dict[str, Any]) -> Any:
        """As the form does, from a thread of its own."""
        given = ("goods_declaration", "1", values, ACTOR, DRAFT)
        return await asyncio.to_thread(self.desk.submit, *given)


@asynccontextmanager
async def house(database: Any) -> AsyncIterator[House]:
    committer: GroupCommit[Prepared, Taken | Conflict] = GroupCommit(database.dsn("sw_intake"), store)
    claims = Claims(database.dsn("sw_intake"))
    running = asyncio.create_task(committer.run())
    try:
        yield House(database, committer, claims)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await claims.line.close()


@pytest.mark.parametrize("key", ["declaration-1", None])
@pytest.mark.parametrize("form", ["JSON", "DecMessage"])
async def test_a_programs_message_keeps_its_receipt_when_the_mandate_has_ended(
    database: Any, form: str, key: str | None
) -> None:
    body = sample() if form == "JSON" else bare(wire(understood(sample())))
    async with house(database) as at:
        status, _, first = await at.post(body, key)
        assert status == 202, first
        at.end_the_mandate()
        status, headers, again = await at.post(body, key)
        assert (status, headers[b"idempotency-replayed"]) == (202, b"true")
        assert {**again, "warnings": []} == {**first, "warnings": []}
        status, _, said = await at.post(body, "another")
        assert (status, said["problems"][0]["code"]) == (422, "no_mandate")
    assert database.execute("postgres", "select count(*) from sw.submission") == [(1,)]


async def test_an_id_used_before_is_a_conflict_for_what_is_refused_or_unreadable_too(database: Any) -> None:
    async with house(database) as at:
        assert (await at.post(sample(), "one"))[0] == 202
        at.end_the_mandate()
        for body in (sample(contract_number="OTHER-1"), b'{"document": '):
            status, _, said = await at.post(body, "one")
            assert (status, said["problems"][0]["code"]) == (409, "request.key_used")
        assert (await at.post(b'{"document": ', "two"))[0] == 400
        assert (await at.post(sample(), "k" * 81))[0] == 422
        assert (await at.post(sample(), "a\0b"))[0] == 422


async def test_a_draft_handed_in_again_is_what_it_became_when_the_mandate_has_ended(database: Any) -> None:
    async with house(database) as at:
        first = await at.hand_in(VALUES)
        at.end_the_mandate()
        assert await at.hand_in(VALUES) == first
        other = await at.hand_in(VALUES | {"contract_number": "OTHER-1"})
        assert (other.submission_id, other.conflict) == (first.submission_id, True)
    assert database.execute("postgres", "select count(*) from sw.submission") == [(1,)]


async def test_while_nobody_can_tell_what_was_taken_nothing_is_called_refused(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "CLAIM_SECONDS", 0.2)
    async with house(database) as at, await database.connect("postgres") as other:
        await other.execute("lock table sw.claim in access exclusive mode")
        at.end_the_mandate()
        status, headers, said = await at.post(sample(), "one")
        assert (status, said["problems"][0]["code"]) == (503, "request.not_known")
        assert b"retry-after" in headers
        assert (await at.hand_in(VALUES)).unsettled
        await other.rollback()
        assert (await at.post(sample(), "one"))[0] == 422


@pytest.mark.parametrize("committing", [True, False])
async def test_a_data_base_lost_in_the_commit_is_told_from_one_lost_before(
    database: Any, committing: bool
) -> None:
    async def stored_and_lost(cursor: Any, words: Any) -> list[str]:
        database.execute("postgres", "select pg_terminate_backend(%s)", cursor.connection.info.backend_pid)
        if not committing:
            await cursor.execute("select 1")
        return list(words)

    committer: GroupCommit[str, str] = GroupCommit(database.dsn("sw_intake"), stored_and_lost)
    running = asyncio.create_task(committer.run())
    with pytest.raises(psycopg.OperationalError) as lost:
        await committer.add("a")
    running.cancel()
    assert isinstance(lost.value, Unsettled) is committing
