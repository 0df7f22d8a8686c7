"""The same declaration as JSON and as another system's DecMessage gives customs the same bytes."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from platform_under_test import AT, context, parties, sample
from singlewindow.hub.exchange.submission import Prepared, prepare, read_document
from singlewindow.kernel.messages import Actor, Document, Envelope
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


def to_customs(prepared: Prepared) -> bytes:
    return next(issued.payload for issued in prepared.issued if issued.partner == "customs")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_same_party_gives_customs_the_same_bytes_in_every_format(form: Callable[[bytes], bytes]) -> None:
    first = prepare(sample(), context())
    again = prepare(form(to_customs(first)), context())
    assert to_customs(again) == to_customs(first)
    assert again.checked.problems == ()
    assert again.filled == first.filled
    message = bare(to_customs(first)).decode()
    assert f"<CopCodeScc>{parties()[0].code}</CopCodeScc><CopName>报关行</CopName>" in message
    assert "<InputerName>system</InputerName>" in message


def test_another_party_is_who_hands_in_whatever_the_message_says() -> None:
    first, (_, importer) = prepare(sample(), context()), parties()
    own = replace(context(), party=importer, actor=Actor("person", "9", "王小明", importer.id))
    again = prepare(bare(to_customs(first)), own)
    assert again.filled == {
        "input_party_code": importer.code,
        "input_party_name": "收货人",
        "input_person_name": "王小明",
    }
    assert "<CopName>收货人</CopName>" in bare(to_customs(again)).decode()
    said = {problem.field: problem.value for problem in again.checked.problems}
    assert said == first.filled
    assert again.checked.document.extension == said
