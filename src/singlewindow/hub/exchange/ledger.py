"""A component's view of the ledger: what to send under a lease, what was sent, what came back."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import zstandard
from msgspec import Struct
from psycopg import AsyncConnection

from singlewindow.hub.exchange.breaker import Breaker
from singlewindow.hub.exchange.reasons import UNREAD_WORDS_MOST, fit
from singlewindow.hub.journal.append import INSERT, columns
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Actor, Receipt

LEASE_S = 60.0
READ_AFTER_ALL = "同一来源后来已完整读取 · read after all, under the same source"

_SQL = statements_beside(__file__, "sql/ledger.sql")
# One statement is one wait and one commit; what it keeps and counts is said the same way in both.
_JOURNALLED = f"{INSERT} where exists (select from whole)"
_DONE = f"{_SQL['done']}, {_SQL['kept']}, counted as ({_SQL['counted']}) {_JOURNALLED}"
_KEEP = f"with whole as (select), {_SQL['kept']} {_SQL['counted']}"
_JSON = msgspec.json.Encoder()
# One of each for all: making them costs more than what they do for a message.
_pack = zstandard.ZstdCompressor(level=1).compress
_unpack = zstandard.ZstdDecompressor().decompress


class Leased(Struct, frozen=True):
    """One message to send, ours until the lease ends or somebody takes a newer one.

    All of one lease bear the same ``batch_id`` and time: those of the first try, if this is another.
    """

    seq: int
    token: int
    attempts: int
    unanswered: int
    batch_id: UUID
    batched_at: datetime
    message_id: str
    digest: bytes
    payload: bytes


class Answer(Struct, frozen=True):
    """What came back, as it came, with what the codec read in it or why it could not."""

    source: str
    data: bytes
    receipts: tuple[Receipt, ...] = ()
    problem: str = ""


class Ledger:
    """One partner's rows, through that component's own role."""

    def __init__(self, connection: AsyncConnection[Any], partner: str, name: str) -> None:
        self.connection = connection
        self.partner = partner
        self.actor = Actor("component", partner, name)

    async def take_back(self) -> int:
        """End the leases of a component that is gone; how many messages are due again at once.

        None while another of this partner is connected: its leases end when their time is over.
        """
        taken = await self.connection.execute(_SQL["take_back"], {"partner": self.partner})
        return taken.rowcount

    async def claim(self, most: int, batch_id: UUID, at: datetime, *, alone: bool = False) -> list[Leased]:
        """Lease up to ``most`` messages that are due, oldest first; the lease is committed at once.

        None while the lane is paused.
        What was sent together before comes together, under its own batch's id; new ones come under
        ``batch_id``, one ``alone`` if so asked.
        """
        given = {"partner": self.partner, "most": most, "lease_s": LEASE_S}
        given |= {"batch": batch_id, "at": at, "alone": alone}
        found = await self.connection.execute(_SQL["claim"], given, binary=True)
        return [Leased(*(*row[:-1], _unpack(row[-1]))) for row in await found.fetchall()]

    async def split(self, leased: Sequence[Leased], ids: Sequence[UUID], at: datetime) -> list[Leased]:
        """Let each go alone from now on, under an id of its own."""
        await self._settle("split", leased, batches=list(ids), at=at)
        pairs = zip(leased, ids, strict=True)
        return [msgspec.structs.replace(one, batch_id=id_, batched_at=at) for one, id_ in pairs]

    async def unanswered(self, leased: Sequence[Leased]) -> None:
        """Remember that it was handed over and got no usable answer."""
        await self._settle("unanswered", leased)

    async def sent(
        self, batch_id: UUID, leased: Sequence[Leased], answers: Sequence[Answer], at: datetime
    ) -> int:
        """The batch is with the partner: forget it, keep the answers, journal it once over its root.

        Returns how many messages were still ours; those a newer lease took are left to it.
        """
        held = list(leased)
        while held and not await self._done(batch_id, held, answers, at):
            ours = {row[0] for row in await self._asked(_SQL["held"], _lease(held))}
            held = [one for one in held if one.seq in ours]
        if not held:
            await self.keep(answers, at)
        return len(held)

    async def _done(
        self, batch_id: UUID, held: Sequence[Leased], answers: Sequence[Answer], at: datetime
    ) -> bool:
        lease = [*_lease(held), len(held)]
        given = [*lease, *self._came(answers, at), *self._count(len(held), at)]
        entries = columns([self._entry(batch_id, held, at)])
        done = await self.connection.execute(_DONE, [*given, *entries])
        return done.rowcount == 1

    async def keep(self, answers: Sequence[Answer], at: datetime) -> None:
        """What the partner had for us is durable here when this returns; a repetition changes nothing."""
        if answers:
            await self.connection.execute(_KEEP, [*self._came(answers, at), *self._count(0, at)])

    async def unread(self, most: int) -> list[str]:
        """The sources of what could not be read and still waits for a person."""
        rows = await self._asked(_SQL["unread"], {"partner": self.partner, "most": most})
        return [source for (source,) in rows]

    async def read_after_all(self, answers: Sequence[Answer], at: datetime) -> int:
        """Lay aside what could not be read under the sources of these, which were; on record. How many."""
        given = {"sources": [one.source for one in answers], "digests": [_digest(one) for one in answers]}
        given |= {"why": READ_AFTER_ALL, "name": self.actor.name, "at": at}
        async with self.connection.transaction():
            laid = await self._asked(_SQL["read_after_all"], given)
            if laid:
                entries = [self._laid_aside(id_, digest, at) for id_, digest in laid]
                await self.connection.execute(INSERT, columns(entries))
        return len(laid)

    async def postpone(self, leased: Sequence[Leased], wait_s: float, problem: str) -> None:
        """Give the lease back; the messages are due again after ``wait_s`` seconds."""
        await self._settle("postpone", leased, wait_s=wait_s, problem=fit(problem))

    async def bury(self, leased: Sequence[Leased], problem: str) -> None:
        """A dead letter: kept with its reason until a person replays it; it blocks nothing."""
        await self._settle("bury", leased, problem=fit(problem))

    async def show(self, breaker: Breaker, at: datetime) -> None:
        """Write how the lane fares, for the pages."""
        given = {
            "partner": self.partner,
            "breaker": breaker.position(at),
            "failures": breaker.failures,
            "problem": fit(breaker.problem),
            "probe_at": breaker.probe_at,
            "at": at,
        }
        await self.connection.execute(_SQL["lane"], given)

    async def unfetched(self, away: Breaker, at: datetime) -> None:
        """Note that what the partner has for us could not be fetched, how often in a row and why."""
        given = {"failures": away.failures, "problem": fit(away.problem), "at": at}
        await self.connection.execute(_SQL["unfetched"], {"partner": self.partner, **given})

    async def fetched(self, at: datetime, problem: str = "") -> datetime | None:
        """Note that everything was; since when it could not be, if that ends with it.

        The problem is that something of it stays with the partner all the same.
        """
        given = {"failures": int(bool(problem)), "problem": fit(problem), "at": at}
        rows = await self._asked(_SQL["fetched"], {"partner": self.partner, **given})
        return rows[0][0] if rows else None

    async def probe_at(self) -> datetime | None:
        """When the next try is, as the lane's row says: somebody who minds the lane may want it sooner."""
        rows = await self._asked(_SQL["probe_at"], {"partner": self.partner})
        return rows[0][0] if rows else None

    async def disconnected(self) -> bool:
        """Whether the operator has the platform speak with the partner no more."""
        rows = await self._asked(_SQL["disconnected"], {"partner": self.partner})
        return bool(rows and rows[0][0])

    async def _settle(self, query: str, leased: Sequence[Leased], **given: Any) -> None:
        seqs = [one.seq for one in leased]
        lease = {"partner": self.partner, "seqs": seqs, "token": leased[0].token}
        await self.connection.execute(_SQL[query], {**lease, **given})

    async def _asked(self, query: str, given: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
        return await (await self.connection.execute(query, given)).fetchall()

    def _count(self, sent: int, at: datetime) -> list[Any]:
        return [self.partner, sent, at]

    def _came(self, answers: Sequence[Answer], at: datetime) -> list[Any]:
        """One for what could not be read; else as many as the receipts in it."""
        digests = [_digest(answer) for answer in answers]
        return [
            self.partner,
            at,
            [answer.source for answer in answers],
            digests,
            [_pack(answer.data) for answer in answers],
            [_pack(_JSON.encode(answer.receipts)) for answer in answers],
            [fit(answer.problem, UNREAD_WORDS_MOST) for answer in answers],
            digests,
            [max(len(answer.receipts), 1) for answer in answers],
        ]

    def _entry(self, batch_id: UUID, sent: Sequence[Leased], at: datetime) -> Entry:
        root = hashlib.sha256(b"".join(one.digest for one in sent)).hexdigest()
        return entry(
            at=at,
            actor=self.actor,
            verb="message.sent",
            subject_kind="batch",
            subject_id=batch_id,
            submission_id=None,
            content={"messages": [one.message_id for one in sent], "root": root},
            viewers=(),
        )

    def _laid_aside(self, id_: int, digest: bytes, at: datetime) -> Entry:
        return entry(
            at=at,
            actor=self.actor,
            verb="answer.laid_aside",
            subject_kind="receipt",
            subject_id=UUID(bytes=digest[:16]),
            submission_id=None,
            content={"answer": str(id_), "partner": self.partner, "reason": READ_AFTER_ALL},
            viewers=(),
        )


def _lease(leased: Sequence[Leased]) -> list[Any]:
    return [[one.seq for one in leased], leased[0].token]


def _digest(answer: Answer) -> bytes:
    """Of what came; of an answer without a byte, of what is known about it."""
    known = f"{answer.source}\0{fit(answer.problem, UNREAD_WORDS_MOST)}"
    return hashlib.sha256(answer.data or known.encode()).digest()
