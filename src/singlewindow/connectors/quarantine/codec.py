"""Inspection applications 入境检验检疫申请 and notices of joint inspections as XML out, receipts in; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from singlewindow.connectors.quarantine.answers import decode
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

__all__ = ["decode", "encode", "pack"]

MESSAGES_MOST = 100
SHAPES_MOST = 4_096
# The part of a message that a kind of document stands in, and what the head calls it.
KINDS = {
    "inspection_application": ("Decl", "ENTRY_INSPECTION"),
    "joint_inspection_notice": ("Notice", "JOINT_INSPECTION"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NEVER_IN_XML = bytes(code for code in range(32) if code not in b"\t\n\r")


class _Shape(NamedTuple):
    """How levels with the same elements filled are written."""

    template: str
    read: Callable[[Mapping[str, Any]], tuple[str, ...]]
    lists: tuple[tuple[int, str], ...]  # place among all, and name


_SHAPES: dict[tuple[str, ...], _Shape] = {}


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
    body = _written({"Ent_Decl_No": envelope.reference} | document.values)
    return _carried(f"<Message><Head>{_written(head)}</Head><{part}>{body}</{part}></Message>")


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """The body of one request, at most 100 messages."""
    if not 0 < len(messages) <= MESSAGES_MOST:
        raise ValueError(f"a batch holds 1 to {MESSAGES_MOST} messages, not {len(messages)}")
    batch = batch_id.translate(_ESCAPES).replace('"', "&quot;")
    time = at.isoformat(timespec="milliseconds")
    opening = f'<?xml version="1.0" encoding="UTF-8"?>\n<Messages BatchId="{batch}" SendTime="{time}">'
    return b"".join([opening.encode(), *messages, b"</Messages>"])


def _written(values: Mapping[str, Any]) -> str:
    """The elements of one level. Empty means absent."""
    if not all(values.values()):
        values = {name: value for name, value in values.items() if value}
    shape = _SHAPES.get(tuple(values)) or _shape(values)
    row = shape.read(values)
    # One look at all values together: nearly never is there anything to escape.
    whole = "".join(row)
    if "&" in whole or "<" in whole or ">" in whole or "\r" in whole:
        row = tuple([value.translate(_ESCAPES) for value in row])
    if not shape.lists:
        return shape.template % row
    every = list(row)
    for place, name in shape.lists:
        every.insert(place, _lines(name.removesuffix("List"), values[name]))
    return shape.template % tuple(every)


def _lines(name: str, lines: Sequence[Mapping[str, Any]]) -> str:
    """``GoodsList`` holds ``Goods``, ``ContList`` holds ``Cont``, and so on."""
    return "".join([f"<{name}>{_written(line)}</{name}>" for line in lines])


def _shape(values: Mapping[str, Any]) -> _Shape:
    """A name means a text or a list, in every document; software leaves few combinations of them empty."""
    names = tuple(values)
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of an element")
    texts = tuple(name for name in names if type(values[name]) is str)
    lists = tuple((place, name) for place, name in enumerate(names) if name not in texts)
    shape = _Shape("".join(f"<{name}>%s</{name}>" for name in names), _reading(texts), lists)
    if len(_SHAPES) < SHAPES_MOST:
        _SHAPES[names] = shape
    return shape


def _reading(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[str, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


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
