"""Answers to programs that speak XML: the members of the JSON answer as elements (RFC 9457, appendix B)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>'
NAMESPACES = {
    "problem": "urn:ietf:rfc:7807",
    "receipt": "urn:singlewindow:receipt",
    "finding": "urn:singlewindow:finding",
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def element(name: str, content: Mapping[str, Any]) -> str:
    """A JSON object as an element of its namespace: a member is a child of its name, an item is ``i``.

    Null is nothing. Names are this platform's own and known to be XML names; texts may hold anything.
    """
    return f'<{name} xmlns="{NAMESPACES[name]}">{_inner(content)}</{name}>'


def escaped(text: str) -> str:
    """Text as XML may carry it; what no XML can carry stands as U+FFFD."""
    fit = _FORBIDDEN.sub("\ufffd", text)
    return fit.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def _inner(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(_child(name, each) for name, each in value.items() if each is not None)
    if isinstance(value, list):
        return "".join(_child("i", each) for each in value)
    return escaped(str(value).lower() if isinstance(value, bool) else str(value))


def _child(name: str, value: Any) -> str:
    inner = _inner(value)
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"
