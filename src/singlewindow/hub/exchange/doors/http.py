"""The HTTP door: one document in, one receipt out, committed in groups. Bare ASGI."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
from psycopg import OperationalError

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.exchange.group_commit import Full, GroupCommit
from singlewindow.hub.exchange.storing import Conflict, Taken
from singlewindow.hub.exchange.submission import Context, Knowledge, Prepared, Refused, prepare
from singlewindow.hub.identity.directory import Party, StaleDirectoryError
from singlewindow.hub.identity.tokens import bearer
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Actor, Problem, Text, Unreadable
from singlewindow.kernel.problem_details import problem_details, problem_values

READ_S = 30.0  # a sender who takes longer for one body is let go
SCOPE = "declarations.submit"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_JSON = msgspec.json.Encoder()


class Answer(msgspec.Struct, frozen=True):
    """Status, body and headers of one response."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Door:
    """``POST /api/v1/submissions``: authenticate, prepare, commit in a group, answer."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        committer: GroupCommit[Prepared, Taken | Conflict],
        clock: Clock,
        new_id: Callable[[], UUID],
    ) -> None:
        self.knowledge = knowledge
        self.committer = committer
        self.clock = clock
        self.new_id = new_id

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        language = "en" if headers.get("accept-language", "").startswith("en") else "zh"
        if scope["method"] != "POST":
            answer = _failure(405, "method", "此处只接受 POST", "only POST is accepted here", language)
        else:
            answer = await self._answer(headers, receive, language)
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(b"content-length", b"%d" % len(answer.body)), *answer.headers],
        }
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, headers: Mapping[str, str], receive: Receive, language: str) -> Answer:
        try:
            known = self.knowledge()
        except StaleDirectoryError:
            return _busy(language)
        sender = self._sender(known, headers.get("authorization", ""))
        if sender is None:
            return _failure(
                401, "no_right", "令牌无效或没有申报权限", "the token is not valid for this", language
            )
        body = await _read(receive, headers.get("content-length", ""))
        if isinstance(body, Answer):
            return body
        message_id = headers.get("idempotency-key") or hashlib.sha256(body).hexdigest()
        context = Context(known, *sender, "http", message_id, self.clock(), self.new_id)
        return await self._take(body, context, language)

    def _sender(self, known: Knowledge, authorization: str) -> tuple[Actor, Party] | None:
        recognised = bearer(authorization, known.directory, self.clock())
        if recognised is None or SCOPE not in recognised[1].permissions:
            return None
        actor, viewer = recognised
        party = known.directory.party(viewer.party)
        return (actor, party) if party is not None else None

    async def _take(self, body: bytes, context: Context, language: str) -> Answer:
        try:
            prepared = prepare(body, context)
            taken = await self.committer.add(prepared)
        except Unreadable as error:
            return problem_answer(400, error.problems, language)
        except Refused as error:
            return problem_answer(422, error.problems, language)
        except (Full, OperationalError):
            zh, en = (
                "系统繁忙，请稍后用同一报文标识重发",
                "busy; send it again later under the same message id",
            )
            answer = _failure(503, "busy", zh, en, language)
            return Answer(answer.status, answer.body, (*answer.headers, (b"retry-after", b"2")))
        if isinstance(taken, Conflict):
            zh = f"报文标识“{taken.message_id}”已用于其他内容"
            en = f"the message id “{taken.message_id}” was used for other content"
            return _failure(409, "conflict", zh, en, language)
        return _receipt(taken, prepared)


def _receipt(taken: Taken, prepared: Prepared) -> Answer:
    content = {
        "submission_id": str(taken.submission_id),
        "message_id": taken.message_id,
        "received_at": taken.received_at.isoformat(),
        "digest": taken.digest.hex(),
        "warnings": problem_values(prepared.checked.problems),
    }
    replayed = ((b"idempotency-replayed", b"true"),) if taken.repeated else ()
    return Answer(202, _JSON.encode(content), ((b"content-type", b"application/json"), *replayed))


async def _read(receive: Receive, declared: str) -> bytes | Answer:
    too_large = Answer(413, b"", ((b"connection", b"close"),))
    if declared.isdigit() and int(declared) > MOST_BYTES:
        return too_large
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return Answer(400, b"")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > MOST_BYTES:
                    return too_large
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        return Answer(408, b"", ((b"connection", b"close"),))


def problem_answer(status: int, problems: tuple[Problem, ...], language: str) -> Answer:
    """RFC 9457: every problem at once, both languages in each, the title in the one asked for."""
    content = problem_details(status, problems, language)
    return Answer(status, _JSON.encode(content), ((b"content-type", b"application/problem+json"),))


def _busy(language: str) -> Answer:
    zh, en = "系统繁忙，请稍后用同一报文标识重发", "busy; send it again later under the same message id"
    answer = _failure(503, "busy", zh, en, language)
    return Answer(answer.status, answer.body, (*answer.headers, (b"retry-after", b"2")))


def _failure(status: int, code: str, zh: str, en: str, language: str) -> Answer:
    return problem_answer(status, (Problem(code, Text(zh, en)),), language)
