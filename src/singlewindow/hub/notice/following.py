"""The journal's subscriber ``notice``: fills the message box, exactly once wherever it is interrupted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.journal.announcement import CHANNEL, MOST_BYTES
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.putting import putting
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.subscriber import BATCH, Numbered, advance
from singlewindow.hub.notice import news, rules
from singlewindow.hub.notice.telling import Circumstances, Notice, Parties, Party, notices
from singlewindow.kernel.copying import (
    NULL,
    fields,
    int4,
    int4s,
    int8,
    moment,
    text,
    uuid,
    word,
)
from singlewindow.kernel.messages import Text

NAME = "notice"
LIVE = "notices"  # what browsers listen for: the message box of one of their parties changed

Concerned = Callable[[AsyncCursor[Any], Sequence[Numbered]], Awaitable[Mapping[UUID, Circumstances]]]

_SQL = statements_beside(__file__, "sql/following.sql")
_ask, _put = asking(_SQL), putting(_SQL)
_COLUMNS = fields(14)


class Box:
    """Fills the message box. ``concerned`` is what rooms above know of entries' subjects, set by set."""

    def __init__(self, concerned: Concerned, book: rules.Book | None = None) -> None:
        self.concerned = concerned
        self.book = book or rules.book()

    async def run(self, dsn: str) -> None:
        """Work until cancelled."""
        await news.follow(dsn, self.once)

    async def once(self, connection: AsyncConnection[Any], limit: int = BATCH) -> bool:
        """One batch in one transaction, what was said with how far it reaches; whether more waits."""
        async with connection.transaction(), connection.cursor() as cursor:
            read = await news.read(cursor, NAME, self.book.verbs, limit)
            if read.found:
                await self._tell(cursor, read.found)
            if read.position is not None:
                await advance(cursor, NAME, read.position)
        return read.more

    async def _tell(self, cursor: AsyncCursor[Any], found: Sequence[Numbered]) -> None:
        known = await self.concerned(cursor, found)
        parties = await _parties(cursor, found, known)
        made = list(notices(found, known, parties, self.book))
        if not made:
            return
        await _put(cursor, "copy_notice", map(_row, made))
        told = sorted({one.party for one in made})
        await cursor.execute("select pg_notify(%s, %s)", [CHANNEL, announcement(told)])


def announcement(parties: Sequence[int]) -> str:
    """What browsers of these parties are told; too many parties become all."""
    payload = msgspec.json.encode({"submissions": [(LIVE, parties)]}).decode()
    return payload if len(payload) <= MOST_BYTES else '{"many":true}'


async def _parties(
    cursor: AsyncCursor[Any], found: Iterable[Numbered], known: Mapping[UUID, Circumstances]
) -> Parties:
    wanted = {viewer for entry in found for viewer in entry.viewers}
    wanted |= {viewer for about in known.values() for viewer in about.viewers or ()}
    rows = await _ask(cursor, "parties", sorted(wanted))
    return Parties(Party(id_, kind, partner, Text(zh, en)) for id_, kind, partner, zh, en in rows)


def _row(one: Notice) -> bytes:
    of = one.submission_id
    return b"".join(
        (
            _COLUMNS, int4(one.party), int8(one.position), moment(one.at), word(one.topic), word(one.role),
            word(one.kind), _sentences(one.title, one.detail), word(one.subject_kind), uuid(one.subject_id),
            NULL if of is None else uuid(of), int4s((one.party,)),
        )
    )  # fmt: skip


# One after the other, several parties are told the same.
@lru_cache(4)
def _sentences(title: Text, detail: Text) -> bytes:
    return b"".join((text(title.zh), text(title.en), text(detail.zh), text(detail.en)))
