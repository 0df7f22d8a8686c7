"""The journal's subscriber ``notice``: fills the message box, exactly once wherever it is interrupted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection, AsyncCursor

from singlewindow.hub.journal.announcement import CHANNEL, MOST_BYTES
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.subscriber import BATCH, Numbered, advance
from singlewindow.hub.notice import news, rules
from singlewindow.hub.notice.telling import Circumstances, Notice, Parties, Party, notices
from singlewindow.kernel.messages import Text
from singlewindow.kernel.queries import named_queries

NAME = "notice"
LIVE = "notices"  # what browsers listen for: the message box of one of their parties changed

Concerned = Callable[[AsyncCursor[Any], Sequence[Numbered]], Awaitable[Mapping[UUID, Circumstances]]]

_SQL = named_queries(files(__package__).joinpath("sql/following.sql").read_text(encoding="utf-8"))
_ask = asking(_SQL)
_TYPES = [
    "int4", "int8", "timestamptz", "text", "text", "text", "text", "text", "text", "text", "text", "uuid",
    "uuid", "int4[]",
]  # fmt: skip


class Box:
    """Fills the message box. ``concerned`` is what rooms above know of entries' subjects, set by set."""

    def __init__(self, concerned: Concerned, book: rules.Book | None = None) -> None:
        self.concerned = concerned
        self.book = book or rules.book()

    async def run(self, dsn: str) -> None:
        """Work until cancelled."""
        await news.follow(dsn, self.once)

    async def once(self, connection: AsyncConnection[Any], limit: int = BATCH) -> bool:
        """One batch in one transaction: what was said and how far it reaches are committed together."""
        async with connection.transaction(), connection.cursor() as cursor:
            found, position = await news.read(cursor, NAME, self.book.verbs, limit)
            if position is None:
                return False
            if found:
                await self._tell(cursor, found)
            await advance(cursor, NAME, position)
        return True

    async def _tell(self, cursor: AsyncCursor[Any], found: Sequence[Numbered]) -> None:
        known = await self.concerned(cursor, found)
        parties = await _parties(cursor, found, known)
        made = list(notices(found, known, parties, self.book))
        if not made:
            return
        async with cursor.copy(_SQL["copy_notice"]) as stream:
            stream.set_types(_TYPES)
            for one in made:
                await stream.write_row(_row(one))
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


def _row(one: Notice) -> tuple[Any, ...]:
    return (
        one.party, one.position, one.at, one.topic, one.role, one.kind, one.title.zh, one.title.en,
        one.detail.zh, one.detail.en, one.subject_kind, one.subject_id, one.submission_id, [one.party],
    )  # fmt: skip
