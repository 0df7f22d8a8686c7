"""Questions the pages ask. Each reads on Django's connection, in the request's transaction, so that
row-level security decides what there is; nothing is filtered here by who is looking."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.identity.asking import Row, asking, asking_together, read_jsonb
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.portal import shares
from singlewindow.kernel.messages import Text

MAX_QUERY = 64
MOST = 200
HORIZON = timedelta(days=30)  # how far back the list of what a partner was sent goes
_SQL = statements_beside(__file__, "queries.sql")
_ask, _ask_together = asking(_SQL, by_key=True), asking_together(_SQL)
_OF_ONE = (
    *("documents", "submission", "versions", "messages", "deliveries", "receipts", "acts", "barred", "keys"),
    "evidence",
)


class Received(Struct, frozen=True):
    """Whose received documents a list is of, and how far back it goes where nobody says."""

    partner: str
    since: datetime


def chosen(ids: Sequence[UUID], of: Received | None = None) -> list[Row]:
    """These declarations as a list shows them, in their order; ``of`` a partner: what it was sent."""
    given = {"ids": list(ids), "most": MOST}
    if of:
        rows = _ask("received", "rows_of_listed", partner=of.partner, **given)
        _name_declarants(rows, of.partner)
    else:
        rows = _ask("declared", "rows_of_listed", **given)
    for row in rows:
        row["documents"] = read_jsonb(row["documents"]) or []
        row["keys"] = read_jsonb(row["keys"]) or []
    return sorted(rows, key=lambda row: ids.index(row["submission_id"]))


def _name_declarants(rows: list[Row], partner: str) -> None:
    """Firms hide their names from everybody; who was sent a document that bears one is told it."""
    if "declarant" in shares.unnamed(partner):
        return
    known = parties_named(row["submission_id"] for row in rows)
    for row in rows:
        if name := known.get(row["party"]):
            row["name_zh"], row["name_en"] = name.zh, name.en


def parties_named(submissions: Iterable[UUID]) -> dict[int, Text]:
    """What the parties to submissions are called, as far as the viewer reads these."""
    rows = _ask("parties_named", about=list(submissions))
    return {row["id"]: Text(row["name_zh"], row["name_en"]) for row in rows}


def consignment(submission: UUID, partner: str = "") -> dict[str, Any] | None:
    """Everything kept about one submission that may be seen; None when there is nothing."""
    kept: dict[str, Any] = _ask_together({name: {"id": submission} for name in _OF_ONE})
    if not kept["documents"]:
        return None
    for receipt in kept["receipts"]:
        receipt["facts"], receipt["problems"] = read_jsonb(receipt["facts"]), read_jsonb(receipt["problems"])
    head, evidence = kept["submission"], kept["evidence"]
    if partner:
        _name_declarants(head, partner)
    return {**kept, "id": submission, "submission": head[0] if head else None, "evidence": evidence[0]}


def followed(submission: UUID) -> dict[str, Any] | None:
    """The same for who was sent no document and is told what happens (a forwarder); None for anybody else."""
    rows = _ask("called", id=submission)
    if not rows or not rows[0]["name"]:
        return None
    return {"id": submission, **rows[0], "evidence": _ask("evidence", id=submission)[0]}


def lanes() -> list[Row]:
    """How every counterpart fares; public."""
    return _ask("lanes")


def speaking() -> set[str]:
    """The partners that a party is registered for; public, as agencies and operators are."""
    return {row["partner"] for row in _ask("speaking")}


def services(today: date) -> list[Row]:
    """Which kinds of documents go to whom today; public."""
    return _ask("services", today=today)


def as_written(text: str) -> list[str]:
    """A number as it is looked for: exactly as written, and without spaces and in capitals."""
    written = text.strip()[:MAX_QUERY]
    if not written or "\x00" in written:
        return []
    return list(dict.fromkeys((written, re.sub(r"\s+", "", written).upper())))


def find(text: str) -> list[UUID]:
    """Submissions that carry this number."""
    values = as_written(text)
    return [row["submission_id"] for row in _ask("found", values=values)] if values else []


def numbers(submission: UUID) -> list[Row]:
    """The numbers that documents of a submission carry, and those that agencies assigned to it."""
    return _ask("keys", id=submission)


def answered(submission: UUID) -> list[Row]:
    """The facts of each receipt of a submission, the newest first."""
    return [read_jsonb(row["facts"]) or {} for row in _ask("receipts", id=submission)]


def title(submission: UUID) -> str:
    """What people call a submission; empty if there is none that may be seen."""
    rows = _ask("documents", id=submission)
    return str(rows[0]["title"]) if rows else ""


def party(party_id: int) -> Text | None:
    """The name of a party the viewer may see."""
    rows = _ask("party", id=party_id)
    return Text(rows[0]["name_zh"], rows[0]["name_en"]) if rows else None
