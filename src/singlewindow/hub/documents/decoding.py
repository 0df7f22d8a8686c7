"""JSON bytes to plain values with explicit bounds, every fault of form named.

Numbers are kept as they were written: a decimal never passes through a binary float.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import msgspec

from singlewindow.hub.documents.faults import shown, unreadable
from singlewindow.kernel.messages import Problem, Text, Unreadable

MOST_BYTES = 4 * 1024 * 1024
MOST_DEPTH = 16
MOST_VALUES = 100_000
SHOWN_AROUND = 40  # bytes of what is no JSON
MOST_NAMED = 50  # duplicate keys that are named one by one

_BOM = b"\xef\xbb\xbf"  # of UTF-8
_SPACES = (b" ", b"\n", b"\t", b"\r")  # all that JSON has
_PLACE = re.compile(r"\(byte (\d+)\)")
ROOT_WITHIN = 4_000  # bytes in which other XML names its root
_ROOT = re.compile(rb"<([^\s/>!?]{1,60})")
_EDIFACT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(UNA|UNB|UNH)[^\w\s]")
TO_UTF_8 = Text("请转换为 UTF-8 后重新发送", "convert it to UTF-8 and send it again")
SEND_ONE = Text("请发送一份单证", "send a document")
_DECODER = msgspec.json.Decoder(float_hook=str)


def decode_json(body: bytes) -> dict[str, Any]:
    """The object in ``body``; raises Unreadable with every problem found.

    Bounds: ``MOST_BYTES``, ``MOST_DEPTH``, ``MOST_VALUES``. Refused besides: other encodings than
    UTF-8, a byte order mark, duplicate keys, NaN and infinities, lone surrogates.
    """
    if len(body) > MOST_BYTES:
        raise Unreadable(_too_large(len(body)))
    if len(body) > MOST_VALUES and body.count(b",") > MOST_VALUES:
        raise Unreadable(
            unreadable(
                "too_many_values",
                f"正文超过 {MOST_VALUES} 个值",
                f"the body has more than {MOST_VALUES} values",
            )
        )
    try:
        value = _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(_not_json(body, error)) from error
    except RecursionError as error:
        raise Unreadable(_too_deep()) from error
    if type(value) is not dict:
        raise Unreadable(
            unreadable("not_an_object", "正文应为一个 JSON 对象", "the body must be one JSON object")
        )
    keys = _count_keys(value, 1)
    if keys != body.count(b'":') or _obscure(body):
        _refuse_duplicates(body)
    return value


def begins_as_xml(body: bytes) -> bool:
    """Whether a body, or the beginning of one, is XML by its first character."""
    return body[:100].removeprefix(_BOM).lstrip().startswith(b"<")


def _obscure(body: bytes) -> bool:
    """Whether something could hide a key from counting '":': an escaped quote, or space before the colon.

    One byte is searched for in a twentieth of the time of two, and most bodies lack most of these.
    """
    for space in _SPACES:
        if space in body and space + b":" in body:
            return True
    return b"\\" in body and b'\\":' in body


def _count_keys(value: Any, depth: int) -> int:
    """How many keys stand in a decoded value, at every depth; refuses more than MOST_DEPTH."""
    if depth > MOST_DEPTH:
        raise Unreadable(_too_deep())
    if type(value) is dict:
        inner, keys = value.values(), len(value)
    else:
        inner, keys = value, 0
    for v in inner:
        if type(v) is str:  # asked first: nearly all are texts
            continue
        if type(v) is dict or type(v) is list:
            keys += _count_keys(v, depth + 1)
    return keys


def _too_deep() -> Problem:
    return unreadable(
        "too_deep", f"正文嵌套超过 {MOST_DEPTH} 层", f"the body is nested deeper than {MOST_DEPTH}"
    )


def _too_large(size: int) -> Problem:
    return unreadable(
        "too_large",
        f"正文 {size} 字节，超过 {MOST_BYTES} 字节",
        f"the body has {size} bytes, more than {MOST_BYTES}",
        value=str(size),
    )


def _not_json(body: bytes, error: Exception) -> Problem:
    if begins_as_xml(body):
        return _unknown_format("XML", _ROOT.search(body[:ROOT_WITHIN]))
    if (edifact := _EDIFACT.match(body)) is not None:
        return _unknown_format("EDIFACT", edifact)
    if body.startswith((_BOM, b"\xff\xfe", b"\xfe\xff")):
        return unreadable(
            "byte_order_mark",
            "正文以字节顺序标记开头",
            "the body begins with a byte order mark",
            remedy=Text(
                "请存为不带 BOM 的 UTF-8 后重新发送", "save it as UTF-8 without the mark and send it again"
            ),
        )
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        return unreadable(
            "not_utf8",
            f"正文不是 UTF-8 编码（第 {fault.start} 字节）",
            f"the body is not UTF-8 (byte {fault.start})",
            value=f"\\x{body[fault.start]:02x}",
            remedy=TO_UTF_8,
        )
    return _malformed(body, str(error))


def _unknown_format(called: str, named: re.Match[bytes] | None) -> Problem:
    """A format that no door reads; ``value`` is what it begins with, a root or a segment."""
    return unreadable(
        "unknown_format",
        f"正文是 {called}，此处不读这种格式",
        f"the body is {called} that is not read here",
        value=shown(named[1].decode("utf-8", "replace")) if named else "",
        remedy=Text("请发送此处能读的格式，或 JSON", "send a format that is read here, or JSON"),
    )


def _malformed(body: bytes, why: str) -> Problem:
    """Where it stops being JSON, with what stands there."""
    if not body.strip():
        return unreadable("not_json", "正文是空的", "the body is empty", remedy=SEND_ONE)
    if (found := _PLACE.search(why)) is None:  # it ends before it is whole
        zh, en = "正文不是完整的 JSON，没有写完就结束了", "the body is no whole JSON: it ends too soon"
        return unreadable("not_json", zh, en, value=shown(body[-SHOWN_AROUND:].decode("utf-8", "replace")))
    at = int(found[1])
    there = body[max(0, at - SHOWN_AROUND // 2) : at + SHOWN_AROUND // 2].decode("utf-8", "replace")
    zh, en = f"正文不是 JSON，第 {at} 字节处有误", f"the body is not JSON: {why}"
    return unreadable("not_json", zh, en, value=shown(there))


def _refuse_duplicates(body: bytes) -> None:
    """Name each key that stands twice; this slower reading is paid only by bodies that might have one."""
    problems: list[Problem] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            repeated = sorted(name for name, times in Counter(name for name, _ in items).items() if times > 1)
            problems.extend(_twice(name) for name in repeated[: MOST_NAMED - len(problems)])
        return found

    json.loads(body, object_pairs_hook=pairs)
    if problems:
        raise Unreadable(*problems)


def _twice(name: str) -> Problem:
    shortened = shown(name)
    return unreadable(
        "duplicate_key", f"“{shortened}”出现多次", f"“{shortened}” stands more than once", shortened
    )
