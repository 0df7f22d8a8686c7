"""What was handed in, sent and received, held against what the journal tells of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec
import zstandard
from psycopg import AsyncConnection

from singlewindow.hub.journal.holding import Kind, rows_of, said
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.journal.verify import Report
from singlewindow.kernel.messages import Outcome, Text

ORIGINAL = Kind("original", Text("收到的原始单证", "original"))
MESSAGE = Kind("message", Text("发出的报文", "message"))
RECEIPT = Kind("receipt", Text("回执", "receipt"))
MOST_BYTES = (
    64 * 1024 * 1024
)  # of anything unpacked: what is larger is nothing that a door took or a codec wrote

_SQL = statements_beside(__file__, "sql/proving.sql")
_Said = dict[str, Any]


class Kept(msgspec.Struct, array_like=True):
    """A row of ``receipt``."""

    id: str
    stage: str
    code: str
    outcome: int
    text: str
    facts: dict[str, str]
    at: datetime


_KEPT = msgspec.json.Decoder(list[Kept])


async def hold(connection: AsyncConnection[Any], report: Report) -> None:
    """Originals and messages by their bytes, receipts by what they say."""
    for kind, statement in ((ORIGINAL, "originals"), (MESSAGE, "messages")):
        async for row in rows_of(connection, statement, _SQL[statement]):
            _hold_bytes(report, kind, *row)
    async for document, partner, contents, kept in rows_of(connection, "receipts", _SQL["receipts"]):
        told = [said(content) for content in contents or ()]
        _hold_receipts(report, f"{partner} {document}", told, _KEPT.decode(kept or b"[]"))


def _hold_bytes(
    report: Report, kind: Kind, name: str, entry: int | None, content: bytes | None, digest: Any, packed: Any
) -> None:
    told = said(content)
    if told is not None and "digest" not in told:
        return
    report.held += 1
    if entry is None:
        kind.untold(report, name)
    elif packed is None:
        kind.missing(report, name)
    elif _digest(packed) != digest or (told is not None and told["digest"] != digest.hex()):
        kind.changed(report, name)


def _digest(packed: bytes) -> bytes:
    """Of the bytes as they came or went; empty where they cannot be unpacked."""
    try:
        return sha256(zstandard.decompress(packed, max_output_size=MOST_BYTES)).digest()
    except zstandard.ZstdError:
        return b""


def _hold_receipts(report: Report, of: str, told: Sequence[_Said | None], kept: Sequence[Kept]) -> None:
    named = {each["receipt"]: each for each in told if each is not None and "receipt" in each}
    unreadable = sum(each is None for each in told)  # as many rows may be what was erased
    untold = [one for one in kept if one.id not in named]
    report.held += len(kept)
    for one in kept:
        if one.id in named and not _same(named[one.id], one):
            RECEIPT.changed(report, f"{of} {one.id}")
    for one in untold[unreadable:]:
        RECEIPT.untold(report, f"{of} {one.id}")
    for id_ in _absent(named, kept):
        RECEIPT.missing(report, f"{of} {id_}")
    if len(untold) < unreadable:
        RECEIPT.missing(report, of)


def _absent(named: Iterable[str], kept: Iterable[Kept]) -> list[str]:
    there = {one.id for one in kept}
    return [id_ for id_ in named if id_ not in there]


def _same(told: _Said, one: Kept) -> bool:
    said_at = datetime.fromisoformat(told["at"])
    words = (told["stage"], told["code"], told["outcome"], told["text"], told["facts"], said_at)
    outcome = Outcome(one.outcome).name.lower() if one.outcome in {*Outcome} else ""
    return words == (one.stage, one.code, outcome, one.text, one.facts, one.at)
