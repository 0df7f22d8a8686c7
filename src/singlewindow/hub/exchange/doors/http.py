"""The HTTP door: one document in, one receipt out, committed in groups. Bare ASGI."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
import structlog
from psycopg import OperationalError

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.exchange.doors.refusals import (
    BUSY,
    FAULT,
    METHOD,
    NO_SCOPE,
    NO_TOKEN,
    TOO_LARGE,
    TOO_SLOW,
    Answer,
    Refusal,
    conflict,
    problem_answer,
    wrong_charset,
)
from singlewindow.hub.exchange.doors.room import NoRoom, Part, Room
from singlewindow.hub.exchange.group_commit import Full, GroupCommit
from singlewindow.hub.exchange.storing import Conflict, Taken
from singlewindow.hub.exchange.submission import Context, Knowledge, Prepared, Refused, prepare
from singlewindow.hub.identity.directory import Party, StaleDirectoryError
from singlewindow.hub.identity.tokens import bearer
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Actor, Unreadable
from singlewindow.kernel.problem_details import problem_values

READ_S = 30.0  # a sender who takes longer for one body is let go
SCOPE = "declarations.submit"
UTF_8 = ("utf-8", "utf8")
CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^"';\s]*)""", re.IGNORECASE)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_JSON = msgspec.json.Encoder()

log = structlog.get_logger(__name__)


class Door:
    """``POST /api/v1/submissions``: authenticate, prepare, commit in a group, answer."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        committer: GroupCommit[Prepared, Taken | Conflict],
        clock: Clock,
        new_id: Callable[[], UUID],
        room: Room | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.committer = committer
        self.clock = clock
        self.new_id = new_id
        self.room = room or Room()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        language = "en" if headers.get("accept-language", "").startswith("en") else "zh"
        if scope["method"] != "POST":
            answer = METHOD.answer(language)
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
            return BUSY.answer(language)
        sender = self._sender(known, headers.get("authorization", ""))
        if isinstance(sender, Refusal):
            return sender.answer(language)
        if (charset := _charset(headers.get("content-type", ""))) not in UTF_8:
            return wrong_charset(charset).answer(language)
        with self.room.part() as part:
            body = await _read(receive, headers.get("content-length", ""), part)
            if isinstance(body, Refusal):
                return body.answer(language)
            return await self._submitted(body, headers, known, sender, language)

    async def _submitted(
        self,
        body: bytes,
        headers: Mapping[str, str],
        known: Knowledge,
        sender: tuple[Actor, Party],
        language: str,
    ) -> Answer:
        message_id = headers.get("idempotency-key") or hashlib.sha256(body).hexdigest()
        context = Context(known, *sender, "http", message_id, self.clock(), self.new_id)
        return await self._take(body, context, language)

    def _sender(self, known: Knowledge, authorization: str) -> tuple[Actor, Party] | Refusal:
        recognised = bearer(authorization, known.directory, self.clock())
        if recognised is None:
            return NO_TOKEN
        actor, viewer = recognised
        party = known.directory.party(viewer.party)
        return (actor, party) if SCOPE in viewer.permissions and party is not None else NO_SCOPE

    async def _take(self, body: bytes, context: Context, language: str) -> Answer:
        try:
            prepared = prepare(body, context)
            taken = await self.committer.add(prepared)
        except Unreadable as error:
            return problem_answer(400, error.problems, language)
        except Refused as error:
            return problem_answer(422, error.problems, language)
        except (Full, OperationalError):
            return BUSY.answer(language)
        except Exception:  # a fault of ours: the sender is told, and may send it again
            log.exception("not taken", message_id=context.message_id, party=context.party.id)
            return FAULT.answer(language)
        if isinstance(taken, Conflict):
            return conflict(taken).answer(language)
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


def _charset(content_type: str) -> str:
    """What a content type declares; what declares nothing is UTF-8 (RFC 8259)."""
    declared = CHARSET.search(content_type)
    return declared[1].lower() if declared else UTF_8[0]


async def _read(receive: Receive, declared: str, part: Part) -> bytes | Refusal:
    if declared.isascii() and declared.isdigit() and int(declared) > MOST_BYTES:
        return TOO_LARGE
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(READ_S):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return TOO_SLOW
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                part.take(len(parts[-1]))
                if size > MOST_BYTES:
                    return TOO_LARGE
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        return TOO_SLOW
    except NoRoom:
        return BUSY
