"""One request of a person or a program: what carrying it out needs, and what became of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.coordination.cases import Offices
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.exchange.outage import is_outage
from singlewindow.hub.exchange.services import LONGEST_REASON
from singlewindow.kernel.messages import Actor, Problem
from singlewindow.kernel.unseen import first_unseen

log = structlog.get_logger(__name__)


class Asked(Struct, frozen=True):
    """One request, with what carrying it out needs."""

    id: UUID
    actor: Actor
    arguments: bytes
    offices: Offices
    means: Means
    at: datetime

    def read(self, kind: type[Any]) -> Any:
        """The arguments as a verb expects them. Raises ``Declined``."""
        try:
            return msgspec.json.decode(self.arguments, type=kind)
        except msgspec.ValidationError:
            raise _malformed() from None


Verb = Callable[[AsyncCursor[Any], Asked], Awaitable[Declined | None]]


async def carried_out(cursor: AsyncCursor[Any], name: str, verb: Verb | None, asked: Asked) -> list[Problem]:
    """Carry a request out in a savepoint of its own; what stood in the way.

    Raises where the data base is away: then it waits.
    """
    try:
        declined = await _done(cursor, verb, asked)
    except Declined as raised:
        declined = raised
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("request not carried out", verb=name)
        declined = Declined(
            "request.failed", "无法执行，请联系运行中心", "it could not be carried out; tell the operator"
        )
    return [declined.problem] if declined else []


async def _done(cursor: AsyncCursor[Any], verb: Verb | None, asked: Asked) -> Declined | None:
    _must_be_seen(asked.arguments)
    if verb is None:
        raise _malformed()
    async with cursor.connection.transaction():
        return await verb(cursor, asked)


def must_be_reasoned(reason: str) -> None:
    """Whoever decides says why, in a bounded number of characters. Raises ``Declined``."""
    if not reason.strip():
        raise Declined("request.reason", "须说明理由", "a reason is needed")
    if len(reason) > LONGEST_REASON:
        raise Declined(
            "request.reason",
            f"理由不得超过 {LONGEST_REASON} 字",
            f"a reason has at most {LONGEST_REASON} characters",
        )


def _must_be_seen(arguments: bytes) -> None:
    for text in _texts(msgspec.json.decode(arguments)):
        if mark := first_unseen(text):
            raise Declined(
                "request.unseen",
                f"文字中有看不见的字符（{mark}），请重新键入",
                f"a text holds a character that nobody sees ({mark}): type it again",
            )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _malformed() -> Declined:
    return Declined("request.malformed", "请求无法识别", "the request cannot be read")
