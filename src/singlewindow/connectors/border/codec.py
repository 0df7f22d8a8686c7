"""Cargo declarations 船舶货物申报单 with IMO FAL 2 data as JSON out, receipts in; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from singlewindow.connectors.border.answers import decode
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

__all__ = ["decode", "encode", "pack"]

MESSAGES_MOST = 100
FORM = "FAL2"
SHIP = frozenset(
    {
        "direction",
        "shipName",
        "imoNumber",
        "callSign",
        "flagState",
        "voyageNumber",
        "portOfCall",
        "estimatedArrival",
        "actualArrival",
        "lastPort",
        "nextPort",
        "agentCode",
        "agentName",
    }
)
# Names in alphabetical order, so that the same declaration is the same bytes wherever it is written.
_JSON = msgspec.json.Encoder(order="deterministic")


def encode(document: Document, envelope: Envelope) -> bytes:
    """One message: its head, the ship's call and the one consignment of this declaration.

    Raises ``Unreadable`` where a value is no text that UTF-8 can carry.
    """
    ship: dict[str, Any] = {}
    consignment: dict[str, Any] = {}
    for name, value in document.values.items():
        if value:
            part = ship if name in SHIP else consignment
            part[name] = value if type(value) is str else [_filled(line) for line in value]
    message = {
        "form": FORM,
        "version": document.version,
        "messageId": envelope.message_id,
        "reference": envelope.reference,
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "createdAt": envelope.created_at.isoformat(timespec="milliseconds"),
        "ship": ship,
        "consignments": [consignment],
    }
    try:
        return _JSON.encode(message)
    except UnicodeEncodeError:
        raise Unreadable(_uncarried()) from None


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The body of one request, at most 100 messages."""
    if not 0 < len(messages) <= MESSAGES_MOST:
        raise ValueError(f"a batch holds 1 to {MESSAGES_MOST} messages, not {len(messages)}")
    head = _JSON.encode({"batch": batch_id, "sentAt": at.isoformat(timespec="milliseconds")})
    return b'%b,"messages":[%b]}' % (head[:-1], b",".join(messages))


def _filled(line: Mapping[str, str]) -> dict[str, str]:
    """Empty is absent, in lines too."""
    return {name: value for name, value in line.items() if value}


def _uncarried() -> Problem:
    return Problem(
        "border.character",
        Text(
            "申报内容含有无法以 UTF-8 写出的字符。", "The declaration holds a character UTF-8 cannot carry."
        ),
        remedy=Text("请删除该字符后重新提交。", "Remove this character and submit again."),
    )
