"""DecMessage files written by other systems, read into the boxes of our customs declaration.

Taken are DecMessage with and without namespace, bare, in the older ``ImportMessage``/``SWDEC001``
wrapper, and either in a DXP envelope (with or without ``DxpMsgSv`` around it); empty elements are absent.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from itertools import islice
from typing import Any

from msgspec.structs import replace

from singlewindow.connectors.customs.extension import localise, refuse_unbounded, unnamed
from singlewindow.connectors.customs.habits import filled, numbered, spread
from singlewindow.connectors.customs.hardened import (
    DECLARATION_DEPTH_MOST,
    FILE_MOST,
    read,
    refused,
)
from singlewindow.connectors.customs.layout import (
    FILLED,
    GOODS,
    GROUPS,
    ITEMS,
    NOT_STATED,
    OF_TRANSPORT,
    OLDER,
    ONCE,
    ORDER,
    PARTS,
    PROMISES,
    ROOT,
    SECTIONS,
    UNFILLED,
    Group,
)
from singlewindow.connectors.customs.procedure import TYPE, apart
from singlewindow.kernel.messages import Problem, Text, Unreadable
from singlewindow.kernel.xml_encoding import BOM, DECLARED, PROLOG_MOST, is_utf8

PLACE = ROOT
ENVELOPED = ("DecMessage", "ImportMessage")
ROOTS = (*ENVELOPED, "DxpMsg", "DxpMsgSv")
ROOT_MOST = 1_000  # bytes behind the prolog within which the root, or what is wrapped in it, is named
PROBLEMS_MOST = 50
SHOWN = 60  # characters of a wrong value that a problem repeats
_REMEDY = Text("请修正后重新发送；原件未被接收", "mend it and send it again; nothing was taken")
_ASIDE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z]+)[\s/>]", re.ASCII)
_CHINESE = {"gb2312", "gbk", "gb18030", "cp936"}


def recognises(data: bytes) -> bool:
    """Whether the bytes begin like one of the wrappings a DecMessage comes in."""
    start = data[: PROLOG_MOST + ROOT_MOST].removeprefix(BOM)
    root = _ASIDE.sub(b"", start, count=1)[:ROOT_MOST]
    return root.startswith(b"<") and any(name.decode() in ROOTS for name in _ROOT.findall(root))


def read_document(data: bytes) -> dict[str, Any]:
    """The message's boxes by their wire names, groups as lists; raises ``Unreadable``."""
    try:
        return _boxes(_message(_parsed(data)))
    except Unreadable as failure:  # whoever wrote the message mends it, no partner of ours
        raise Unreadable(*(replace(problem, remedy=_REMEDY) for problem in failure.problems)) from None


def _boxes(message: Any) -> dict[str, Any]:
    localise(message)
    _refuse_twice(message)
    values: dict[str, Any] = _fields(message)
    for section in SECTIONS:
        for name, value in _fields(message.find(section)).items():
            values.setdefault(OLDER.get(name, name), value)
    values |= _promises(values.pop("PromiseItmes", "")) | apart(values.pop(TYPE, ""))
    for group in GROUPS:
        _lines(message, group, values)
    refuse_unbounded(values)
    return spread(filled(values) | numbered(values.get(GOODS.key, [])))


def _fields(element: Any) -> dict[str, Any]:
    """The boxes filled right below an element, and by parent and name what no box stands for."""
    if element is None:
        return {}
    values = unnamed(element)
    boxes = FILLED[element.tag] - PARTS[element.tag] - OF_TRANSPORT
    for child in element:
        text = (child.text or "").strip()
        if text and not len(child) and child.tag in boxes:
            values.setdefault(child.tag, text)
    return values


def _refuse_twice(message: Any) -> None:
    """An element that is filled twice in one place has no value; each is named, of very many the first.

    To say where one stands its neighbours are counted, so no more of them are looked at than are told.
    """
    twice = (problem for parent in message.iter(*ORDER) if len(parent) > 1 for problem in _twice(parent))
    if problems := [*islice(twice, PROBLEMS_MOST)]:
        raise Unreadable(*problems)


def _twice(parent: Any) -> Iterator[Problem]:
    seen: set[str] = set()
    once, parts = ONCE[parent.tag], PARTS[parent.tag]
    for child in parent:
        text = (child.text or "").strip()
        if child.tag not in once or not (text or child.tag in parts):
            continue
        if child.tag in seen:
            place = f"{_path(parent)}/{child.tag}"
            given = text[:SHOWN] if text.isprintable() else ascii(text[:SHOWN])
            yield from refused("twice", place, "出现多次", "stands more than once", given).problems
        seen.add(child.tag)


def _path(element: Any) -> str:
    """Where an element stands in its message, lines by their number from 1, as XPath has it."""
    if element.tag == ROOT:
        return PLACE
    of_one_name = [each for each in element.getparent() if each.tag == element.tag]
    number = f"[{of_one_name.index(element) + 1}]" if element.tag in ITEMS.values() else ""
    return f"{_path(element.getparent())}/{element.tag}{number}"


def _parsed(data: bytes) -> Any:
    if len(data) > FILE_MOST:
        size = str(len(data))
        raise refused("too-large", PLACE, f"超过 {FILE_MOST} 字节", f"is larger than {FILE_MOST} bytes", size)
    return read(_as_utf8(data.removeprefix(BOM)), FILE_MOST, PLACE, DECLARATION_DEPTH_MOST)


def _as_utf8(data: bytes) -> bytes:
    """The bytes in UTF-8 under the encoding they declare; never guessed, never mended."""
    declared = DECLARED.match(data[:PROLOG_MOST])
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
        if is_utf8(body):
            raise refused(
                "encoding",
                PLACE,
                f"声明 {encoding} 而实为 UTF-8",
                f"declares {encoding} but is UTF-8",
                encoding,
            )
        return _decoded(body, "gb18030", encoding).encode()
    return _decoded(body, "utf-8", encoding).encode()


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
        data = _only([found for found in root.iter() if _name(found) == "Data"])
        if data is None or not (data.text or "").strip():
            raise refused("no-data", PLACE, "信封的 Data 中没有报文", "has no message in its envelope's Data")
        return _message_in(_unpacked(data.text))
    found = _only([each for each in root.iter() if _name(each) == "DecMessage"])
    if found is None:
        raise refused("no-message", PLACE, "中没有 DecMessage", "holds no DecMessage")
    return found


def _only(found: list[Any]) -> Any:
    """The one there is, if any: of several all but one would be lost without a word."""
    if len(found) > 1:
        zh, en = f"有 {len(found)} 份，每份须单独发送", f"stands {len(found)} times; send each by itself"
        raise refused("several-messages", PLACE, zh, en, str(len(found)))
    return found[0] if found else None


def _message_in(data: bytes) -> Any:
    root = _parsed(data)
    if _name(root) not in ENVELOPED:
        raise refused("no-message", PLACE, "信封中不是 DecMessage", "is not what the envelope holds")
    return _message(root)


def _unpacked(text: str) -> bytes:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise refused("base64", PLACE, "信封的 Data 不是 base64", "has Data that is not base64") from None


def _lines(above: Any, group: Group, values: dict[str, Any]) -> None:
    """The lines of a group into the values of the level it stands at."""
    if group.key in UNFILLED.get(above.tag, ()):
        return
    parent = above.find(group.wrapper) if group.wrapper else above
    if parent is None:
        return
    if group.wrapper:
        values |= _fields(parent)
    lines = [line for item in parent.iterchildren(group.item) if (line := _line(item, group))]
    if lines:
        values[group.key] = lines


def _line(item: Any, group: Group) -> dict[str, Any]:
    line = filled(_fields(item))
    for inner in group.groups:
        _lines(item, inner, line)
    # Vehicles hang under a product qualification on the wire and are a group of the line for us.
    limits = line.pop("DecGoodsLimits", [])
    vehicles = [vehicle for limit in limits for vehicle in limit.pop("DecGoodsLimitVin", ())]
    found = {"DecGoodsLimits": [limit for limit in limits if limit], "DecGoodsLimitVin": vehicles}
    return line | {name: lines for name, lines in found.items() if lines}


def _promises(digits: str) -> dict[str, str]:
    """One digit an item: special relation, price influence, royalties, formula price, provisional price.

    Messages from before the last two state three; what is not stated has a digit of its own.
    """
    stated = digits.ljust(len(PROMISES), NOT_STATED) if digits else ""
    return {f"PromiseItmes{n}": digit for n, digit in enumerate(stated, 1) if digit.strip()}


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]
