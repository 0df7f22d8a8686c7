"""Delivery notices 提箱通知 to the terminal as JSON out, receipts and gate reports in; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from singlewindow.connectors.terminal.answers import decode
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

__all__ = ["decode", "encode", "pack"]

MESSAGES_MOST = 100
# The terminal lets nothing out on a notice alone: its gate asks for a release in force.
CONDITIONS = {"by": "single-window", "required": True}
# Names in alphabetical order, so that the same notice is the same bytes wherever it is written.
_JSON = msgspec.json.Encoder(order="deterministic")


def encode(document: Document, envelope: Envelope) -> bytes:
    """One message; its ``kind`` tells a delivery notice from what is said about it later.

    Raises ``Unreadable`` where a value is no text that UTF-8 can carry.
    """
    body = {
        name: value
        if type(value) is str
        else [{inner: text for inner, text in line.items() if text} for line in value]
        for name, value in document.values.items()
        if value
    }
    message = {
        "kind": document.kind.replace("_", "-"),
        "version": document.version,
        "messageId": envelope.message_id,
        "reference": envelope.reference,
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "createdAt": envelope.created_at.isoformat(timespec="milliseconds"),
        "release": CONDITIONS,
        "body": body,
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


def _uncarried() -> Problem:
    return Problem(
        "terminal.character",
        Text("通知内容含有无法以 UTF-8 写出的字符。", "The notice holds a character UTF-8 cannot carry."),
        remedy=Text("请删除该字符后重新提交。", "Remove this character and submit again."),
    )
