"""XML from outside, read without entities, DTDs, network or anything unbounded."""

from __future__ import annotations

from typing import Any

from lxml import etree

from singlewindow.kernel.messages import Problem, Text, Unreadable
from singlewindow.kernel.xml_encoding import misdeclared

FILE_MOST = 20_000_000
MESSAGE_MOST = 1_000_000
MARKUP_MOST = (
    500_000  # signs that begin an element or an attribute: each becomes an object, however short it is
)
DEPTH_MOST = 8
DECLARATION_DEPTH_MOST = 12  # a vehicle in the older wrapper stands at 9
PROBLEM_TEXT_MOST = 200

_PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    dtd_validation=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)
_TOO_DEEP = {
    most: etree.XPath(f"boolean({'/*' * (most + 1)})") for most in (DEPTH_MOST, DECLARATION_DEPTH_MOST)
}


def read(data: bytes, most: int, place: str, depth: int = DEPTH_MOST) -> Any:
    """The root element of ``data``; raises :class:`Unreadable` naming ``place``."""
    if len(data) > most:
        raise refused("too-large", place, f"超过 {most} 字节", f"is larger than {most} bytes", str(len(data)))
    # UTF-16 and UTF-32 would hide markup from the next look; both are full of NULs.
    if b"\0" in data:
        raise refused("encoding", place, "不是单字节或 UTF-8 编码的文本", "is no UTF-8 or GB18030 text")
    if said := misdeclared(data):
        raise refused("encoding", place, f"声明 {said} 而实为 UTF-8", f"declares {said} but is UTF-8", said)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _doctype(place)
    if data.count(b"<") + data.count(b"=") > MARKUP_MOST:
        raise refused("too-many", place, "元素和属性过多", "has more elements and attributes than can be")
    try:
        root = etree.fromstring(data, _PARSER)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        if "Excessive depth" in str(error):  # libxml2's own bound, before ours can be asked
            raise _deep(place, depth) from None
        raise _not_xml(place, error) from None
    _check(root, place, depth)
    return root


def _not_xml(place: str, error: Exception) -> Unreadable:
    """Where it stops being XML; the library says why in its own language only."""
    line, column = getattr(error, "position", (0, 0))
    where = f"，第 {line} 行第 {column} 列有误" if line else ""
    cause = str(error)[:PROBLEM_TEXT_MOST]
    return refused("not-xml", place, f"不是格式良好的 XML{where}", f"is not well-formed XML: {cause}")


def refused(code: str, place: str, zh: str, en: str, value: str = "") -> Unreadable:
    """The one shape of every complaint about bytes."""
    remedy = Text("请对方按接口规范重新发送", "Ask the partner to send it again as the interface prescribes")
    return Unreadable(Problem(code, Text(f"{place} {zh}", f"{place} {en}"), place, value, remedy))


def _check(root: Any, place: str, depth: int) -> None:
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.doctype:
        raise _doctype(place)
    if _TOO_DEEP[depth](root):
        raise _deep(place, depth)


def _deep(place: str, depth: int) -> Unreadable:
    return refused("too-deep", place, f"嵌套超过 {depth} 层", f"is nested more than {depth} levels deep")


def _doctype(place: str) -> Unreadable:
    return refused("doctype", place, "含有不允许的 DOCTYPE 声明", "carries a DOCTYPE, which is not allowed")
