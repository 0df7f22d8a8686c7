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

    @property
    def edition(self) -> int:
        """0 while only the shipped lists are known."""
        return sum(self._revisions.values())

    async def refresh(self, connection: AsyncConnection[Any]) -> None:
        """Ask for the revisions, and read in a thread of its own what is newer than known."""
        found = await (await connection.execute(QUERIES["read_revisions"])).fetchall()
        newer = {list_id: revision for list_id, revision in found if self._revisions.get(list_id) != revision}
        if newer:
            read = await asyncio.to_thread(_read, self._dsn, tuple(newer), local_day(self._clock()))
            self._take(read, newer)

    def _take(self, read: Mapping[str, CodeList], revisions: Mapping[str, int]) -> None:
        # Between the two questions a list may have changed again: the next round reads it once more.
        changed = newer_than(self.current, read)
        if changed:
            self.current = MappingProxyType({**self.current, **changed})
            log.info("code lists read: %s", ", ".join(sorted(changed)))
        self._revisions = {**self._revisions, **revisions}


def _read(dsn: str, lists: tuple[str, ...], today: date) -> dict[str, CodeList]:
    with psycopg.connect(dsn, autocommit=True, connect_timeout=CONNECT_SECONDS) as connection:
        connection.execute(f"set statement_timeout = '{READ_SECONDS}s'")
        found = read_lists(connection, *lists)
    for each in found.values():
        for day in (today, today + timedelta(days=1)):
            each.ready(day)  # here, so that no submission waits for it
    return found


def newer_than(known: Mapping[str, CodeList], read: Mapping[str, CodeList]) -> dict[str, CodeList]:
    """The lists read that say something else than those known: all others stay the same objects."""
    return {
        list_id: found
        for list_id, found in read.items()
        if list_id not in known or not known[list_id].says(found)
    }
