"""The response to who hands in a DecMessage: its shape, its client number, its namespace."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from singlewindow.connectors.customs.codec import decode
from singlewindow.connectors.customs.layout import DEC, DXP
from singlewindow.connectors.customs.response import respond
from singlewindow.kernel.messages import Outcome

NEW = f'<DecMessage xmlns="{DEC}"><DecSign><ClientSeqNo>S2026 </ClientSeqNo></DecSign></DecMessage>'
OLD = "<ImportMessage><SWImpData><DecMessage><DecSign><ClientSeqNo>S2026</ClientSeqNo></DecSign></DecMessage>"
RECEIPT = {"submission_id": "01a1", "warnings": []}
WRONG = {
    "code": "wrong_form",
    "field": "goods[1].quantity",
    "element": "DecLists[1].GQty",
    "value": "<1&\x07>",
    "text": {"zh": "数量有误", "en": "the quantity is wrong"},
    "remedy": {"zh": "请填数字", "en": "give a number"},
}
BARE = WRONG | {"element": "", "field": "", "remedy": None}


def enveloped(message: str) -> bytes:
    return f'<DxpMsg xmlns="{DXP}"><Data>{b64encode(message.encode()).decode()}</Data></DxpMsg>'.encode()


def texts(said: bytes) -> dict[str, Any]:
    return {str(child.tag).rpartition("}")[2]: child.text for child in etree.fromstring(said)}


@pytest.mark.parametrize(
    ("body", "namespace"),
    [(NEW.encode(), DEC), (enveloped(NEW), DEC), (OLD.encode(), None), (enveloped(OLD), None)],
    ids=["bare", "DXP", "SWDEC001", "SWDEC001 in DXP"],
)
def test_it_is_written_as_the_message_was(body: bytes, namespace: str | None) -> None:
    said = respond(body, "receipt", 202, RECEIPT)
    assert etree.QName(etree.fromstring(said)).namespace == namespace
    [receipt] = decode(said)
    assert (receipt.about, receipt.outcome, receipt.code) == ("S2026", Outcome.ACCEPTED, "0")


FOREIGN = {
    "a prefix": f'<a-b.c:DecMessage xmlns:a-b.c="{DEC}"><a-b.c:ClientSeqNo>S2026</a-b.c:ClientSeqNo>',
    "CDATA": "<DecMessage><ClientSeqNo> <![CDATA[S2026]]> </ClientSeqNo>",
    "an attribute": '<DecMessage><ClientSeqNo xmlns="">S2026</ClientSeqNo>',
    "a long prolog": f'<!--{" " * 5_000}--><DecMessage xmlns="{DEC}"><ClientSeqNo>S2026</ClientSeqNo>',
}


@pytest.mark.parametrize("manner", FOREIGN)
@pytest.mark.parametrize("form", [str.encode, enveloped], ids=["bare", "DXP"])
def test_the_client_number_is_found_however_it_is_written(manner: str, form: Callable[[str], bytes]) -> None:
    said = respond(form(FOREIGN[manner]), "receipt", 202, RECEIPT)
    assert texts(said)["ClientSeqNo"] == "S2026"
    assert etree.QName(etree.fromstring(said)).namespace == (DEC if DEC in FOREIGN[manner] else None)


def test_a_prefix_of_the_envelope_is_passed_over() -> None:
    body = (
        enveloped(NEW).replace(b"<Data>", b'<x-1:Data a="b"><![CDATA[').replace(b"</Data>", b"]]></x-1:Data>")
    )
    assert texts(respond(body, "receipt", 202, RECEIPT))["ClientSeqNo"] == "S2026"


def test_every_problem_stands_in_words_and_whole() -> None:
    said = respond(NEW.encode(), "problem", 422, {"status": 422, "problems": [WRONG, BARE]})
    assert texts(said)["ResponseCode"] == "422"
    assert texts(said)["ErrorMessage"].splitlines() == [
        "DecLists[1].GQty: 数量有误；请填数字 · the quantity is wrong; give a number",
        "数量有误 · the quantity is wrong",
    ]
    assert etree.fromstring(said).xpath("//*[local-name()='value']/text()") == ["<1&\ufffd>"] * 2
    [receipt] = decode(said)
    assert (receipt.about, receipt.outcome) == ("S2026", Outcome.REFUSED)


@pytest.mark.parametrize(
    "body", [b"<DecMessage>", b"<ClientSeqNo>" + b"9" * 65 + b"</ClientSeqNo>", b"<DxpMsg><Data>A</Data>"]
)
def test_what_has_no_client_number_is_answered_all_the_same(body: bytes) -> None:
    assert texts(respond(body, "problem", 400, {"problems": []}))["ClientSeqNo"] is None


@pytest.mark.parametrize(("fit", "code"), [(True, "0"), (False, "422")])
def test_a_check_is_told_from_a_receipt(fit: bool, code: str) -> None:
    said = respond(NEW.encode(), "finding", 200, {"fit": fit, "problems": [WRONG], "receivers": []})
    assert texts(said)["ResponseCode"] == code
    assert texts(said)["ErrorMessage"].splitlines() == [
        "仅检查，未申报 · checked only, nothing was handed in",
        "DecLists[1].GQty: 数量有误；请填数字 · the quantity is wrong; give a number",
    ]
    finding = etree.fromstring(said)[-1]
    assert finding.tag == "{urn:singlewindow:finding}finding"
    assert finding[0].text == str(fit).lower()


ENDLESS = (
    b"<DxpMsg><Data>" + b" " * 1_000_000,
    b"<DxpMsg><Data>" + b"QQ== " * 200_000,
    b"<DxpMsg>" + b"<Data " * 200_000,
    b"<DecMessage><ClientSeqNo>" + b" " * 1_000_000,
    b"<DecMessage><ClientSeqNo>1" + b" " * 1_000_000,
    b"<DecMessage><" + b"a" * 1_000_000,
)


@pytest.mark.parametrize("body", ENDLESS, ids=[each[:32].decode() for each in ENDLESS])
def test_blanks_without_end_are_looked_at_once(body: bytes) -> None:
    """Anybody may send them, and who is refused unread is answered in the format too."""
    said = respond(body, "problem", 401, {"problems": []})
    assert b"<ClientSeqNo></ClientSeqNo>" in said
