"""Keeping what doors know by heart up to date, without a look at the data base per submission."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog
from psycopg import AsyncConnection, OperationalError

from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.exchange import subscriptions
from singlewindow.hub.exchange.connector import Connector
from singlewindow.hub.exchange.submission import Knowledge, Reader, Subscription
from singlewindow.hub.identity.directory import LiveDirectory, StaleDirectoryError

POLL_S = 2.0

log = structlog.get_logger(__name__)


class LiveKnowledge:
    """Definitions and codecs for the life of the process; identity and subscriptions as they change."""

    def __init__(
        self,
        dsn: str,
        registry: Registry,
        readers: tuple[Reader, ...],
        connectors: Mapping[str, Connector],
        directory: LiveDirectory,
    ) -> None:
        self._dsn = dsn
        self._registry = registry
        self._readers = readers
        self._connectors = connectors
        self._directory = directory
        self._subscriptions: tuple[Subscription, ...] | None = None
        self._current: Knowledge | None = None

    def current(self) -> Knowledge:
        """What is known now; raises StaleDirectoryError while it is not, or not recently enough, known."""
        directory = self._directory.current
        if self._subscriptions is None:  # a submission taken now would be reported to nobody
            raise StaleDirectoryError("who receives what has not been read yet")
        known = self._current
        if (
            known is None
            or known.directory is not directory
            or known.subscriptions is not self._subscriptions
        ):
            known = Knowledge(self._registry, self._readers, self._connectors, directory, self._subscriptions)
            self._current = known
        return known

    async def refresh(self, connection: AsyncConnection[Any]) -> None:
        """Read the subscriptions once; those of partners without a component are left out, and said."""
        rows = await subscriptions.load(connection)
        served = tuple(row for row in rows if row.receiver in self._connectors)
        if served != self._subscriptions:
            left_out = sorted({row.receiver for row in rows} - set(self._connectors))
            log.info("subscriptions read", rows=len(served), without_component=left_out)
            self._subscriptions = served

    async def run(self) -> None:
        """Keep reading until cancelled; a lost data base is waited for."""
        while True:
            try:
                async with await AsyncConnection.connect(self._dsn, autocommit=True) as connection:
                    while True:
                        await self.refresh(connection)
                        await asyncio.sleep(POLL_S)
            except OperationalError as error:
                log.warning("data base away", error=str(error))
                await asyncio.sleep(POLL_S)
