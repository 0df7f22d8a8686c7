"""Keeping what doors know by heart up to date, without a look at the data base per submission."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.exchange import subscriptions
from singlewindow.hub.exchange.connector import Connector
from singlewindow.hub.exchange.notices import LINES
from singlewindow.hub.exchange.submission import Knowledge, Reader, Subscription
from singlewindow.hub.identity.directory import STALE_AFTER, LiveDirectory, StaleDirectoryError
from singlewindow.hub.standards.following import LiveLists
from singlewindow.kernel.clock import Clock, now

POLL_S = 2.0
ANSWER_S = 40.0  # for one round; the largest code list takes longest

log = structlog.get_logger(__name__)


class StaleKnowledgeError(StaleDirectoryError):
    """Subscriptions and code lists could not be read for too long: refuse rather than guess."""


class LiveKnowledge:
    """Definitions and codecs for the life of the process; identity, subscriptions, code lists as they change.

    A change is in force here within ``POLL_S`` plus one read. If the data base does not answer, what was
    read last serves for at most ``STALE_AFTER``, and then nothing is taken.
    """

    def __init__(
        self,
        dsn: str,
        registry: Registry,
        readers: tuple[Reader, ...],
        connectors: Mapping[str, Connector],
        directory: LiveDirectory,
        lists: LiveLists,
        clock: Clock = now,
    ) -> None:
        self._dsn = dsn
        self._registry = registry
        self._readers = readers
        self._connectors = connectors
        self._directory = directory
        self._lists = lists
        self._clock = clock
        self._confirmed: datetime | None = None
        self._subscriptions: tuple[Subscription, ...] | None = None
        self._current: Knowledge | None = None

    @property
    def registry(self) -> Registry:
        """The newest registry, however old: for pages, which show and do not decide."""
        return self._registry

    @property
    def edition(self) -> int:
        """Grows with every change of a code list; the same in every process that knows the same."""
        return self._lists.edition

    def current(self) -> Knowledge:
        """What is known now; raises StaleDirectoryError while it is not, or not recently enough, known."""
        directory = self._directory.current
        if self._subscriptions is None or self._confirmed is None:  # it would be reported to nobody
            raise StaleKnowledgeError("who receives what has not been read yet")
        if self._clock() - self._confirmed > STALE_AFTER:
            raise StaleKnowledgeError("subscriptions and code lists have not been read for too long")
        known = self._current
        if (
            known is None
            or known.directory is not directory
            or known.subscriptions is not self._subscriptions
            or known.registry is not self._registry
        ):
            known = Knowledge(self._registry, self._readers, self._connectors, directory, self._subscriptions)
            self._current = known
        return known

    async def refresh(self, connection: AsyncConnection[Any]) -> None:
        """Read what has changed; one whole round is what makes this knowledge recent."""
        asked = self._clock()
        async with asyncio.timeout(ANSWER_S):
            await self._refresh_subscriptions(connection)
            await self._lists.refresh(connection)
            if self._lists.current is not self._registry.listings:
                # In a thread: making checks takes milliseconds that no sender should wait for.
                self._registry = await asyncio.to_thread(self._registry.with_lists, self._lists.current)
        self._confirmed = asked

    async def _refresh_subscriptions(self, connection: AsyncConnection[Any]) -> None:
        """Those of partners without a component, and what no mapping makes, are left out, and said."""
        rows = await subscriptions.load(connection)
        served = tuple(row for row in rows if row.receiver in self._connectors and self._made(row))
        if served != self._subscriptions:
            left_out = sorted({row.receiver for row in rows} - set(self._connectors))
            unmade = sorted({f"{row.receiver}: {row.document_kind}" for row in rows if not self._made(row)})
            log.info("subscriptions read", rows=len(served), without_component=left_out, not_made=unmade)
            self._subscriptions = served

    def _made(self, row: Subscription) -> bool:
        """The platform's own notices, which nobody hands in, have wires of their own."""
        return row.source_kind in LINES or self._registry.makes(
            row.receiver, row.source_kind, row.document_kind, row.condition
        )

    async def run(self) -> None:
        """Keep reading until cancelled; a lost data base is waited for."""
        while True:
            try:
                await self._keep_reading()
            except (OperationalError, TimeoutError) as error:
                log.warning("data base away", error=str(error))
                await asyncio.sleep(POLL_S)

    async def _keep_reading(self) -> None:
        async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
            while True:
                await self.refresh(connection)
                await asyncio.sleep(POLL_S)
