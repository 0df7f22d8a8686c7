"""XML as rehearsed agencies read it: nothing from outside, no document type."""

from __future__ import annotations

from typing import Any

from lxml import etree

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Misread(ValueError):
    """These bytes are no XML that an agency takes; the message says why, in its language."""


def parse(data: bytes) -> Any:
    """The root element."""
    if b"<!DOCTYPE" in data:
        raise Misread("不接受 DOCTYPE")
    try:
        return etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        raise Misread("不是格式良好的 XML") from None


def local_name(element: Any) -> str:
    """An element's name without its namespace."""
    tag: str = element.tag
    return tag[tag.rfind("}") + 1 :]


def under(element: Any, name: str) -> str:
    """The text of the first such element below, whatever its namespace; empty where absent."""
    return element.findtext(f".//{{*}}{name}") or ""
