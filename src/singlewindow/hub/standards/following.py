"""The code lists in force in a process's memory: shipped ones first, then as the store changes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import psycopg
from psycopg import AsyncConnection

from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.standards.storing import QUERIES, read_lists
from singlewindow.kernel.clock import Clock, local_day, now

CONNECT_SECONDS = 10
READ_SECONDS = 30  # of the largest list; a store that takes longer does not answer

log = logging.getLogger(__name__)


class LiveLists:
    """``current`` is replaced as a whole; a list that did not change stays the same object in it.

    ``edition`` grows with every change and is the same in every process that knows the same lists.
    """

    def __init__(self, shipped: Mapping[str, CodeList], dsn: str, clock: Clock = now) -> None:
        self.current = shipped
        self._dsn = dsn
        self._clock = clock
        self._revisions: dict[str, int] = {}
        self._ready_on: date | None = None

    @property
    def edition(self) -> int:
        """0 while only the shipped lists are known."""
        return sum(self._revisions.values())

    async def refresh(self, connection: AsyncConnection[Any]) -> None:
        """Ask for the revisions; what is newer than known is read and made ready in a thread of its own."""
        found = await (await connection.execute(QUERIES["read_revisions"])).fetchall()
        newer = {list_id: revision for list_id, revision in found if self._revisions.get(list_id) != revision}
        today = local_day(self._clock())
        if not newer and today == self._ready_on:
            return
        current = await asyncio.to_thread(_read, self._dsn, tuple(newer), self.current, today)
        if current is not self.current:
            log.info("code lists read: %s", ", ".join(sorted(newer)))
        # Between the two questions a list may have changed again: the next round reads it once more.
        self.current, self._revisions, self._ready_on = current, {**self._revisions, **newer}, today


def _read(
    dsn: str, newer: tuple[str, ...], known: Mapping[str, CodeList], today: date
) -> Mapping[str, CodeList]:
    """What is known with the newer lists in it, all ready for today and tomorrow's first submission."""
    current = known
    if newer:
        with psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
            connection.execute(f"set statement_timeout = '{READ_SECONDS}s'")
            changed = newer_than(known, read_lists(connection, *newer))
        current = MappingProxyType({**known, **changed}) if changed else known
    for each in current.values():
        each.ready(today)
        each.ready(today + timedelta(days=1))
    return current


def newer_than(known: Mapping[str, CodeList], read: Mapping[str, CodeList]) -> dict[str, CodeList]:
    """The lists read that say something else than those known: all others stay the same objects."""
    return {
        list_id: found
        for list_id, found in read.items()
        if list_id not in known or not known[list_id].says(found)
    }
