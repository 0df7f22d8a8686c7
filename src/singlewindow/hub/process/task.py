"""The worker's task: as answers arrive, keeps where documents stand and what people have to do.

``Keeper.handle`` is a handler of the exchange's receiver; ``Keeper.happened`` is for rooms above that know
of something no receipt tells. Both run in the caller's transaction, as ``sw_engine``, set by set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import msgspec
import zstandard
from msgspec import Struct
from psycopg import AsyncCursor

from singlewindow.hub.journal.append import append
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import Column, byteas, int2s, int4s, moments, uuids, words
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.process import calendar, keeping, limits, overall
from singlewindow.hub.process.deadlines import Deadlines
from singlewindow.hub.process.definitions import Known, Workflows, load
from singlewindow.hub.process.keeping import Change, Document, Heard, Rank
from singlewindow.hub.process.overall import Phases
from singlewindow.hub.process.workflow import Standing, Workflow, happened, told
from singlewindow.kernel.messages import Receipt

_SQL = statements_beside(__file__, "sql/keeping.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()
_unpack = zstandard.ZstdDecompressor().decompress
LAID_ASIDE = "message.laid_aside"  # by whoever minds its lane: nobody sends it any more
_CONTENT = msgspec.json.Decoder(dict[str, Any])
# How the columns of ``keeping.row`` are packed.
_PACKED: tuple[Callable[[Any], Column], ...] = (
    uuids,
    uuids,
    int4s,
    int2s,
    words,
    moments,
    moments,
    int4s,
    words,
    words,
    byteas,
)


class Arrived(Protocol):
    """A receipt with the document it speaks of, as the exchange hands it upwards."""

    @property
    def receipt(self) -> Receipt: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def submission_id(self) -> UUID: ...
    @property
    def document_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def rank(self) -> Rank: ...


class Lost(Protocol):
    """A document that its receiver never gets, as the exchange hands it upwards."""

    @property
    def submission_id(self) -> UUID: ...
    @property
    def document_id(self) -> UUID: ...
    @property
    def at(self) -> datetime: ...
    @property
    def reason(self) -> str: ...


class Happened(Struct, frozen=True):
    """Something that changes where a document stands and is no receipt: a verb of the journal."""

    submission_id: UUID
    document_id: UUID
    verb: str
    at: datetime
    reason: str = ""


class Keeper:
    """Keeps how documents stand, the source document from its parts, and ``duty``."""

    def __init__(self, workflows: Workflows, phases: Phases, deadlines: Deadlines) -> None:
        self.workflows = workflows
        self.deadlines = deadlines
        self.overall = cache(partial(overall.overall, phases))

    async def handle(self, cursor: AsyncCursor[Any], arrived: Sequence[Arrived]) -> None:
        """Take receipts in, in any order."""
        heard = [
            Heard(
                one.submission_id,
                one.document_id,
                one.received_at,
                partial(_told, one.receipt, one.version),
                one.version,
                one.rank,
            )
            for one in arrived
        ]
        await self._keep(cursor, heard)

    async def happened(self, cursor: AsyncCursor[Any], events: Sequence[Happened]) -> None:
        """Take in what no receipt tells: ``document.issued`` for a new version, ``payment.confirmed``, …"""
        await self._keep(
            cursor,
            [Heard(one.submission_id, one.document_id, one.at, partial(_happened, one)) for one in events],
        )

    async def undelivered(self, cursor: AsyncCursor[Any], lost: Sequence[Lost]) -> None:
        """Documents that are laid aside, of which no receiver ever said anything."""
        await self.happened(
            cursor,
            [Happened(one.submission_id, one.document_id, LAID_ASIDE, one.at, one.reason) for one in lost],
        )

    async def _keep(self, cursor: AsyncCursor[Any], heard: list[Heard]) -> None:
        said: dict[UUID, list[Heard]] = {}
        for one in heard:
            said.setdefault(one.document_id, []).append(one)
        submissions = {one.submission_id for one in heard}
        documents = [Document(*row) for row in await _ask(cursor, "documents", uuids(submissions))]
        rows, changes = [], {}
        for each in documents:
            if of_it := said.get(each.id):
                best = keeping.raised(each, of_it)
                change = keeping.changed(each, self.workflows.of(each.kind), of_it, self.deadlines)
                if best or change:
                    rows.append(keeping.row(each, best, change))
                if change:
                    changes[each.id] = change
        await self._keep_duties(cursor, [one for one in changes.values() if one.opened or one.closed])
        rows += keeping.wholes(changes, documents, self.overall)
        if rows:
            columns = [pack(column) for pack, column in zip(_PACKED, zip(*rows, strict=True), strict=True)]
            await cursor.execute(_SQL["stand"], columns)

    async def _keep_duties(self, cursor: AsyncCursor[Any], moved: list[Change]) -> None:
        if not moved:
            return
        values = await self._values(cursor, moved)
        submissions = {change.document.submission_id for change in moved}
        acting: dict[UUID, list[int]] = dict(await _ask(cursor, "acting", uuids(submissions)))
        opened, closed, entries = [], [], []
        for change in moved:
            viewers = acting.get(change.document.submission_id, ())
            rows = keeping.duty_rows(change, self.deadlines, values, viewers)
            opened += rows
            closed += [
                (change.document.submission_id, change.document.id, *c, change.at) for c in change.closed
            ]
            entries += [keeping.opened_entry(change, row) for row in rows]
            entries += [keeping.closed_entry(change, code, viewers) for _, code in change.closed]
        await _write_duties(cursor, opened, closed)
        await append(cursor, entries)

    async def _values(self, cursor: AsyncCursor[Any], changes: list[Change]) -> keeping.Values:
        """The source documents' values, of those alone whose deadlines depend on them."""
        asked = {c.document.submission_id for c in changes if keeping.asks_source(c, self.deadlines)}
        if not asked:
            return {}
        await cursor.execute(_SQL["sources"], [sorted(asked)])
        found = await cursor.fetchall()
        return {row[0]: _CONTENT.decode(_unpack(row[1]))["values"] for row in found}


def shipped(workflows: Iterable[Path]) -> Keeper:
    """A keeper over the applications' workflows and this room's facts; raises where one is wrong."""
    phases, known_limits = overall.shipped(), limits.shipped()
    known = Known(frozenset(phases), frozenset(known_limits))
    return Keeper(load(workflows, known), phases, Deadlines(known_limits, calendar.shipped()))


async def _write_duties(
    cursor: AsyncCursor[Any], opened: list[dict[str, Any]], closed: list[tuple[Any, ...]]
) -> None:
    if opened:
        await cursor.execute(_SQL["open"], [_encoded(opened)])
    if closed:
        await cursor.execute(_SQL["close"], _columns(closed))


def _told(receipt: Receipt, version: int, workflow: Workflow, _newest: int) -> Standing:
    """Of the version it speaks of, which need not be the newest: it may have been long under way."""
    return told(workflow, receipt, version)


def _happened(one: Happened, workflow: Workflow, version: int) -> Standing:
    return happened(workflow, one.verb, one.at, version, one.reason)


def _encoded(rows: Iterable[dict[str, Any]]) -> str:
    return _JSON.encode(list(rows)).decode()


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
