"""DecMessage files as other systems write them: wrappers, namespaces, encodings, and what is refused."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import pytest

from beside import beside
from singlewindow.connectors.customs import reader
from singlewindow.connectors.customs.reader import (
    PROBLEMS_MOST,
    ROOT_MOST,
    read_document,
    recognises,
)
from singlewindow.kernel.messages import Unreadable
from singlewindow.kernel.xml_encoding import PROLOG_MOST

NAMESPACE = ' xmlns="http://www.chinaport.gov.cn/dec"'
BODY = """<DecMessage{ns} Version="4.0"><DecHead><SeqNo/><IEFlag>I</IEFlag><CustomMaster>8010</CustomMaster>
<TradeName>重庆示例公司</TradeName><FeeRate>0.0000</FeeRate><PromiseItmes>0109</PromiseItmes></DecHead>
<DecLists><DecList><GNo>1</GNo><GName>轴承</GName><GModel/></DecList></DecLists><DecContainers/>
<DecFreeTxt><VoyNo>2511E</VoyNo></DecFreeTxt><DecSign><ClientSeqNo>W1</ClientSeqNo></DecSign></DecMessage>"""
READ = {
    "IEFlag": "I",
    "CustomMaster": "8010",
    "TradeName": "重庆示例公司",
    "VoyNo": "2511E",
    "PromiseItmes1": "0",
    "PromiseItmes2": "1",
    "PromiseItmes3": "0",
    "PromiseItmes4": "9",
    "PromiseItmes5": "9",
    "DecLists": [{"GNo": "1", "GName": "轴承"}],
}


def message(namespace: bool = True) -> str:
    return BODY.format(ns=NAMESPACE if namespace else "")


def dxp(body: bytes) -> bytes:
    data = b64encode(body).decode()
    return (
        f'<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp" ver="1.0"><TransInfo><CopMsgId>1</CopMsgId>'
        f"</TransInfo><Data>{data}</Data></DxpMsg>"
    ).encode()


def service(body: bytes) -> bytes:
    return b"<DxpMsgSv><SvNo>1</SvNo>" + dxp(body) + b"</DxpMsgSv>"


def import_message(body: str) -> bytes:
    head = "<SWImpHead><CopMsgId>1</CopMsgId><MsgType>SWDEC001</MsgType></SWImpHead>"
    return f"<ImportMessage>{head}<SWImpData>{body}</SWImpData></ImportMessage>".encode()


WRAPPED = {
    "with namespace": message().encode(),
    "without namespace": message(False).encode(),
    "byte order mark": b"\xef\xbb\xbf" + message().encode(),
    "DXP envelope": dxp(message().encode()),
    "DXP service envelope": service(message().encode()),
    "SWDEC001": import_message(message(False)),
    "SWDEC001 in a DXP envelope": dxp(import_message(message(False))),
    "declared UTF-8": b'<?xml version="1.0" encoding="UTF-8"?>' + message().encode(),
    "declared GBK": b'<?xml version="1.0" encoding="GBK"?>' + message().encode("gb18030"),
}


SEVERAL = {
    "two in one wrapper": import_message(message(False) * 2),
    "three in a wrapper in an envelope": dxp(import_message(message(False) * 3)),
    "two in one envelope": dxp(message().encode()).replace(b"<Data>", b"<Data>IA==</Data><Data>"),
}


@pytest.mark.parametrize("data", SEVERAL.values(), ids=SEVERAL.keys())
def test_of_several_messages_none_is_lost_without_a_word(data: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_document(data)
    assert [problem.code for problem in refusal.value.problems] == ["several-messages"]


def test_an_envelope_of_nothing_is_told_as_such() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_document(dxp(b" ").replace(b"IA==", b" "))
    assert [problem.code for problem in refusal.value.problems] == ["no-data"]


@pytest.mark.parametrize("data", WRAPPED.values(), ids=WRAPPED.keys())
def test_every_wrapping_reads_the_same(data: bytes) -> None:
    assert recognises(data)
    assert read_document(data) == READ


@pytest.mark.parametrize(
    ("code", "boxes"),
    [
        ("", {}),
        ("ML", {"Type": "ML"}),
        ("ZB", {"Type": "ZB"}),
        ("Z", {"TypeZ": "1"}),
        ("SW", {"TypeSW": "1"}),
        ("ZW", {"TypeZ": "1", "TypeSW": "1"}),
        ("ZY", {"TypeZ": "1", "Type": "LY"}),
        ("CL3", {"TypeCL": "1", "Type3": "1"}),
        ("Z 3", {"TypeZ": "1", "Type3": "1"}),
        ("  3", {"Type3": "1"}),
        ("3", {"Type3": "1"}),
        ("QQ", {"Type": "QQ"}),
    ],
)
def test_one_code_is_read_as_the_boxes_it_stands_for(code: str, boxes: dict[str, str]) -> None:
    data = message().replace("<IEFlag>", f"<Type>{code}</Type><IEFlag>").encode()
    assert read_document(data) == READ | boxes


def test_a_vehicle_is_read_in_the_older_wrapper_too() -> None:
    vehicle = "<DecGoodsLimitVin><VinCode>V1</VinCode></DecGoodsLimitVin>"
    line = f"<DecGoodsLimits><DecGoodsLimit>{vehicle}</DecGoodsLimit></DecGoodsLimits></DecList>"
    data = import_message(message(False).replace("</DecList>", line))
    assert read_document(data)["DecLists"] == [
        {"GNo": "1", "GName": "轴承", "DecGoodsLimitVin": [{"VinCode": "V1"}]}
    ]


REFUSED = {
    "encoding UTF-8 declared GBK": b'<?xml version="1.0" encoding="GBK"?>' + message().encode(),
    "encoding GBK declared UTF-8": b'<?xml version="1.0" encoding="UTF-8"?>' + message().encode("gb18030"),
    "encoding unknown": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?>' + message().encode(),
    "not-xml half": message().encode()[:300],
    "doctype bomb": b'<!DOCTYPE DecMessage [<!ENTITY a "b">]>' + message().encode(),
    "too-deep": b"<DecMessage>" + b"<a>" * 50 + b"</a>" * 50 + b"</DecMessage>",
    "too-deep 10,000": b"<DecMessage>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</DecMessage>",
    "no-message empty wrapper": b"<ImportMessage><SWImpData/></ImportMessage>",
    "base64": b"<DxpMsg><Data>%%%</Data></DxpMsg>",
    "no-data": b"<DxpMsg><TransInfo/></DxpMsg>",
    "no-message envelope in an envelope": dxp(dxp(message().encode())),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_message_is_refused_in_both_languages(name: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_document(REFUSED[name])
    (problem,) = refused.value.problems
    assert problem.code == name.partition(" ")[0]
    assert problem.text.zh
    assert problem.text.en
    assert problem.remedy is not None


def test_other_bytes_are_not_recognised() -> None:
    assert not recognises(b'{"document": "goods_declaration"}')
    assert not recognises(b"<Manifest/>")
    assert not recognises(b"<!-- DecMessage --><Manifest/>")


def test_a_prolog_is_passed_over_as_far_as_one_is_looked_at() -> None:
    for room, known in ((PROLOG_MOST, True), (PROLOG_MOST + ROOT_MOST, False)):
        data = b" " * 28 + b"<!--" + b" " * (room - 35) + b"-->" + message().encode()
        assert recognises(data) is known
        assert recognises(b'<?xml version="1.0"?><?a b?>' + data[28:]) is known


def test_another_vendors_file_is_read() -> None:
    (path,) = beside("samples/cn-dec/swdec001_declaration.xml")
    values = read_document(path.read_bytes())
    assert values["CustomMaster"] == "5317"
    assert values["DecLists"][0]["DeclTotal"] == "3356.60"
    assert values["EdocRealation"]


def test_of_very_many_elements_that_stand_twice_no_more_are_placed_than_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placed: list[Any] = []

    def place(element: Any) -> str:
        placed.append(element)
        return "somewhere"

    monkeypatch.setattr(reader, "_path", place)
    lines = b"<DecList><GNo>1</GNo><GNo>2</GNo></DecList>" * 200
    with pytest.raises(Unreadable) as refusal:
        read_document(b"<DecMessage><DecHead/><DecLists>" + lines + b"</DecLists></DecMessage>")
    assert len(refusal.value.problems) == len(placed) == PROBLEMS_MOST
