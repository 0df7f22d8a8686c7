"""What leaves for customs: order, escaping, batches, and what the wire puts together."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from beside import beside
from singlewindow.connectors.customs import layout
from singlewindow.connectors.customs.codec import encode, pack
from singlewindow.connectors.customs.procedure import BOXES
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document, Envelope, Unreadable

FOLDER = Path(__file__).parents[1]
AT = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
ENVELOPE = Envelope("m-1", "DXPESW0000000001", "DXPEDCDEC0000001", AT, "S000000000000000001")
SAMPLE = msgspec.json.decode((FOLDER / "samples" / "document.json").read_bytes(), type=Document)
DEC = "{http://www.chinaport.gov.cn/dec}"
# Elements of older declarations that version 4.0 no longer has.
OLD = {"PayWay", "PaymentMark", "DistrictCode", "InRatio", "TradeCodeScc"}


def document(**values: Any) -> Document:
    return Document("customs_declaration", "1", values)


def declared(data: bytes) -> Any:
    inner = etree.fromstring(data).findtext("{*}Data")
    assert inner is not None
    return etree.fromstring(b64decode(inner, validate=True))


def text(root: Any, path: str) -> str | None:
    found: str | None = root.findtext("/".join(DEC + name for name in path.split("/")))
    return found


def test_the_envelope_says_who_when_and_what() -> None:
    root = etree.fromstring(encode(SAMPLE, ENVELOPE))
    said = {etree.QName(e).localname: e.text for e in root.iter() if e.text and not len(e)}
    assert root.get("ver") == "1.0"
    assert said["CopMsgId"] == "m-1"
    assert (said["SenderId"], said["ReceiverId"]) == (ENVELOPE.sender, ENVELOPE.receiver)
    assert said["CreatTime"] == "2026-11-18T09:30:00+08:00"
    assert said["MsgType"] == "DECMSG"
    assert said["FileName"] == "S000000000000000001.xml"


def test_children_and_elements_stand_in_the_order_of_the_specification() -> None:
    root = declared(encode(SAMPLE, ENVELOPE))
    assert root.get("Version") == "4.0"
    assert [etree.QName(child).localname for child in root] == [
        "DecHead", "DecLists", "DecContainers", "DecLicenseDocus", "DecUsers", "DecFreeTxt", "DecSign",
        "EdocRealation",
    ]  # fmt: skip
    head = [etree.QName(child).localname for child in root[0]]
    assert head == [name for name in layout.HEAD if name in head]
    line = [etree.QName(child).localname for child in root[1][2]]
    assert line[-1] == "DecGoodsLimits"
    assert line[:-1] == [name for name in layout.GOODS.fields if name in line]


def test_every_value_of_the_sample_arrives() -> None:
    root = declared(encode(SAMPLE, ENVELOPE))
    values = SAMPLE.values
    assert text(root, "DecHead/OverseasConsignorEname") == values["OverseasConsignorEname"]
    assert text(root, "DecHead/NoteS") == values["NoteS"]
    assert text(root, "DecHead/IEDate") == "20261118"
    assert text(root, "DecHead/PromiseItmes") == "00099"
    assert text(root, "DecFreeTxt/VoyNo") == values["VoyNo"]
    assert text(root, "DecSign/OperType") == "C"
    assert text(root, "DecSign/ClientSeqNo") == ENVELOPE.reference
    assert [e.text for e in root.iter(DEC + "GNo")] == ["1", "2", "3"]
    assert [e.text for e in root.iter(DEC + "ProduceDate")] == ["20260930"]
    assert text(root, "DecContainers/Container/ContainerId") == "CSQU3054383"


@pytest.mark.parametrize(
    ("boxes", "code"),
    [
        ({"TypeZ": "0", "TypeSW": "0"}, None),
        ({"Type": "ML"}, "ML"),
        ({"Type": "ML", "TypeZ": "0"}, "ML"),
        ({"TypeZ": "1"}, "Z"),
        ({"TypeZ": "1", "TypeSW": "1"}, "ZW"),
        ({"Type": "ZW", "TypeSW": "1"}, "ZW"),
        ({"Type": "CL", "TypeZ": "1"}, "ZC"),
        ({"Type": "MT", "TypeZ": "1", "Type3": "1"}, "ZX3"),
        ({"TypeZ": "1", "Type3": "1"}, "Z 3"),
        ({"Type3": "1"}, "  3"),
    ],
)
def test_the_procedure_and_what_is_asked_for_beside_it_are_one_code(
    boxes: dict[str, str], code: str | None
) -> None:
    root = declared(encode(document(**boxes), ENVELOPE))
    assert root.findtext(f"{DEC}DecHead/{DEC}Type") == code


def test_absent_groups_are_left_out_or_empty() -> None:
    root = declared(encode(document(IEFlag="I", NoteS="", DecUsers=[]), ENVELOPE))
    assert [etree.QName(child).localname for child in root] == [
        "DecHead", "DecLists", "DecContainers", "DecLicenseDocus", "DecFreeTxt", "DecSign",
    ]  # fmt: skip
    assert [etree.QName(child).localname for child in root[0]] == ["IEFlag"]


def test_vehicles_hang_under_the_first_qualification() -> None:
    limits = [{"LicTypeCode": "411"}, {"LicTypeCode": "325"}]
    line = {"GNo": "1", "DecGoodsLimits": limits, "DecGoodsLimitVin": [{"VinCode": "V1"}, {"VinCode": "V2"}]}
    root = declared(encode(document(DecLists=[line, {"GNo": "2"}]), ENVELOPE))
    first, second = root.iter(DEC + "DecGoodsLimit")
    assert [e.text for e in first.iter(DEC + "VinCode")] == ["V1", "V2"]
    assert list(second.iter(DEC + "VinCode")) == []
    assert [e.text for e in root.iter(DEC + "GNo")] == ["1", "2"]


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1)


@given(PRINTABLE, st.sampled_from(["", "\t", "\n", "\r", "]]>", "&amp;", "<![CDATA[", '"', "'"]))
def test_any_text_arrives_as_it_was(value: str, awkward: str) -> None:
    whole = f"x{value}{awkward}x"
    root = declared(encode(document(NoteS=whole, DecLists=[{"GName": whole}]), ENVELOPE))
    assert text(root, "DecHead/NoteS") == whole
    assert text(root, "DecLists/DecList/GName") == whole


@pytest.mark.parametrize("character", ["\0", "\x01", "\x1f", "\ufffe"])
def test_what_no_message_may_carry_is_refused_naming_the_box(character: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        encode(document(NoteS=f"a{character}b"), ENVELOPE)
    assert refusal.value.problems[0].field == "NoteS"
    assert "控制字符" in refusal.value.problems[0].text.zh


def test_a_batch_holds_every_message_once_and_one_message_stands_alone() -> None:
    messages = [encode(SAMPLE, msgspec.structs.replace(ENVELOPE, message_id=f"m-{n}")) for n in range(100)]
    root = etree.fromstring(pack(messages, "b<1>", AT))
    assert root.get("id") == "b<1>"
    ids = [e.text for e in root.iter("{*}CopMsgId")]
    assert ids == [f"m-{n}" for n in range(100)]
    assert messages[7].partition(b"?>")[2] in pack(messages, "b-1", AT)
    assert pack(messages[:1], "b-1", AT) == messages[0]


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_bounded(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        pack([b"<DxpMsg/>"] * count, "b-1", AT)


def test_every_box_of_the_partners_document_has_its_place_on_the_wire() -> None:
    definition = parse_yaml((FOLDER / "documents" / "customs_declaration.yaml").read_text("utf-8"))
    values: dict[str, Any] = {}
    for section in definition["sections"]:
        filled = {f["as"]: f"{f['as']}!" for f in section["fields"]}
        filled |= {
            inner["id"]: [{f["as"]: f"{inner['id']}.{f['as']}!" for f in inner["fields"]}]
            for inner in section.get("sections", ())
        }
        values |= {section["id"]: [filled]} if "repeats" in section else filled
    sent = {e.text for e in declared(encode(document(**values), ENVELOPE)).iter() if not len(e)}
    lost = {v for v in _leaves(values) if v not in sent and v.replace("-", "") not in sent}
    assert {v for v in lost if not v.startswith(("PromiseItmes", *BOXES))} == set()
    assert "".join(f"PromiseItmes{n}!" for n in range(1, 6)) in sent


def _leaves(values: dict[str, Any]) -> list[str]:
    found: list[str] = []
    for value in values.values():
        found += [value] if isinstance(value, str) else [leaf for line in value for leaf in _leaves(line)]
    return found


def test_our_names_are_those_of_a_real_declaration() -> None:
    (path,) = beside("samples/cn-dec/swdec001_declaration.xml")
    root = etree.fromstring(path.read_bytes())
    parents = {"DecHead": layout.HEAD, "DecFreeTxt": layout.FREE_TEXT, "DecSign": layout.SIGN}
    parents |= {"DecList": layout.GOODS.fields, "EdocRealation": layout.AFTER_SIGN[0].fields}
    for parent, ours in parents.items():
        names = {etree.QName(e).localname for found in root.iter(DEC + parent) for e in found}
        assert names
        assert names - OLD <= set(ours), parent
