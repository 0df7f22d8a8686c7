"""Questions about submissions. The transaction's viewer set decides what exists for whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from singlewindow.hub.exchange.reasons import reason
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Outcome, Viewer
from singlewindow.kernel.queries import Cursor

_SQL = statements_beside(__file__, "sql/reading.sql")
_STANDINGS = ("queued", "dead_letter", "laid_aside")  # by the outbox's state


def submission_status(viewer: Viewer, cursor: Cursor, submission: UUID) -> dict[str, Any] | None:
    """How a submission fares with each receiver; None if there is none that ``viewer`` may see."""
    if not viewer.parties:
        return None
    cursor.execute(_SQL["submission"], [submission])
    row = cursor.fetchone()
    if row is None:
        return None
    id_, message_id, digest, received_at, door, format_ = row
    cursor.execute(_SQL["receipts"], [submission])
    receipts = [_receipt(found) for found in cursor.fetchall()]
    cursor.execute(_SQL["documents"], [submission])
    return {
        "submission_id": str(id_),
        "message_id": message_id,
        "received_at": received_at.isoformat(),
        "digest": bytes(digest).hex(),
        "door": door,
        "format": format_,
        "documents": [_document(found, receipts) for found in cursor.fetchall()],
    }


def _document(row: Any, receipts: list[tuple[UUID, dict[str, Any]]]) -> dict[str, Any]:
    id_, partner, kind, definition, version, title, boxes, state, code, changed_at, *waiting = row
    return {
        "document_id": str(id_),
        "receiver": partner,
        "document": kind,
        "definition_version": definition,
        "version": version,
        "title": title,
        "boxes": boxes,
        "state": _state(partner, state),
        "code": code,
        "changed_at": changed_at.isoformat(),
        "waiting": _waiting(*waiting),
        "receipts": [receipt for document, receipt in receipts if document == id_],
    }


def _state(partner: str | None, state: int) -> str:
    """A partner's document by its outcome, the source document by the phase of the whole."""
    return Outcome(state).name.lower() if partner else overall.ids().get(state, "submitted")


def _waiting(
    attempts: int | None,
    state: int,
    ready_at: datetime,
    since: datetime | None,
    paused_at: datetime | None,
) -> dict[str, Any] | None:
    """What is not yet with the receiver, and why; None once it is there."""
    if attempts is None:
        return None
    standing = _STANDINGS[state]
    why = reason(state > 0, attempts, since, paused_at, standing == "laid_aside")
    return {
        "standing": standing,
        "attempts": attempts,
        "reason": {"code": why.code, "zh": why.text.zh, "en": why.text.en},
        "next_try": None if state or paused_at else ready_at.isoformat(),
    }


def _receipt(row: Any) -> tuple[UUID, dict[str, Any]]:
    document, partner, receipt_id, stage, code, outcome, text, facts, at, received_at = row
    return document, {
        "receipt_id": receipt_id,
        "sender": partner,
        "stage": stage,
        "code": code,
        "outcome": Outcome(outcome).name.lower(),
        "text": text,
        "facts": facts,
        "at": at.isoformat(),
        "received_at": received_at.isoformat(),
    }
