"""Joining documents to dossiers, set by set, in the worker's transaction and under one lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncCursor

from singlewindow.hub.dossier import facts
from singlewindow.hub.dossier.claiming import Named, claimed
from singlewindow.hub.dossier.placing import Doubt, Incoming, Index, Known, Placement
from singlewindow.hub.journal.asking import asking
from singlewindow.hub.journal.columns import texts, uuids, words
from singlewindow.kernel.queries import named_queries

_SQL = named_queries(files(__package__).joinpath("sql/joining.sql").read_text(encoding="utf-8"))
_ask = asking(_SQL)
_JSON = msgspec.json.Encoder()

Row = dict[str, Any]


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
    return [
        Incoming(submission, document, kind, at, frozenset(viewers), facts.read(content))
        for submission, document, kind, at, viewers, content in rows
    ]


async def _index(cursor: AsyncCursor[Any], incoming: Sequence[Incoming]) -> Index:
    index = Index()
    wanted = sorted({key[:2] for document in incoming for key in document.facts.numbers()})
    columns = words([kind for kind, _ in wanted]), texts([value for _, value in wanted])
    for kind, value, carrier, dossier, viewers, kinds in await _ask(cursor, "known", *columns):
        index.know((kind, value, carrier), Known(dossier, frozenset(viewers), frozenset(kinds or ())))
    return index


async def _write(cursor: AsyncCursor[Any], placed: Sequence[Placement], index: Index) -> None:
    rows: dict[str, list[Row]] = {
        "open": [_opened(one) for one in placed if one.opens],
        "grow": list(_grown(placed, index)),
        "keys": [row for one in placed for row in _keys(one)],
        "documents": [_document(one) for one in placed],
    }
    for statement, values in rows.items():
        if values:
            await cursor.execute(_SQL[statement], [_JSON.encode(values).decode()])


async def _carried(cursor: AsyncCursor[Any], placed: Sequence[Placement]) -> list[Named]:
    """Write what carries the goods; returns the containers that some now share with others."""
    objects = {(one.dossier, *key): row for one in placed for key, row in _objects(one)}
    if not objects:
        return []
    return await _ask(cursor, "objects", _JSON.encode(list(objects.values())).decode())


def _opened(one: Placement) -> Row:
    said = one.document.facts
    return {
        "id": one.dossier,
        "goods": said.goods,
        "mode": said.transport_mode,
        "name": said.name,
        "call": said.call,
        "terminal": said.terminal_code,
        "forwarder": said.ship_agent_code,
        "dangerous": said.dangerous(),
        "opened_at": one.document.at,
        "viewers": sorted(one.document.viewers),
    }


def _grown(placed: Sequence[Placement], index: Index) -> Iterable[Row]:
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


def _keys(one: Placement) -> Iterable[Row]:
    viewers = sorted(one.document.viewers)
    for kind, value, carrier in one.document.facts.numbers():
        yield {"kind": kind, "value": value, "carrier": carrier, "dossier": one.dossier, "viewers": viewers}


def _document(one: Placement) -> Row:
    document = one.document
    return {
        "submission_id": document.submission_id,
        "document_id": document.document_id,
        "dossier": one.dossier,
        "kind": document.kind,
        "viewers": sorted(document.viewers),
    }


def _objects(one: Placement) -> Iterable[tuple[tuple[str, str], Row]]:
    said = one.document.facts
    call, viewers = said.call, sorted(one.document.viewers)
    if call:
        name = said.conveyance_name or said.imo_number
        yield ("conveyance", call), _object(one, "conveyance", call, name, viewers)
    for number, line in said.boxes().items():
        box = _object(one, "container", number, line.container_number, viewers)
        box["seal"] = line.seal_number
        box["lot"] = line.less_than_container_load == "1"
        box["lines"] = line.goods_line_numbers
        box["dangerous"] = said.dangerous(line.goods_line_numbers)
        yield ("container", number), box


def _object(one: Placement, kind: str, key: str, number: str, viewers: list[int]) -> Row:
    return {
        "dossier": one.dossier,
        "kind": kind,
        "key": key,
        "number": number,
        "seal": "",
        "lot": False,
        "lines": "",
        "dangerous": False,
        "since": one.document.at,
        "viewers": viewers,
    }


async def _doubt(cursor: AsyncCursor[Any], placed: Sequence[Placement]) -> None:
    """Tasks for what the numbers leave open."""
    rows = [_task(doubt, one.document) for one in placed for doubt in one.doubts]
    if rows:
        await cursor.execute(_SQL["doubts"], [_JSON.encode(rows).decode()])


def _task(doubt: Doubt, document: Incoming) -> Row:
    return {
        "kind": doubt.kind,
        "dossier": doubt.dossier,
        "about": doubt.about,
        "zh": doubt.text.zh,
        "en": doubt.text.en,
        "at": document.at,
        "viewers": sorted(document.viewers),
    }
