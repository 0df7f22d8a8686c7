"""Who is who, in memory: parties, mandates and tokens of one revision, and the keeper of the newest one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

import msgspec
from msgspec import Struct
from psycopg import AsyncConnection

from singlewindow.kernel.clock import Clock, now
from singlewindow.kernel.messages import Text

SNAPSHOT = "select identity_revision(), identity_snapshot()::text"
REVISION = "select identity_revision()"
MOST_MERGES = 8  # an agency merged into one that was merged …; the data base function stops there too

POLL_SECONDS = 2.0
ANSWER_SECONDS = 10.0
STALE_AFTER = timedelta(seconds=60)  # a right withdrawn is honoured no longer than this, whatever fails

log = logging.getLogger(__name__)


class Party(Struct, frozen=True):
    """A firm, agency, operator, platform or individual."""

    id: int
    kind: str
    code: str
    name: Text
    partner: str | None = None
    seal: str = ""
    customs_code: str = ""
    merged_into: int | None = None
    merged_from: date | None = None


class Mandate(Struct, frozen=True):
    """``agent`` may declare documents of kind ``scope`` for ``principal``. Id 0: one's own right."""

    id: int
    principal: int
    agent: int
    scope: str
    valid_from: date
    valid_to: date


class TokenRecord(Struct, frozen=True):
    """What a token of a program allows. ``hash`` is its SHA-256 in hexadecimal."""

    hash: str
    party: int
    name: str
    scopes: frozenset[str]
    valid_to: datetime | None = None


class Card(Struct, frozen=True):
    """The card of a party's clerk. Not ``works``: they have left, and the card is nobody else's either."""

    number: str
    person: int
    party: int
    works: bool = True


class Snapshot(Struct, frozen=True):
    """The answer of ``identity_snapshot()``."""

    parties: list[Party]
    mandates: list[Mandate]
    tokens: list[TokenRecord]
    cards: list[Card] = []


class Directory:
    """Immutable; every question is one look-up."""

    __slots__ = (
        "_card",
        "_clerk",
        "_code",
        "_mandates",
        "_parties",
        "_partner",
        "_tokens",
        "revision",
    )

    def __init__(self, revision: int, snapshot: Snapshot) -> None:
        self.revision = revision
        parties = snapshot.parties
        self._parties = _index((party.id, party) for party in parties)
        self._code = _index((party.code, party) for party in parties)
        self._partner = _index((party.partner, party) for party in parties if party.partner)
        self._tokens = _index((bytes.fromhex(token.hash), token) for token in snapshot.tokens)
        self._mandates = _grouped(snapshot.mandates)
        self._card = _index((card.number, card) for card in snapshot.cards)
        self._clerk = _index(((str(card.person), card.party), card) for card in snapshot.cards if card.works)

    def party(self, id: int) -> Party | None:  # noqa: A002 - the word of the table
        """A party by its number here."""
        return self._parties.get(id)

    def by_code(self, code: str) -> Party | None:
        """A firm by its unified social credit code, an agency by its short name."""
        return self._code.get(code)

    def by_partner(self, partner: str) -> Party | None:
        """The agency or operator a component speaks for."""
        return self._partner.get(partner)

    def card(self, number: str) -> Card | None:
        """A clerk's card by its number."""
        return self._card.get(number)

    def card_of(self, person: str, party: int) -> Card | None:
        """The card under which somebody, by the number of a person, works for a party."""
        return self._clerk.get((person, party))

    def in_charge(self, id: int, on: date) -> Party | None:  # noqa: A002 - the word of the table
        """Who does a party's work on a day: itself, or the one it has been merged into by then."""
        party = self._parties.get(id)
        for _ in range(MOST_MERGES):
            if (
                party is None
                or party.merged_into is None
                or party.merged_from is None
                or on < party.merged_from
            ):
                return party
            party = self._parties.get(party.merged_into)
        return None

    def may_declare(self, agent: int, principal: int, kind: str, on: date) -> Mandate | None:
        """The mandate (代理报关委托) under which ``agent`` declares for ``principal`` on a day."""
        if agent == principal and agent in self._parties:
            return Mandate(0, principal, agent, kind, date.min, date.max)
        held = self._mandates.get((agent, principal, kind), ())
        return next((mandate for mandate in held if mandate.valid_from <= on <= mandate.valid_to), None)

    def principals(self, agent: int, kind: str, on: date) -> list[Party]:
        """For whom ``agent`` may declare documents of a kind on a day, besides itself."""
        held = (several for (by, _, scope), several in self._mandates.items() if (by, scope) == (agent, kind))
        ids = {
            each.principal for several in held for each in several if each.valid_from <= on <= each.valid_to
        }
        return [party for id_ in sorted(ids) if (party := self._parties.get(id_))]

    def token(self, hash: bytes, at: datetime) -> TokenRecord | None:  # noqa: A002 - the word of the table
        """What a token allows at an instant, by its SHA-256; None if unknown, revoked or expired."""
        record = self._tokens.get(hash)
        expired = record is None or (record.valid_to is not None and record.valid_to <= at)
        return None if expired else record


def _index(pairs: Iterable[tuple[Any, Any]]) -> Mapping[Any, Any]:
    return MappingProxyType(dict(pairs))


def _grouped(mandates: Iterable[Mandate]) -> Mapping[tuple[int, int, str], tuple[Mandate, ...]]:
    groups: dict[tuple[int, int, str], list[Mandate]] = {}
    for mandate in mandates:
        groups.setdefault((mandate.agent, mandate.principal, mandate.scope), []).append(mandate)
    return MappingProxyType({key: tuple(group) for key, group in groups.items()})


async def load(connection: AsyncConnection[Any]) -> Directory:
    """The directory as it is now. One statement, so revision and content belong together."""
    row = await (await connection.execute(SNAPSHOT)).fetchone()
    if row is None:
        raise LookupError("identity_snapshot() gave no row")
    return Directory(row[0], msgspec.json.decode(row[1], type=Snapshot))


class StaleDirectoryError(RuntimeError):
    """Identity could not be read for longer than ``STALE_AFTER``: refuse rather than guess."""


Connect = Callable[[], AbstractAsyncContextManager[AsyncConnection[Any]]]


class LiveDirectory:
    """Keeps the newest directory: asks for the revision every two seconds, reads again if it grew.

    A revocation is therefore honoured within ``POLL_SECONDS`` plus one read; if the data base does
    not answer, the last directory serves for at most ``STALE_AFTER`` and then nobody is known.
    """

    def __init__(self, connect: Connect, clock: Clock = now, every: float = POLL_SECONDS) -> None:
        self._connect = connect
        self._clock = clock
        self._every = every
        self._directory: Directory | None = None
        self._confirmed: datetime | None = None

    @property
    def current(self) -> Directory:
        """The newest directory; StaleDirectoryError if it is not known to be recent."""
        directory, confirmed = self._directory, self._confirmed
        if directory is None or confirmed is None or self._clock() - confirmed > STALE_AFTER:
            raise StaleDirectoryError("identity has not been read for too long")
        return directory

    async def refresh(self) -> None:
        """Read once; raises what the data base raises, TimeoutError after ``ANSWER_SECONDS``."""
        asked = self._clock()
        async with asyncio.timeout(ANSWER_SECONDS), self._connect() as connection:
            row = await (await connection.execute(REVISION)).fetchone()
            if self._directory is None or row is None or row[0] != self._directory.revision:
                self._directory = await load(connection)
        self._confirmed = asked

    async def run(self) -> None:
        """Refresh for ever; cancel to end. A failure is logged once, until the next success."""
        failing = False
        while True:
            try:
                await self.refresh()
                failing = False
            except Exception:
                if not failing:
                    log.exception("identity cannot be read; the last directory serves until it is stale")
                failing = True
            await asyncio.sleep(self._every)
