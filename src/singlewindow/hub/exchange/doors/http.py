"""The HTTP door: one document in, one receipt out, committed in groups. Bare ASGI."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog
from psycopg import OperationalError

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.exchange.doors import charset
from singlewindow.hub.exchange.doors.body import Body, Receive, Send, declared
from singlewindow.hub.exchange.doors.manner import Answer, Asked, Said, written
from singlewindow.hub.exchange.doors.refusals import (
    BUSY,
    ENCODED,
    FAULT,
    METHOD,
    NO_SCOPE,
    NO_TOKEN,
    TOO_LARGE,
    TOO_MUCH,
    TOO_SLOW,
    UNSETTLED,
    Refusal,
    asks_more,
    conflict,
    encoded,
    problems_said,
)
from singlewindow.hub.exchange.doors.room import NoRoom, Part, Room, ShareTaken
from singlewindow.hub.exchange.group_commit import Full, GroupCommit, Unsettled
from singlewindow.hub.exchange.storing import Conflict, Taken
from singlewindow.hub.exchange.submission import Context, Knowledge, Prepared, Reader, Refused, prepare
from singlewindow.hub.identity.directory import Party, StaleDirectoryError
from singlewindow.hub.identity.tokens import bearer
from singlewindow.kernel.clock import Clock
from singlewindow.kernel.messages import Actor, Problem, Severity, Unreadable
from singlewindow.kernel.problem_details import problem_values

READ_S = 30.0  # a sender who takes longer for one body is let go
BEGINNING_S = 2.0  # of a body that is refused unread
SCOPE = "declarations.submit"
# What a message was answered when it came first; raises OperationalError or TimeoutError.
Earlier = Callable[[bytes, Context], Coroutine[Any, Any, Taken | Conflict | None]]
UNKNOWN = ""  # all who are refused before anything is read, as one sender

log = structlog.get_logger(__name__)


class Door:
    """``POST /api/v1/submissions``: authenticate, prepare, commit in a group, answer."""

    def __init__(
        self,
        knowledge: Callable[[], Knowledge],
        committer: GroupCommit[Prepared, Taken | Conflict],
        earlier: Earlier,
        clock: Clock,
        new_id: Callable[[], UUID],
        room: Room | None = None,
    ) -> None:
        self.knowledge = knowledge
        self.committer, self.earlier = committer, earlier
        self.clock = clock
        self.new_id = new_id
        self.room = room or Room()
        self.readers: tuple[Reader, ...] = ()  # as last known: a busy door answers in every manner too

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        body = Body(receive, declared(headers))
        asked = Asked(headers, query=scope.get("query_string", b"").decode("latin-1"))
        answer = await self._answer(scope["method"], asked, body)
        start = {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(b"content-length", b"%d" % len(answer.body)), *answer.headers],
        }
        if not body.whole:
            await body.pass_over()
        await send(start)
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, method: str, asked: Asked, body: Body) -> Answer:
        said = METHOD.said(asked.language) if method != "POST" else await self._said(asked, body)
        return written(said, asked)

    async def _said(self, asked: Asked, body: Body) -> Said:
        headers, language = asked.headers, asked.language
        asked.readers = self.readers
        try:
            known = self.knowledge()
        except StaleDirectoryError:
            return await self._unread(BUSY, asked, body)
        asked.readers = self.readers = known.readers
        sender = self._sender(known, headers.get("authorization", ""))
        if isinstance(sender, Refusal):
            return await self._unread(sender, asked, body)
        if (refusal := asks_more(asked.query) or _refused_unread(headers, body)) is not None:
            return await self._unread(refusal, asked, body)
        with self.room.part(str(sender[1].id)) as part:
            refusal = await _read(body, asked, part)
            if refusal is not None:
                return refusal.said(language)
            return await self._submitted(asked.body, headers, known, sender, language)

    async def _unread(self, refusal: Refusal, asked: Asked, body: Body) -> Said:
        """Refused whatever the body says; its beginning is kept, to answer in its manner."""
        with suppress(TimeoutError, NoRoom), self.room.part(UNKNOWN) as part:
            async with asyncio.timeout(BEGINNING_S):
                beginning = await body.part()
            part.take(len(beginning))
            asked.body = beginning
        return refusal.said(asked.language)

    async def _submitted(
        self,
        body: bytes,
        headers: Mapping[str, str],
        known: Knowledge,
        sender: tuple[Actor, Party],
        language: str,
    ) -> Said:
        message_id = headers.get("idempotency-key")
        if message_id is None:
            message_id = hashlib.sha256(body).hexdigest()
        context = Context(known, *sender, "http", message_id, self.clock(), self.new_id)
        return await self._take(body, context, language)

    def _sender(self, known: Knowledge, authorization: str) -> tuple[Actor, Party] | Refusal:
        recognised = bearer(authorization, known.directory, self.clock())
        if recognised is None:
            return NO_TOKEN
        actor, viewer = recognised
        party = known.directory.party(viewer.party)
        return (actor, party) if SCOPE in viewer.permissions and party is not None else NO_SCOPE

    async def _take(self, body: bytes, context: Context, language: str) -> Said:
        try:
            prepared = prepare(body, context)
            taken = await self.committer.add(prepared)
        except (Unreadable, Refused) as error:
            return await self._refused(error, body, context, language)
        except Unsettled:
            return UNSETTLED.said(language)
        except (Full, OperationalError):
            return BUSY.said(language)
        except Exception:  # a fault of ours: the sender is told, and may send it again
            log.exception("not taken", message_id=context.message_id, party=context.party.id)
            return FAULT.said(language)
        return _told(taken, prepared.checked.problems, language)

    async def _refused(
        self, error: Unreadable | Refused, body: bytes, context: Context, language: str
    ) -> Said:
        """It was judged by what is known today: what was taken before, by what was known then, stays so."""
        try:
            before = await self.earlier(body, context)
        except (OperationalError, TimeoutError):
            return UNSETTLED.said(language)
        if before is None:
            return problems_said(400 if isinstance(error, Unreadable) else 422, error.problems, language)
        asks = [problem for problem in error.problems if problem.severity is Severity.WARNING]
        return _told(before, asks, language)


def _told(taken: Taken | Conflict, warnings: Sequence[Problem], language: str) -> Said:
    """The receipt, the original one where it came before; or that its id was used for something else."""
    if isinstance(taken, Conflict):
        return conflict(taken).said(language)
    content = {
        "submission_id": str(taken.submission_id),
        "message_id": taken.message_id,
        "received_at": taken.received_at.isoformat(),
        "digest": taken.digest.hex(),
        "warnings": problem_values(warnings),
    }
    return Said(202, content, ((b"idempotency-replayed", b"true"),) if taken.repeated else ())


def _refused_unread(headers: Mapping[str, str], body: Body) -> Refusal | None:
    """What the headers alone decide."""
    if encoded(headers.get("content-encoding", "")):
        return ENCODED
    if (refusal := charset.unfit(headers.get("content-type", ""))) is not None:
        return refusal
    return TOO_LARGE if body.declared > MOST_BYTES else None


async def _read(body: Body, asked: Asked, part: Part) -> Refusal | None:
    """The whole body into ``asked``, or why not; its beginning is there in either case."""
    parts: list[bytes] = []
    try:
        async with asyncio.timeout(READ_S):
            while not body.whole:
                parts.append(await body.part())
                part.take(len(parts[-1]))
                asked.body = parts[0]
                if body.size > MOST_BYTES:
                    return TOO_LARGE
    except TimeoutError:
        return TOO_SLOW
    except ShareTaken:
        return TOO_MUCH
    except NoRoom:
        return BUSY
    asked.body = b"".join(parts)
    return TOO_SLOW if body.broken else None
