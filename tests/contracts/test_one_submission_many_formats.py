"""The same declaration as JSON and as another system's DecMessage gives customs the same bytes."""

from __future__ import annotations

import argparse
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from platform_under_test import AT, context, parties, sample
from singlewindow.hub.documents.carrying import boxes_sent
from singlewindow.hub.exchange.submission import Prepared, prepare, read_document
from singlewindow.kernel.messages import Actor, Document, Envelope
from singlewindow.server.commands import project
from singlewindow.server.commands import read as read_command
from singlewindow.server.composition import connectors, readers, registry
from singlewindow.server.configuration import load

ENVELOPE = Envelope("m-1", "S", "R", AT, "W000000000000000001")


def wire(document: Document) -> bytes:
    """What customs gets of a source document."""
    projected = registry().principal["customs"].project(document)
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
    assert "<Type>ZW</Type>" in message  # self-assessed, the bill without paper


def test_another_party_is_who_hands_in_whatever_the_message_says() -> None:
    first, (broker, importer) = prepare(sample(), context()), parties()
    own = replace(context(), party=importer, actor=Actor("person", "9", "王小明", importer.id))
    agent = "<AgentCodeScc>{}</AgentCodeScc>".format
    declared = bare(to_customs(first)).replace(agent(broker.code).encode(), agent(importer.code).encode())
    again = prepare(declared, own)
    assert again.filled == {
        "input_party_code": importer.code,
        "input_party_name": "收货人",
        "input_person_name": "王小明",
    }
    assert "<CopName>收货人</CopName>" in bare(to_customs(again)).decode()
    said = {problem.field: problem.value for problem in again.checked.problems}
    assert said == first.filled
    assert again.checked.document.extension == said


ASIDE = (
    ("</DecHead>", "<Colour>红 &amp; blue</Colour></DecHead>"),
    ("</DecList><DecList>", "<Extra><A>1</A><B><C>2</C></B></Extra></DecList><DecList>"),
    ("</Container></DecContainers>", "<Seal>S2</Seal></Container></DecContainers>"),
    ("</DecMessage>", "<DecRisk><R>1</R></DecRisk></DecMessage>"),
)
BAG = {
    "DecHead/Colour": "红 & blue",
    "goods[0].DecList/Extra": {"A": "1", "B": {"C": "2"}},
    "containers[1].Container/Seal": "S2",
    "DecMessage/DecRisk": {"R": "1"},
}


def with_unknown(dxp: bytes) -> bytes:
    """The same with elements that no definition names: header, goods line, container, message."""
    message = bare(dxp).decode()
    for old, new in ASIDE:
        assert old in message
        message = message.replace(old, new, 1)
    return message.encode()


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_what_no_definition_names_goes_out_in_the_same_format_and_in_no_other(
    form: Callable[[bytes], bytes],
) -> None:
    first = to_customs(prepare(sample(), context()))
    known = prepare(form(first), context())
    unknown = with_unknown(first)
    sent = prepare(form(re.sub(rb"(?<=<Data>).*(?=</Data>)", b64encode(unknown), first)), context())
    assert sent.checked.document.extension == BAG
    assert bare(to_customs(sent)) == unknown
    for ours, theirs in zip(known.issued, sent.issued, strict=True):
        assert (ours.payload == theirs.payload) == (ours.partner != "customs"), ours.partner
        assert ours.boxes == theirs.boxes
    again = prepare(to_customs(sent), context())
    assert again.checked.document.extension == BAG
    assert to_customs(again) == to_customs(sent)


def test_what_json_carried_and_no_definition_names_goes_out_in_no_xml() -> None:
    plain, said = prepare(sample(), context()), prepare(sample(**BAG, Colour="red"), context())
    assert said.checked.document.extension.keys() == {*BAG, "Colour"}
    assert [one.payload for one in said.issued] == [one.payload for one in plain.issued]


def test_programs_are_told_where_each_of_them_went() -> None:
    first = to_customs(prepare(sample(), context()))
    document = prepare(with_unknown(first), context()).checked.document
    for partner, projection in registry().principal.items():
        if projection.source.id != document.kind:
            continue
        kept = [box for box in boxes_sent(projection, document, "customs_declaration") if box.how == "kept"]
        assert {box.entry: box.box for box in kept} == (PLACES if partner == "customs" else {})
        assert all(box.name.zh for box in kept)
        assert not [box for box in boxes_sent(projection, document, "json") if box.how == "kept"]


PLACES = {
    "DecHead/Colour": "DecHead/Colour",
    "goods[0].DecList/Extra": "DecLists[0].DecList/Extra",
    "containers[1].Container/Seal": "DecContainers[1].Container/Seal",
    "DecMessage/DecRisk": "DecMessage/DecRisk",
}


def asked(file: Path, partner: str, document: str | None = None) -> argparse.Namespace:
    return argparse.Namespace(file=file, on=AT.date(), to=partner, document=document)


def test_the_command_line_makes_what_is_asked_for_or_says_what_there_is(tmp_path: Path) -> None:
    file, configuration = tmp_path / "sample.json", load({"data": tmp_path, "demo": False})
    file.write_bytes(sample())
    made = project.run(asked(file, "terminal", "delivery_notice"), configuration)
    assert (made.code, made.values["document"]) == (0, "delivery_notice")
    refused = project.run(asked(file, "terminal", "cargo_declaration"), configuration)
    (problem,) = refused.values["problems"]
    assert refused.code == 2
    assert (problem["code"], problem["field"], problem["value"]) == (
        "not_made",
        "--document",
        "cargo_declaration",
    )
    assert problem["remedy"] == {"zh": "可选：delivery_notice", "en": "choose from: delivery_notice"}


def test_the_command_line_says_the_same(tmp_path: Path) -> None:
    file, configuration = tmp_path / "message.xml", load({"data": tmp_path, "demo": False})
    file.write_bytes(with_unknown(to_customs(prepare(sample(), context()))))
    shown = read_command.run(argparse.Namespace(file=file, on=AT.date()), configuration)
    assert {path: shown.values["extension"][path] for path in BAG} == BAG
    assert '"DecHead/Colour": "红 & blue"' in shown.text
    for partner in ("customs", "quarantine", "border"):
        made = project.run(asked(file, partner), configuration)
        sent = {PLACES[path]: value for path, value in BAG.items()} if partner == "customs" else {}
        assert made.values["extension"] == sent
        wire = made.values["wire"].encode()
        assert ("<Colour>红 &amp; blue</Colour>".encode() in (bare(wire) if sent else wire)) == bool(sent)
