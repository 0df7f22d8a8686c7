"""What is sent: complete, in order, escaped, bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from singlewindow.connectors.quarantine.codec import encode, pack
from singlewindow.connectors.quarantine.tests.example import AT, VALUES, document, envelope, notice
from singlewindow.kernel.messages import Unreadable

ITEMS = {
    "GoodsList": "Goods",
    "ContList": "Cont",
    "CertList": "Cert",
    "LicenceList": "Licence",
    "OrderList": "Order",
    "AgencyList": "Agency",
}


def read(element: Any) -> dict[str, Any]:
    """The values of an element, read back the long way."""
    values: dict[str, Any] = {}
    for child in element:
        if child.tag in ITEMS:
            assert {line.tag for line in child} == {ITEMS[child.tag]}
            values[child.tag] = [read(line) for line in child]
        else:
            assert len(child) == 0
            values[child.tag] = child.text
    return values


def test_every_value_stands_on_the_wire_in_its_order() -> None:
    message = etree.fromstring(encode(document(), envelope()))
    written = read(message.find("Decl"))
    assert written == {"Ent_Decl_No": "SW2026112100000017"} | VALUES
    assert list(written)[1:] == list(VALUES)


def test_a_notice_is_another_kind_of_message_with_a_part_of_its_own() -> None:
    message = etree.fromstring(encode(notice(), envelope()))
    assert [part.tag for part in message] == ["Head", "Notice"]
    assert message.findtext("Head/Kind") == "JOINT_INSPECTION"
    assert read(message.find("Notice")) == {"Ent_Decl_No": "SW2026112100000017"} | notice().values


def test_an_appointment_that_is_called_off_says_why() -> None:
    off = notice(Order_State="called_off", Call_Off_Reason="场桥 <2> 故障")
    order = etree.fromstring(encode(off, envelope())).find("Notice/OrderList/Order")
    assert (order.findtext("Order_State"), order.findtext("Call_Off_Reason")) == (
        "called_off",
        "场桥 <2> 故障",
    )


def test_the_head_carries_ids_and_time_as_given() -> None:
    head = etree.fromstring(encode(document(), envelope())).find("Head")
    assert read(head) == {
        "MessageId": "019a9f3e-0000-7000-8000-000000000017",
        "Sender": "SWCQ0001",
        "Receiver": "CIQ50000000",
        "CreateTime": "2026-11-21T08:00:00.000+00:00",
        "Kind": "ENTRY_INSPECTION",
        "Version": "1",
    }


def test_absent_and_empty_are_the_same() -> None:
    assert encode(document(Contract_No="", CertList=[]), envelope()) == encode(
        document(Contract_No=None, CertList=None), envelope()
    )
    assert b"Contract_No" not in encode(document(Contract_No=""), envelope())


@pytest.mark.parametrize(
    "text", ["<b>", "a&b", "&amp;", "]]>", "a\rb", "a\n\tb", "<", '"', "中&文", "1 < 2 > 0"]
)
def test_markup_in_a_value_arrives_as_it_was(text: str) -> None:
    changed = document(Mark_No=text, ContList=[{"Cont_No": text}])
    decl = etree.fromstring(encode(changed, envelope())).find("Decl")
    assert (decl.findtext("Mark_No"), decl.findtext("ContList/Cont/Cont_No")) == (text, text)


def arrived(text: str) -> str | None:
    try:
        data = encode(document(Mark_No=text), envelope())
    except Unreadable as refused:
        return refused.problems[0].code
    return etree.fromstring(data).findtext("Decl/Mark_No")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_arrives_as_it_was_or_is_refused(text: str) -> None:
    assert arrived(text) in (text, "quarantine.character")


@pytest.mark.parametrize("text", ["a\0b", "\x1b", "\ufffe", "\ud800"])
def test_what_xml_cannot_carry_is_named(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        encode(document(Mark_No=text), envelope())
    assert refused.value.problems[0].value.startswith("U+")


@pytest.mark.parametrize("name", ["a b", "1a", "a>", "", "x" * 65])
def test_a_wire_name_must_be_one(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        encode(document(**{name: "x"}), envelope())


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_bounded(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        pack([b"<Message/>"] * count, "b", AT)


def test_a_batch_names_itself_safely() -> None:
    root = etree.fromstring(pack([b"<Message/>"] * 100, 'b"<&', AT))
    assert (root.get("BatchId"), len(root)) == ('b"<&', 100)
