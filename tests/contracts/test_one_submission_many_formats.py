"""The same declaration as JSON and as another system's DecMessage gives customs the same bytes."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable

import pytest

from platform_under_test import AT, sample
from singlewindow.hub.exchange.submission import read_document
from singlewindow.kernel.messages import Document, Envelope
from singlewindow.server.composition import connectors, readers, registry

ENVELOPE = Envelope("m-1", "S", "R", AT, "W000000000000000001")


def wire(document: Document) -> bytes:
    """What customs gets of a source document."""
    projected = registry().projections["customs"].project(document)
    return connectors()["customs"].codec.encode(projected, ENVELOPE)


def read(body: bytes) -> Document:
    checked = read_document(body, registry(), readers(), AT.date())
    assert checked.errors == ()
    return checked.document


def bare(dxp: bytes) -> bytes:
    return b64decode(re.search(rb"<Data>(.*?)</Data>", dxp, re.DOTALL)[1])


def without_namespace(dxp: bytes) -> bytes:
    return bare(dxp).replace(b' xmlns="http://www.chinaport.gov.cn/dec"', b"")


def older_wrapper(dxp: bytes) -> bytes:
    message = without_namespace(dxp).partition(b"?>")[2]
    head = b"<SWImpHead><CopMsgId>1</CopMsgId><MsgType>SWDEC001</MsgType></SWImpHead>"
    return b"<ImportMessage>" + head + b"<SWImpData>" + message + b"</SWImpData></ImportMessage>"


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "DXP envelope": lambda dxp: dxp,
    "DecMessage v4": bare,
    "without namespace": without_namespace,
    "SWDEC001": older_wrapper,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_declaration_read_from_the_wire_gives_the_same_bytes(form: Callable[[bytes], bytes]) -> None:
    first = wire(read(sample()))
    assert wire(read(form(first))) == first


def test_what_the_message_carries_is_what_was_entered() -> None:
    entered = read(sample()).values
    carried = read(wire(read(sample()))).values
    assert {k: v for k, v in carried.items() if isinstance(v, str)}.items() <= entered.items()
    for line, original in zip(carried["goods"], entered["goods"], strict=True):
        assert {k: v for k, v in line.items() if isinstance(v, str)}.items() <= original.items()
