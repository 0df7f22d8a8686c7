"""Inspection applications 入境检验检疫申请 and notices of joint inspections as XML out, receipts in; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from singlewindow.connectors.quarantine.answers import decode
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

__all__ = ["decode", "encode", "pack"]

MESSAGES_MOST = 100
# The part of a message that a kind of document stands in, and what the head calls it.
KINDS = {
    "inspection_application": ("Decl", "ENTRY_INSPECTION"),
    "joint_inspection_notice": ("Notice", "JOINT_INSPECTION"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NEVER_IN_XML = bytes(code for code in range(32) if code not in b"\t\n\r")


class _Tags(dict[str, tuple[str, str]]):
    """Opening and closing tag of each wire name, made at its first use."""

    def __missing__(self, name: str) -> tuple[str, str]:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of an element")
        self[name] = f"<{name}>", f"</{name}>"
        return self[name]


_TAGS = _Tags()


def encode(document: Document, envelope: Envelope) -> bytes:
    """One ``Message``: its head, then the document's fields in the definition's order.

    Raises ``Unreadable`` where a value holds a character that XML cannot carry.
    """
    part, kind = KINDS[document.kind]
    head = {
        "MessageId": envelope.message_id,
        "Sender": envelope.sender,
        "Receiver": envelope.receiver,
        "CreateTime": envelope.created_at.isoformat(timespec="milliseconds"),
        "Kind": kind,
        "Version": document.version,
    }
    message = {"Head": (head,), part: ({"Ent_Decl_No": envelope.reference} | document.values,)}
    # Values with markup are rare: write them as they are, count, and only then escape every one.
    parts = ["<Message>"]
    elements = 1 + _write(message, parts)
    parts.append("</Message>")
    text = "".join(parts)
    tags = 2 * elements
    if text.count("<") != tags or text.count(">") != tags or "&" in text or "\r" in text:
        parts = ["<Message>"]
        _write(_escaped(message), parts)
        text = "".join([*parts, "</Message>"])
    return _carried(text)


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The body of one request, at most 100 messages."""
    if not 0 < len(messages) <= MESSAGES_MOST:
        raise ValueError(f"a batch holds 1 to {MESSAGES_MOST} messages, not {len(messages)}")
    batch = batch_id.translate(_ESCAPES).replace('"', "&quot;")
    time = at.isoformat(timespec="milliseconds")
    opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<Messages BatchId="{batch}" SendTime="{time}">'
    return b"".join([opening.encode(), *messages, b"</Messages>"])


def _write(values: Mapping[str, Any], parts: list[str]) -> int:
    """Append the elements of ``values``; returns how many were written. Empty means absent."""
    count = 0
    for name, value in values.items():
        if not value:
            continue
        opening, closing = _TAGS[name]
        count += 1
        if type(value) is str:
            parts += (opening, value, closing)
        elif type(value) is tuple:  # the message's own two parts, which are no lists
            parts.append(opening)
            count += _write(value[0], parts)
            parts.append(closing)
        else:
            parts.append(opening)
            count += _lines(name.removesuffix("List"), value, parts)
            parts.append(closing)
    return count


def _lines(name: str, lines: Sequence[Mapping[str, Any]], parts: list[str]) -> int:
    """``GoodsList`` holds ``Goods``, ``ContList`` holds ``Cont``, and so on."""
    opening, closing = _TAGS[name]
    count = len(lines)
    for line in lines:
        parts.append(opening)
        count += _write(line, parts)
        parts.append(closing)
    return count


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    if isinstance(value, Mapping):
        return {name: _escaped(inner) for name, inner in value.items()}
    return type(value)(_escaped(inner) for inner in value)


def _carried(text: str) -> bytes:
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise Unreadable(_uncarried(error.object[error.start])) from None
    if len(data.translate(None, _NEVER_IN_XML)) != len(data) or "\ufffe" in text or "\uffff" in text:
        raise Unreadable(_uncarried(next(filter(_never, text))))
    return data


def _never(character: str) -> bool:
    return character in "\ufffe\uffff" or (character < " " and character not in "\t\n\r")


def _uncarried(character: str) -> Problem:
    code = f"U+{ord(character):04X}"
    return Problem(
        "quarantine.character",
        Text(f"字符 {code} 不能写入 XML 报文。", f"The character {code} cannot stand in an XML message."),
        value=code,
        remedy=Text("请删除该不可见字符后重新提交。", "Remove this invisible character and submit again."),
    )
