"""DecMessage files written by other systems, read into the boxes of our customs declaration.

Taken are DecMessage with and without namespace, bare, in the older ``ImportMessage``/``SWDEC001``
wrapper, and in a DXP envelope (with or without ``DxpMsgSv`` around it); empty elements are absent.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from singlewindow.connectors.customs.hardened import FILE_MOST, read, refused
from singlewindow.connectors.customs.layout import GROUPS, Group
from singlewindow.kernel.messages import Problem, Text, Unreadable

PLACE = "DecMessage"
ROOTS = ("DecMessage", "ImportMessage", "DxpMsg", "DxpMsgSv")
LONGEST_PROLOG = 1_000
PROBLEMS_MOST = 50
SHOWN = 60  # characters of a wrong value that a problem repeats
_REMEDY = Text("请修正后重新发送；原件未被接收", "mend it and send it again; nothing was taken")
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_-]+)["']""")
_ROOT = re.compile(rb"<(?:[A-Za-z0-9_]+:)?([A-Za-z]+)[\s/>]")
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936"}
_BOM = b"\xef\xbb\xbf"
# Names that older versions of the message use for the same box.
_OLDER = {"TradeCodeScc": "TradeCoScc"}
# What a message carries for its own transport, not for the declaration.
_OF_TRANSPORT = frozenset(
    {"OperType", "ICCode", "OperName", "ClientSeqNo", "Sign", "SignDate", "Certificate"}
)
_SECTIONS = ("DecHead", "DecFreeTxt", "DecSign")


def recognises(data: bytes) -> bool:
    """Whether the bytes begin like one of the wrappings a DecMessage comes in."""
    start = data[:LONGEST_PROLOG].removeprefix(_BOM).lstrip()
    return start.startswith(b"<") and any(name.decode() in ROOTS for name in _ROOT.findall(start))


def read_document(data: bytes) -> dict[str, Any]:
    """The message's boxes by their wire names, groups as lists; raises ``Unreadable``."""
    try:
        return _boxes(_message(_parsed(data)))
    except Unreadable as failure:  # whoever wrote the message mends it, no partner of ours
        raise Unreadable(*(replace(problem, remedy=_REMEDY) for problem in failure.problems)) from None


def _boxes(message: Any) -> dict[str, Any]:
    _refuse_twice(message)
    values: dict[str, Any] = {}
    for section in _SECTIONS:
        for name, text in _texts(_child(message, section)):
            if name not in _OF_TRANSPORT:
                values.setdefault(_OLDER.get(name, name), text)
    values |= _promises(values.pop("PromiseItmes", ""))
    for group in GROUPS:
        lines = [_line(item, group) for item in _items(message, group)]
        if any(lines):
            values[group.key] = [line for line in lines if line]
    return values


def _refuse_twice(message: Any) -> None:
    """An element that is filled twice in one place has no value; every one of them is named."""
    problems = [problem for parent in message.iter() if len(parent) > 1 for problem in _twice(parent)]
    if problems:
        raise Unreadable(*problems[:PROBLEMS_MOST])


def _twice(parent: Any) -> Iterator[Problem]:
    seen: set[str] = set()
    for name, text in _texts(parent):
        if name in seen:
            place = f"{PLACE}/{_name(parent)}/{name}" if _name(parent) != PLACE else f"{PLACE}/{name}"
            given = text[:SHOWN] if text.isprintable() else ascii(text[:SHOWN])
            yield from refused("twice", place, "出现多次", "stands more than once", given).problems
        seen.add(name)


def _parsed(data: bytes) -> Any:
    if len(data) > FILE_MOST:
        size = str(len(data))
        raise refused("too-large", PLACE, f"超过 {FILE_MOST} 字节", f"is larger than {FILE_MOST} bytes", size)
    return read(_as_utf8(data.removeprefix(_BOM)), FILE_MOST, PLACE)


def _as_utf8(data: bytes) -> bytes:
    """The bytes in UTF-8 under the encoding they declare; never guessed, never mended."""
    declared = _DECLARED.match(data[:LONGEST_PROLOG])
    encoding = declared[1].decode().lower() if declared else "utf-8"
    if encoding not in {"utf-8", "utf8", *_CHINESE}:
        raise refused(
            "encoding",
            PLACE,
            f"编码 {encoding} 不受支持，请用 UTF-8",
            f"declares {encoding}; use UTF-8",
            encoding,
        )
    body = data[declared.end() :].partition(b"?>")[2] if declared else data
    if encoding in _CHINESE:
        if _is_utf8(body):
            raise refused(
                "encoding",
                PLACE,
                f"声明 {encoding} 而实为 UTF-8",
                f"declares {encoding} but is UTF-8",
                encoding,
            )
        return _decoded(body, "gb18030", encoding).encode()
    return _decoded(body, "utf-8", encoding).encode()


def _is_utf8(body: bytes) -> bool:
    """Whether bytes beyond ASCII are good UTF-8; real GB18030 text practically never is."""
    if body.isascii():
        return False
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decoded(body: bytes, codec: str, declared: str) -> str:
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        at = error.start
        raise refused(
            "encoding",
            PLACE,
            f"不是所声明的 {declared} 编码（第 {at} 字节）",
            f"is not {declared} at byte {at}",
            declared,
        ) from None


def _message(root: Any) -> Any:
    """The DecMessage element, whatever is wrapped around it."""
    name = _name(root)
    if name == "DecMessage":
        return root
    if name in ("DxpMsg", "DxpMsgSv"):
        data = next((found for found in root.iter() if _name(found) == "Data"), None)
        if data is None:
            raise refused("no-data", PLACE, "信封中没有 Data", "has no Data in its envelope")
        return _message_in(_unpacked(data.text or ""))
    found = next((each for each in root.iter() if _name(each) == "DecMessage"), None)
    if found is None:
        raise refused("no-message", PLACE, "中没有 DecMessage", "holds no DecMessage")
    return found


def _message_in(data: bytes) -> Any:
    root = _parsed(data)
    if _name(root) != "DecMessage":
        raise refused("no-message", PLACE, "信封中不是 DecMessage", "is not what the envelope holds")
    return root


def _unpacked(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise refused("base64", PLACE, "信封的 Data 不是 base64", "has Data that is not base64") from None


def _items(message: Any, group: Group) -> Iterator[Any]:
    parent = _child(message, group.wrapper) if group.wrapper else message
    if parent is not None:
        yield from (each for each in parent if _name(each) == group.item)


def _line(item: Any, group: Group) -> dict[str, Any]:
    line: dict[str, Any] = dict(_texts(item))
    for inner in group.groups:
        below = [_line(each, inner) for each in _items(item, inner)]
        if any(below):
            line[inner.key] = [one for one in below if one]
    # Vehicles hang under a product qualification on the wire and are a group of the line for us.
    for limit in line.get("DecGoodsLimits", ()):
        if "DecGoodsLimitVin" in limit:
            line.setdefault("DecGoodsLimitVin", []).extend(limit.pop("DecGoodsLimitVin"))
    return line


def _texts(element: Any) -> Iterator[tuple[str, str]]:
    """The filled leaves right below an element."""
    for child in element if element is not None else ():
        text = (child.text or "").strip()
        if text and not len(child):
            yield _name(child), text


def _promises(digits: str) -> dict[str, str]:
    """One digit an item: special relation, price influence, royalties, formula price, provisional price."""
    return {f"PromiseItmes{n}": digit for n, digit in enumerate(digits, 1) if digit in "01"}


def _child(element: Any, name: str) -> Any:
    return next((each for each in element if _name(each) == name), None)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
