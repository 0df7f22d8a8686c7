"""The same bad inputs as other systems write them: DecMessage, bare, as SWDEC001, in a DXP envelope."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable

from msgspec.structs import replace

from integration.bad_input.inputs import REFUSED, Bad, good
from platform_under_test import AT
from singlewindow.hub.exchange.submission import read_document
from singlewindow.kernel.messages import Document, Envelope
from singlewindow.server.composition import connectors, readers, registry

ENVELOPE = Envelope("m-1", "S", "R", AT, "W000000000000000001")
DATA = re.compile(rb"(<Data>)(.*?)(</Data>)", re.DOTALL)
Form = Callable[[bytes], bytes]


def written(body: bytes) -> bytes:
    """A declaration in JSON, right or wrong, as another system's DecMessage."""
    raw = json.loads(body)
    document = Document(raw["document"], "1", raw["values"])
    projected = registry().principal["customs"].project(document)
    return b64decode(DATA.search(connectors()["customs"].codec.encode(projected, ENVELOPE))[2])


def right() -> bytes:
    """The good declaration as a DecMessage."""
    return message_of(good())


def message_of(body: bytes) -> bytes:
    """A right declaration in JSON as another system's DecMessage."""
    document = read_document(body, registry(), readers(), AT.date()).document
    return written(json.dumps({"document": document.kind, "values": document.values}).encode())


def bare(message: bytes) -> bytes:
    return message


def older(message: bytes) -> bytes:
    """The wrapper of before; a declared encoding and a DOCTYPE stand before it."""
    prolog, _, element = message.rpartition(b"<DecMessage")
    head = b"<SWImpHead><CopMsgId>1</CopMsgId><MsgType>SWDEC001</MsgType></SWImpHead>"
    return (
        prolog
        + b"<ImportMessage>"
        + head
        + b"<SWImpData><DecMessage"
        + element
        + b"</SWImpData></ImportMessage>"
    )


def wrapped(*messages: bytes) -> bytes:
    """Several in one wrapper."""
    elements = b"".join(HEAD + message.rpartition(HEAD)[2] for message in messages)
    return b"<ImportMessage><SWImpHead/><SWImpData>" + elements + b"</SWImpData></ImportMessage>"


def enveloped(message: bytes) -> bytes:
    """Base64 in a DXP envelope."""
    head = b'<?xml version="1.0" encoding="UTF-8"?><DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0">'
    return head + b"<TransInfo/><Data>" + b64encode(message) + b"</Data></DxpMsg>"


FORMS: dict[str, Form] = {"DecMessage": bare, "SWDEC001": older, "DXP": enveloped}


def replaced(old: bytes, new: bytes) -> Callable[[], bytes]:
    """The good message with something else in one place."""

    def made() -> bytes:
        message = right()
        assert old in message
        return message.replace(old, new, 1)

    return made


def declared(encoding: bytes, codec: str) -> Callable[[], bytes]:
    """The good message that says it is in one encoding and is in another."""
    return lambda: (
        right().decode().encode(codec).replace(b'encoding="UTF-8"', b'encoding="' + encoding + b'"')
    )


GROSS = b"<GrossWet>12946.5</GrossWet>"
BOMB = b"<!DOCTYPE a [<!ENTITY a0 'ha'>%s]>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12)
)
DEEP = b"<a>" * 10_000 + b"</a>" * 10_000
HEAD = b"<DecMessage"
MESSAGE = "DecMessage"

UNREADABLE = (
    Bad("broken", replaced(b"</DecHead>", b""), 400, "not-xml", MESSAGE),
    Bad("half", lambda: right()[: len(right()) // 2], 400, "not-xml", MESSAGE),
    Bad("DOCTYPE", replaced(HEAD, b'<!DOCTYPE a SYSTEM "file:///x">' + HEAD), 400, "doctype", MESSAGE),
    Bad("entity bomb", replaced(HEAD, BOMB + HEAD), 400, "doctype", MESSAGE),
    Bad("depth 10,000", replaced(GROSS, DEEP), 400, "too-deep", MESSAGE),
    Bad("depth 200", replaced(GROSS, b"<a>" * 200 + b"</a>" * 200), 400, "too-deep", MESSAGE),
    Bad("UTF-8 said to be GBK", declared(b"GBK", "utf-8"), 400, "encoding", MESSAGE, "gbk"),
    Bad("GBK said to be UTF-8", declared(b"UTF-8", "gb18030"), 400, "encoding", MESSAGE, "utf-8"),
    Bad("said to be UTF-7", declared(b"UTF-7", "utf-8"), 400, "encoding", MESSAGE, "utf-7"),
    Bad("blanks without end", replaced(b"</DecHead>", b"<ClientSeqNo>" + b" " * 100_000), 400, "not-xml",
        MESSAGE),
    Bad("elements without end", replaced(GROSS, b"<a/>" * 600_000), 400, "too-many", MESSAGE),
    Bad("NUL", replaced(b"N/M", b"N\0M"), 400, "encoding", MESSAGE),
    Bad("NUL written as a number", replaced(b"N/M", b"N&#0;M"), 400, "not-xml", MESSAGE),
    Bad("lone surrogate", replaced(b"N/M", b"N\xed\xa0\x80"), 400, "encoding", MESSAGE),
    Bad("lone surrogate written as a number", replaced(b"N/M", b"&#xD800;"), 400, "not-xml", MESSAGE),
    Bad("twice the same element", replaced(GROSS, GROSS + b"<GrossWet>1</GrossWet>"), 400, "twice",
        "DecMessage/DecHead/GrossWet", "1"),
    Bad("twice in a line", replaced(b"<GQty>", b"<GQty>1</GQty><GQty>"), 400, "twice",
        "DecMessage/DecLists/DecList[1]/GQty"),
    Bad("two messages in one wrapper", lambda: wrapped(right(), right()), 400, "several-messages", MESSAGE,
        "2"),
)  # fmt: skip

WRITABLE = {
    "Arabic digits",
    "full-width digits in a code",
    "text far too long",
    "51 goods lines",
    "negative quantity",
    "wrong check digit",
    "a code that ended",
    "an unknown customs office",
}
ENDLESS = replaced(GROSS, b"<GrossWet>1e999</GrossWet>")
VALUES = (
    *(replace(bad, body=lambda bad=bad: written(bad.body())) for bad in REFUSED if bad.name in WRITABLE),
    Bad("a number without end", ENDLESS, 422, "wrong_form", "gross_mass", "1e999"),
)
