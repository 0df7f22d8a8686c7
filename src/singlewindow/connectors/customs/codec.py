"""Goods declarations to customs as DecMessage 4.0 in a DXP envelope, and customs' answers read back."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from lxml import etree

from singlewindow.connectors.customs.answers import decode
from singlewindow.connectors.customs.extension import extend, placed
from singlewindow.connectors.customs.hardened import read
from singlewindow.connectors.customs.layout import (
    AFTER_SIGN,
    ALWAYS,
    BATCH_MOST,
    BEFORE_FREE_TEXT,
    DEC,
    DXP,
    FREE_TEXT,
    GROUPS,
    HEAD,
    HEAD_DATES,
    LINE_DATES,
    NOT_STATED,
    PROMISES,
    ROOT,
    SIGN,
    Group,
)
from singlewindow.connectors.customs.procedure import BOXES, TYPE, together
from singlewindow.kernel.clock import BEIJING
from singlewindow.kernel.messages import Document, Envelope, Problem, Text, Unreadable

__all__ = ["carried", "decode", "encode", "pack"]

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
_PROLOG = PROLOG.encode()
DECLARE = "C"
SHAPES_MOST = 4096
VEHICLES = "DecGoodsLimitVin"
_PLAIN = re.compile("[0-9A-Za-z-]*").fullmatch
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def encode(document: Document, envelope: Envelope) -> bytes:
    """One DxpMsg around one DecMessage; ``reference`` travels as ClientSeqNo, ``message_id`` as CopMsgId."""
    body = _message(document.values, envelope.reference).encode()
    if document.extension:
        body = _extended(body, document.extension)
    created = envelope.created_at.astimezone(BEIJING).isoformat(timespec="seconds")
    before = (
        f'{PROLOG}<DxpMsg xmlns="{DXP}" ver="1.0"><TransInfo>'
        f"<CopMsgId>{_escape(envelope.message_id)}</CopMsgId><SenderId>{_escape(envelope.sender)}</SenderId>"
        f"<ReceiverIds><ReceiverId>{_escape(envelope.receiver)}</ReceiverId></ReceiverIds>"
        f"<CreatTime>{created}</CreatTime><MsgType>DECMSG</MsgType></TransInfo><Data>"
    )
    after = f"</Data><AddInfo><FileName>{_escape(envelope.reference)}.xml</FileName></AddInfo></DxpMsg>"
    return b"".join((before.encode(), b64encode(body), after.encode()))


def carried(document: Document) -> dict[str, Any]:
    """What of the document's extension ``encode`` writes again, by path: whatever may, and has its place."""
    message = _parsed(_message(document.values, "").encode())
    return {path: value for path, _, _, value in placed(message, document.extension)}


def pack(messages: Sequence[bytes], batch_id: str, at: datetime) -> bytes:
    """What goes in one file: a single DxpMsg as it is, more of them under one DxpBatch."""
    if not 1 <= len(messages) <= BATCH_MOST:
        raise ValueError(f"a customs file holds 1 to {BATCH_MOST} messages, not {len(messages)}")
    if len(messages) == 1:
        return messages[0]
    created = at.astimezone(BEIJING).isoformat(timespec="seconds")
    start = f'{PROLOG}<DxpBatch xmlns="{DXP}" ver="1.0" id="{_escape(batch_id)}" time="{created}">'
    return b"".join((start.encode(), *(m.removeprefix(_PROLOG) for m in messages), b"</DxpBatch>"))


def _extended(body: bytes, extension: Mapping[str, Any]) -> bytes:
    message = _parsed(body)
    extend(message, extension)
    return _PROLOG + etree.tostring(message, encoding="unicode").encode()


def _parsed(body: bytes) -> Any:
    return read(body, len(body), ROOT)


def _message(document: Mapping[str, Any], reference: str) -> str:
    values = {**document, **_composed(document), "ClientSeqNo": reference}
    head, free_text, sign = _TOP.written(values).split(_APART)
    parts = [PROLOG, f'<DecMessage xmlns="{DEC}" Version="4.0"><DecHead>', head, "</DecHead>"]
    for group in BEFORE_FREE_TEXT:
        _group(parts, group, values)
    parts += ("<DecFreeTxt>", free_text, "</DecFreeTxt><DecSign>", sign, "</DecSign>")
    for group in AFTER_SIGN:
        _group(parts, group, values)
    parts.append("</DecMessage>")
    return "".join(parts)


def _composed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What the wire puts together from several boxes, or expects of every declaration sent by message."""
    composed: dict[str, Any] = {"OperType": values.get("OperType") or DECLARE}
    confirmed = [values.get(name, "") for name in PROMISES]
    if any(confirmed):
        composed["PromiseItmes"] = "".join(item or NOT_STATED for item in confirmed)
    if any(map(values.get, BOXES)):
        composed[TYPE] = together(values)
    if any(VEHICLES in line for line in values.get("DecLists", ())):
        composed["DecLists"] = [_with_vehicles(line) for line in values["DecLists"]]
    return composed


def _with_vehicles(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Vehicles hang under the line's first product qualification, which says what they are licensed by."""
    vehicles = line.get(VEHICLES)
    if not vehicles:
        return line
    first, *others = line.get("DecGoodsLimits") or [{}]
    return {**line, "DecGoodsLimits": [{**first, VEHICLES: vehicles}, *others]}


def _group(parts: list[str], group: Group, values: Mapping[str, Any]) -> None:
    lines = values.get(group.key)
    if not lines:
        if group.key in ALWAYS:
            parts.append(f"<{group.wrapper}/>")
        return
    if group.wrapper:
        parts.append(f"<{group.wrapper}>")
    for line in lines:
        parts += (f"<{group.item}>", _LINES[group.fields].written(line))
        for inner in group.groups:
            _group(parts, inner, line)
        parts.append(f"</{group.item}>")
    if group.wrapper:
        parts.append(f"</{group.wrapper}>")


class Shape(NamedTuple):
    """How lines with the same boxes filled are written."""

    names: tuple[str, ...]
    template: str
    read: Callable[[Mapping[str, Any]], tuple[str, ...]]
    dates: tuple[int, ...]


class _Line:
    """Writes the fields of one kind of line. Lines come in few shapes, so nearly every one is known."""

    def __init__(self, names: Sequence[str], dates: Iterable[str]) -> None:
        self._names = tuple(names)
        self._dates = frozenset(dates)
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def written(self, values: Mapping[str, Any]) -> str:
        """The elements that are filled, in the wire's order, escaped."""
        filled = tuple(values)
        shape = self._shapes.get(filled) or self._shape(filled)
        row = shape.read(values)
        if not all(row):
            return self.written({name: value for name, value in values.items() if value})
        # One look at all values together: nearly never is there anything to escape.
        whole = "".join(row)
        if not whole.isprintable() or "&" in whole or "<" in whole or ">" in whole:
            row = tuple([_escape(value, name) for name, value in zip(shape.names, row, strict=True)])
        if shape.dates:
            row = _compact(row, shape.dates)
        return shape.template % row

    def _shape(self, filled: tuple[str, ...]) -> Shape:
        there = set(filled)
        present = tuple(name for name in self._names if name in there)
        template = "".join(
            name if name == _APART else f"<{name}>%s</{name}>"
            for name in self._names
            if name in there or name == _APART
        )
        dates = tuple(place for place, name in enumerate(present) if name in self._dates)
        shape = Shape(present, template, _reading(present), dates)
        if len(self._shapes) < SHAPES_MOST:
            self._shapes[filled] = shape
        return shape


def _reading(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[str, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


def _compact(row: tuple[str, ...], dates: Iterable[int]) -> tuple[str, ...]:
    """Dates are ``2026-11-17`` in documents and ``20261117`` on this wire."""
    compacted = list(row)
    for place in dates:
        compacted[place] = compacted[place].replace("-", "")
    return tuple(compacted)


def _all_fields(groups: Iterable[Group]) -> Iterator[tuple[str, ...]]:
    for group in groups:
        yield group.fields
        yield from _all_fields(group.groups)


_APART = "\0"  # stands between the parts of the top; no value can hold it
_TOP = _Line((*HEAD, _APART, *FREE_TEXT, _APART, *SIGN), HEAD_DATES)
_LINES = {fields: _Line(fields, LINE_DATES) for fields in _all_fields(GROUPS)}


def _escape(value: str, place: str = "") -> str:
    if value.isalnum() or _PLAIN(value):
        return value
    if _FORBIDDEN.search(value):
        raise Unreadable(_control(value, place))
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace('"', "&quot;").replace("\r", "&#13;")


def _control(value: str, place: str) -> Problem:
    return Problem(
        "xml-character",
        Text(f"{place} 含有报文不允许的控制字符", f"{place} holds a control character no message may carry"),
        field=place,
        value=ascii(value)[:100],
        remedy=Text("删除该字符后重新提交", "Remove the character and submit again"),
    )
