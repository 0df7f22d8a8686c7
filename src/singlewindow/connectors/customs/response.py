"""What who hands in a DecMessage is told at once: ``DecImportResponse``, the format's technical receipt."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from singlewindow.connectors.customs.layout import DEC
from singlewindow.kernel.xml_answers import PROLOG, element, escaped
from singlewindow.kernel.xml_encoding import PROLOG_MOST

IMPORTED, UNFIT = "0", "422"  # a check of what would be refused tells the code of the refusal
CHECKED = "仅检查，未申报 · checked only, nothing was handed in"
# Of an element with a text. Nothing taken is given back: else some hundred blanks, sent with a token or
# without, would be parted in every way there is, and the door would stand still.
_OPEN, _CLOSE = rb"(?:\s[^<>]*+)?+>\s*+(?:<!\[CDATA\[)?+\s*+", rb"\s*+(?:\]\]>)?+\s*+</"
_CLIENT = re.compile(rb"<(?:[\w.-]+:)?ClientSeqNo" + _OPEN + rb"([A-Za-z0-9_.-]{1,64}+)" + _CLOSE)
_DATA = re.compile(rb"<(?:[\w.-]+:)?Data" + _OPEN + rb"([A-Za-z0-9+/=\s]*+)" + _CLOSE)
_EMPTY = "<SeqNo/><TrnPreId/>"  # the unified and transit numbers are customs' to give, later


def respond(body: bytes, name: str, status: int, content: Mapping[str, Any]) -> bytes:
    """The response to a message, or to the beginning of one.

    ``content`` is the receipt, the RFC 9457 problem details or what a check found, by ``name``, as JSON has
    it; it stands whole at the end, in a namespace of its own, which readers of the format pass over.
    """
    message = _inside(body)
    code, reason = _judged(name, status, content)
    found = _CLIENT.search(message)
    client = found[1].decode() if found else ""
    # Who writes without the namespace reads without it.
    namespace = f' xmlns="{DEC}"' if DEC.encode() in message[:PROLOG_MOST] else ""
    return (
        f"{PROLOG}<DecImportResponse{namespace}><ResponseCode>{code}</ResponseCode>"
        f"<ErrorMessage>{escaped(reason)}</ErrorMessage><ClientSeqNo>{client}</ClientSeqNo>{_EMPTY}"
        f"{element(name, content)}</DecImportResponse>"
    ).encode()


def _judged(name: str, status: int, content: Mapping[str, Any]) -> tuple[str, str]:
    """The response's code and its words; a check says in them that it was one."""
    if name == "receipt":
        return IMPORTED, ""
    said = list(_sentences(content.get("problems", [])))
    if name == "problem":
        return str(status), "\n".join(said)
    return IMPORTED if content["fit"] else UNFIT, "\n".join([CHECKED, *said])


def _inside(body: bytes) -> bytes:
    """The DecMessage in an envelope, as far as it can be unpacked."""
    data = _DATA.search(body)
    if data is None:
        return body
    try:
        return b64decode(b"".join(data[1].split()))
    except binascii.Error:
        return body


def _sentences(problems: list[Mapping[str, Any]]) -> Iterator[str]:
    """Each problem in words: the element, what is wrong and what to do, in both languages."""
    for problem in problems:
        place = problem.get("element") or problem["field"]
        said = [text for text in (problem["text"], problem["remedy"]) if text]
        zh, en = "；".join(text["zh"] for text in said), "; ".join(text["en"] for text in said)
        yield f"{place}: {zh} · {en}" if place else f"{zh} · {en}"
