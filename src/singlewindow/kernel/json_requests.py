"""Messages in JSON as partners take them, many in a request: the same document is always the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

MESSAGES_MOST = 100
_JSON = msgspec.json.Encoder(order="deterministic")


def head(document: Document, envelope: Envelope) -> dict[str, Any]:
    """What every message begins with, whatever it tells of."""
    return {
        "version": document.version,
        "messageId": envelope.message_id,
        "reference": envelope.reference,
        "sender": envelope.sender,
        "receiver": envelope.receiver,
        "createdAt": envelope.created_at.isoformat(timespec="milliseconds"),
    }


def filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """A document's values without the empty ones, in lines too: empty is absent."""
    return {
        name: value
        if type(value) is str
        else [{inner: text for inner, text in line.items() if text} for line in value]
        for name, value in values.items()
        if value
    }


def encode(message: Mapping[str, Any], partner: str, called: Text) -> bytes:
    """One message, its names in alphabetical order; ``called`` is the partner's name for such a document.

    Raises ``Unreadable`` where a value is no text that UTF-8 can carry.
    """
    try:
        return _JSON.encode(message)
    except UnicodeEncodeError:
        raise Unreadable(_uncarried(partner, called)) from None


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The body of one request, at most 100 messages."""
    if not 0 < len(messages) <= MESSAGES_MOST:
        raise ValueError(f"a batch holds 1 to {MESSAGES_MOST} messages, not {len(messages)}")
    opening = _JSON.encode({"batch": batch_id, "sentAt": at.isoformat(timespec="milliseconds")})
    return b'%b,"messages":[%b]}' % (opening[:-1], b",".join(messages))


def _uncarried(partner: str, called: Text) -> Problem:
    return Problem(
        f"{partner}.character",
        Text(
            f"{called.zh}内容含有无法以 UTF-8 写出的字符。",
            f"The {called.en} holds a character UTF-8 cannot carry.",
        ),
        remedy=Text("请删除该字符后重新提交。", "Remove this character and submit again."),
    )
