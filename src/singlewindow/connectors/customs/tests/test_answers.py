"""What comes back from customs: every wrapping, every code, every kind of damage."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.connectors.customs import answers, hardened
from singlewindow.connectors.customs.answers import decode
from singlewindow.connectors.customs.channels import CHANNELS
from singlewindow.kernel.messages import Outcome, Receipt, Stage, Unreadable
from singlewindow.kernel.receipts import SPOILT, UNTIMED

REFERENCE = "S000000000000000001"
# The table of the interface description.
EVERY = "L P G R J K W I B C T F E Z D A H M N Y X S b d a c S0 F1 f0 SpL SpE SpJ Sp1 SpC SpK"


def result(channel: str = "P", note: str = "", **more: str) -> str:
    fields = {"CUS_CIQ_NO": "I1", "ENTRY_ID": "E1", "NOTICE_DATE": "2026-11-18T09:00:00"}
    fields |= {"CHANNEL": channel, "NOTE": note} | more
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<DEC_DATA><DEC_RESULT>{inner}</DEC_RESULT></DEC_DATA>"


def enveloped(body: str | bytes, file_name: str = f"Receipt_{REFERENCE}_20261118090001.xml") -> str:
    data = b64encode(body if isinstance(body, bytes) else body.encode()).decode()
    return (
        '<DxpMsg xmlns="http://www.chinaport.gov.cn/dxp"><TransInfo>'
        "<CreatTime>2026-11-18T01:00:05Z</CreatTime></TransInfo>"
        f"<Data>{data}</Data><AddInfo><FileName>{file_name}</FileName></AddInfo></DxpMsg>"
    )


def batch(*messages: str) -> bytes:
    return f'<DxpBatch xmlns="http://www.chinaport.gov.cn/dxp">{"".join(messages)}</DxpBatch>'.encode()


def one(data: str | bytes) -> Receipt:
    (receipt,) = decode(data if isinstance(data, bytes) else data.encode())
    return receipt


def refusal(data: str | bytes) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        decode(data if isinstance(data, bytes) else data.encode())
    return [problem.code for problem in caught.value.problems]


def test_every_code_of_the_interface_has_a_meaning_in_both_languages() -> None:
    assert set(CHANNELS) == set(EVERY.split())
    assert all(channel.text.zh and channel.text.en for channel in CHANNELS.values())


@pytest.mark.parametrize("channel", EVERY.split())
def test_a_code_gives_its_outcome(channel: str) -> None:
    receipt = one(result(channel, "原因"))
    assert (receipt.code, receipt.outcome) == (channel, CHANNELS[channel].outcome)
    assert bool(receipt.problems) == (receipt.outcome >= Outcome.RETURNED)


def test_release_outweighs_what_is_late_and_refusal_outweighs_all() -> None:
    weight = {code: channel.outcome for code, channel in CHANNELS.items()}
    assert max(weight[c] for c in "LGJWCT") < weight["P"] < weight["R"] < weight["Z"] < weight["E"]


def test_an_unknown_code_changes_nothing_and_is_shown() -> None:
    receipt = one(result("Q7"))
    assert receipt.outcome is Outcome.NOTED
    assert receipt.problems[0].text.zh == "未知回执代码"


def test_a_business_receipt_says_when_about_what_and_with_which_numbers() -> None:
    receipt = one(enveloped(result("Z", "件数与舱单不符", D_DATE="20261118")))
    assert receipt.about == REFERENCE
    assert receipt.stage is Stage.BUSINESS
    assert receipt.at == datetime(2026, 11, 18, 1, 0, tzinfo=UTC)
    assert receipt.facts == {"unified_number": "I1", "entry_number": "E1", "declared_on": "20261118"}
    assert receipt.text == "件数与舱单不符"
    assert receipt.problems[0].text.en == "Returned for correction: 件数与舱单不符"


def test_the_identity_does_not_depend_on_the_wrapping() -> None:
    bare, wrapped = one(result()), one(enveloped(result()))
    other = one(enveloped(result(), f"Receipt_{REFERENCE}_20261119120000.xml"))
    assert bare.id == wrapped.id == other.id
    assert wrapped == other
    assert one(result("R")).id != bare.id
    assert one(result(note="x")).id != bare.id
    assert one(result(NOTICE_DATE="2026-11-18T09:00:01")).id != bare.id


@pytest.mark.parametrize(
    ("file_name", "about"),
    [
        ("Receipt_S1_20261118090001.xml", "S1"),
        ("Successed_S1.xml", "S1"),
        ("S1.xml", "S1"),
        ("A_1.xml", "A_1"),
        ("x" * 5000, "I1"),
        ("", "I1"),
    ],
)
def test_the_file_name_names_our_message(file_name: str, about: str) -> None:
    assert one(enveloped(result(), file_name)).about == about


def test_a_technical_answer() -> None:
    body = (
        "<DecImportResponse><ResponseCode>{}</ResponseCode><ErrorMessage>{}</ErrorMessage>"
        "<ClientSeqNo>S1</ClientSeqNo><SeqNo>I9</SeqNo></DecImportResponse>"
    )
    good, bad = one(body.format("0", "")), one(enveloped(body.format("-3", "表体为空")))
    assert (good.stage, good.outcome, good.about) == (Stage.TECHNICAL, Outcome.ACCEPTED, "S1")
    assert good.facts == {"unified_number": "I9"}
    assert good.at == UNTIMED
    assert (bad.outcome, bad.text, bad.at.second) == (Outcome.REFUSED, "表体为空", 5)
    assert "表体为空" in bad.problems[0].text.zh


def test_a_parse_failure_is_a_refusal_of_the_file() -> None:
    receipt = one(enveloped("<Root><resultFlag>1</resultFlag><failInfo>坏</failInfo></Root>", "S1.xml"))
    assert (receipt.about, receipt.outcome, receipt.text) == ("S1", Outcome.REFUSED, "坏")


def test_nodes_that_wrap_once_more_and_byte_order_marks() -> None:
    wrapped = f"<DxpMsgSv><SvNo>1</SvNo>{enveloped(result())}</DxpMsgSv>"
    assert one(wrapped) == one(enveloped(result()))
    assert one(b"\xef\xbb\xbf" + result().encode()) == one(result())
    assert one(b'<?xml version="1.0" encoding="GB18030"?>' + result(note="退").encode("gb18030")).text == "退"


def test_a_bad_message_in_a_batch_costs_only_itself() -> None:
    good, broken, other = decode(
        batch(enveloped(result()), enveloped("<a", "S2.xml"), enveloped(result("R")))
    )
    assert (good, other) == (one(enveloped(result())), one(enveloped(result("R"))))
    assert (broken.code, broken.about, broken.outcome) == (SPOILT, "S2", Outcome.NOTED)
    assert broken.problems[0].field == "DxpBatch/DxpMsg[2]/Data"


def test_a_batch_without_any_good_message_is_refused() -> None:
    assert refusal(batch(enveloped("<a"), enveloped("<b/>"))) == ["not-xml", "unknown-root"]
    assert refusal(batch()) == ["count"]


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "RECEIPTS_MOST", 2)
    assert len(decode(batch(*[enveloped(result())] * 2))) == 2
    assert refusal(batch(*[enveloped(result())] * 3)) == ["count"]
    monkeypatch.setattr(answers, "MESSAGE_MOST", 100)
    assert refusal(enveloped(result())) == ["too-large"]
    monkeypatch.setattr(answers, "FILE_MOST", 100)
    assert refusal(result()) == ["too-large"]


def test_depth_is_bounded() -> None:
    deep = hardened.DEPTH_MOST
    assert refusal("<a>" * deep + "</a>" * deep) == ["unknown-root"]
    assert refusal("<a>" * (deep + 1) + "</a>" * (deep + 1)) == ["too-deep"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<!DOCTYPE a><a/>", "doctype"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x"><a/>', "doctype"),
        ("<a>\0</a>", "encoding"),
        (enveloped("<!DOCTYPE a [<!ENTITY e 'e'>]><a>&e;</a>"), "doctype"),
        (enveloped(result()).replace("<Data>", "<Data>*"), "not-base64"),
        ("<DxpMsg><TransInfo/></DxpMsg>", "no-data"),
        ("<DEC_DATA/>", "missing"),
        (result(channel=""), "missing"),
        (result(NOTICE_DATE="2026-13-45"), "missing"),
        (result(CUS_CIQ_NO=""), "missing"),
        (result(channel="P" * 65), "length"),
        ("<DecImportResponse><ResponseCode>0</ResponseCode></DecImportResponse>", "missing"),
        ("<Root/>", "missing"),
        ("<DecMessage/>", "unknown-root"),
    ],
)
def test_damage_is_named(data: str, code: str) -> None:
    assert refusal(data) == [code]


def test_a_doctype_hidden_in_another_encoding_is_found() -> None:
    evil = '<?xml version="1.0" encoding="UTF-7"?><!DOCTYPE a [<!ENTITY e "e">]><DEC_DATA>&e;</DEC_DATA>'
    hidden = evil.replace("<!DOCTYPE", "+ADw-!DOCTYPE").replace("<!ENTITY", "+ADw-!ENTITY").encode()
    assert b"<!DOCTYPE" not in hidden
    assert refusal(hidden)[0] in {"doctype", "not-xml"}


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_unreadable(data: bytes) -> None:
    for candidate in (data, enveloped(data).encode(), batch(enveloped(data), enveloped(result()))):
        with suppress(Unreadable):
            assert all(isinstance(receipt, Receipt) for receipt in decode(candidate))
