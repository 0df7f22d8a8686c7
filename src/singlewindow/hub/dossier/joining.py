"""Joining documents to dossiers, set by set, in the worker's transaction and under one lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.dossier import facts
from singlewindow.hub.dossier.claiming import Named, claimed
from singlewindow.hub.dossier.placing import Doubt, Incoming, Index, Known, Placement
from singlewindow.hub.dossier.rows import Member, Number, Opened, Thing, put
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids, words
from singlewindow.hub.journal.statements import statements_beside

_SQL = statements_beside(__file__, "sql/joining.sql")
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()


async def join(cursor: AsyncCursor[Any], submission_ids: Iterable[UUID]) -> list[Named]:
    """Give every source document of these submissions its dossier; those that have one stay.

    Returns the containers that were named anew beside other consignments.
    Runs as ``sw_engine`` in the caller's transaction. Safe to repeat, in any order and grouping.
    """
    await cursor.execute(_SQL["lock"])
    incoming = await _unjoined(cursor, submission_ids)
    if not incoming:
        return []
    index = await _index(cursor, incoming)
    placed = [index.place(document) for document in incoming]
    await _write(cursor, placed, index)
    beside = await _carried(cursor, placed)
    await claimed(cursor, beside, max(one.document.at for one in placed))
    await _doubt(cursor, placed)
    return beside


async def _unjoined(cursor: AsyncCursor[Any], submission_ids: Iterable[UUID]) -> list[Incoming]:
    rows = await _ask(cursor, "unjoined", uuids(submission_ids))
    return [_incoming(*row) for row in rows]


def _incoming(
    submission: UUID, document: UUID, kind: str, at: datetime, viewers: list[int], content: bytes, first: bool
) -> Incoming:
    said = facts.read(content)
    return Incoming(submission, document, kind, at, frozenset(viewers), said, said.numbers(), first)


async def _index(cursor: AsyncCursor[Any], incoming: Sequence[Incoming]) -> Index:
    index = Index()
    wanted = sorted({key[:2] for document in incoming for key in document.numbers})
    columns = words([kind for kind, _ in wanted]), texts([value for _, value in wanted])
    for kind, value, carrier, dossier, viewers, kinds in await _ask(cursor, "known", *columns):
        index.know((kind, value, carrier), Known(dossier, frozenset(viewers), frozenset(kinds or ())))
    return index


async def _write(cursor: AsyncCursor[Any], placed: Sequence[Placement], index: Index) -> None:
    """Of a new dossier nothing is there yet; what joins another may say what it says already."""
    # The first document of a submission opens, whatever others come with it.
    opened = {one.dossier: _opened(one) for one in reversed(placed) if one.new}
    await put(cursor, "dossier", [one.packed() for one in opened.values()])
    if grown := list(_grown(placed, index)):
        await cursor.execute(_SQL["grow"], [_JSON.encode(grown).decode()])
    new = {one.dossier for one in placed if one.new}
    numbers = {
        (number.dossier, number.kind, number.value, number.carrier): number
        for one in reversed(placed)
        for number in _numbers(one)
    }
    await put(cursor, "identity_key", [one.packed() for one in numbers.values() if one.dossier in new])
    if added := [one for one in numbers.values() if one.dossier not in new]:
        await cursor.execute(_SQL["keys"], [_JSON.encode(added).decode()])
    await put(cursor, "dossier_document", [_member(one).packed() for one in placed])


async def _carried(cursor: AsyncCursor[Any], placed: Sequence[Placement]) -> list[Named]:
    """Write what carries the goods; returns the containers that others name too, and this dossier anew."""
    new = {one.dossier for one in placed if one.new}
    things = {(thing.dossier, thing.kind, thing.key): thing for one in placed for thing in _things(one)}
    fresh = [one for one in things.values() if one.dossier in new]
    await put(cursor, "dossier_object", [one.packed() for one in fresh])
    boxes = {(one.key, one.dossier): one.lot for one in fresh if one.kind == "container"}
    if added := [one for one in things.values() if one.dossier not in new]:
        rows = await _ask(cursor, "objects", _JSON.encode(added).decode())
        boxes |= {(key, dossier): lot for key, dossier, lot in rows}
    if not boxes:
        return []
    keys, dossiers = zip(*boxes, strict=True)
    beside = await _ask(cursor, "beside", texts(keys), uuids(dossiers))
    return [(key, dossier, boxes[key, dossier]) for key, dossier in beside]


def _opened(one: Placement) -> Opened:
    said = one.document.facts
    return Opened(
        one.dossier,
        said.goods,
        said.transport_mode,
        said.name,
        said.call,
        said.terminal_code,
        said.ship_agent_code,
        said.dangerous(),
        one.document.at,
        _readers(one),
    )


def _grown(placed: Sequence[Placement], index: Index) -> Iterable[dict[str, Any]]:
    later = {one.dossier: one.document.facts for one in placed if not one.opens and one.sees}
    for dossier, said in later.items():
        yield {
            "id": dossier,
            "call": said.call,
            "terminal": said.terminal_code,
            "forwarder": said.ship_agent_code,
            "dangerous": said.dangerous(),
            "viewers": sorted(index.dossiers[dossier].viewers),
        }


def _numbers(one: Placement) -> Iterable[Number]:
    viewers = _readers(one)
    for kind, value, carrier in one.document.numbers:
        yield Number(kind, value, carrier, one.dossier, viewers)


def _member(one: Placement) -> Member:
    document = one.document
    return Member(document.submission_id, document.document_id, one.dossier, document.kind, _readers(one))


def _things(one: Placement) -> Iterable[Thing]:
    said, at, viewers = one.document.facts, one.document.at, _readers(one)
    if call := said.call:
        yield Thing(one.dossier, "conveyance", call, said.conveyance_name or said.imo_number, at, viewers)
    for key, line in said.boxes().items():
        lines = line.goods_line_numbers
        yield Thing(
            one.dossier, "container", key, line.container_number, at, viewers, line.seal_number,
            line.less_than_container_load == "1", lines, said.dangerous(lines),
        )  # fmt: skip


def _readers(one: Placement) -> tuple[int, ...]:
    return tuple(sorted(one.document.viewers))


async def _doubt(cursor: AsyncCursor[Any], placed: Sequence[Placement]) -> None:
    """Tasks for what the numbers leave open."""
    rows = [_task(doubt, one.document) for one in placed for doubt in one.doubts]
    if rows:
        await cursor.execute(_SQL["doubts"], [_JSON.encode(rows).decode()])


def _task(doubt: Doubt, document: Incoming) -> dict[str, Any]:
    return {
        "kind": doubt.kind,
        "dossier": doubt.dossier,
        "about": doubt.about,
        "zh": doubt.text.zh,
        "en": doubt.text.en,
        "at": document.at,
        "viewers": sorted(document.viewers),
    }
