"""What is read: two stages, every code, orders on the call, and nothing that is not a receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.connectors.border.answers import MEANINGS
from singlewindow.connectors.border.codec import decode
from singlewindow.connectors.border.tests.example import FOLDER, receipt, receipts
from singlewindow.kernel.messages import Order, Outcome, Receipt, Severity, Stage, Subject, Unreadable
from singlewindow.kernel.receipts import SPOILT


def sample(name: str) -> list[Receipt]:
    return decode((FOLDER / "samples" / name).read_bytes())


def one(**changes: Any) -> Receipt:
    (found,) = decode(receipts(receipt(**changes)))
    return found


def test_the_positive_sample() -> None:
    technical, registered, inspect, cleared = sample("positive.json")
    assert (technical.stage, technical.instructions) == (Stage.TECHNICAL, ())
    assert technical.at == datetime(2026, 11, 18, 1, 30, 1, 250_000, UTC)
    assert registered.at == datetime(2026, 11, 18, 1, 30, 2, tzinfo=UTC)  # Beijing's 09:30
    assert registered.facts == {"call_number": "BJ0000000017"}
    (boarding,) = inspect.instructions
    assert (boarding.order, boarding.method, boarding.version) == (Order.INSPECT, "boarding", 1)
    assert boarding.items == ("核对船员名单", "抽查集装箱封志")
    assert (boarding.text, boarding.agency) == ("靠泊后登临", "border")
    (release,) = cleared.instructions
    assert (release.order, release.version) == (Order.RELEASE, 2)
    assert release.subject == boarding.subject == Subject("conveyance", "2/9999981/2611W")
    assert (release.id, release.at) == (cleared.id, cleared.at)
    assert cleared.about == "S202611180000000017"  # our reference, where no message is named


def test_the_negative_sample() -> None:
    refused, returned, denied = sample("negative.json")
    assert (refused.stage, refused.outcome) == (Stage.TECHNICAL, Outcome.REFUSED)
    assert [problem.field for problem in returned.problems] == ["ship.imoNumber", "consignments[0].grossMass"]
    assert returned.instructions == ()
    assert denied.instructions[0].order == Order.DENY
    assert denied.instructions[0].basis == "《中华人民共和国出境入境边防检查条例》"


@pytest.mark.parametrize(
    ("code", "outcome", "order"),
    [
        ("REGISTERED", Outcome.ACCEPTED, None),
        ("CLEARED", Outcome.RELEASED, Order.RELEASE),
        ("INSPECT", Outcome.INSPECT, Order.INSPECT),
        ("HOLD", Outcome.HOLD, Order.HOLD),
        ("DENIED", Outcome.REFUSED, Order.DENY),
        ("RETURNED", Outcome.RETURNED, None),
    ],
)
def test_every_business_code_has_its_outcome_order_and_words(
    code: str, outcome: Outcome, order: Order | None
) -> None:
    read = one(code=code)
    assert read.outcome == outcome
    assert [instruction.order for instruction in read.instructions] == ([order] if order else [])
    assert bool(read.problems) == (outcome >= Outcome.RETURNED)
    meaning = MEANINGS[Stage.BUSINESS, code]
    assert meaning.text.zh
    assert meaning.text.en


@pytest.mark.parametrize(
    ("call", "key"),
    [
        ({"ship": "Demo  Jialing 03", "voyage": "2611w"}, "2/DEMOJIALING03/2611W"),
        ({"ship": "DEMO", "voyage": "26 11W", "imo": "9999981"}, "2/9999981/2611W"),
    ],
)
def test_an_order_names_the_call_as_dossiers_do(call: dict[str, str], key: str) -> None:
    (instruction,) = one(call=call).instructions
    assert instruction.subject == Subject("conveyance", key)


def test_an_order_can_be_withdrawn() -> None:
    (instruction,) = one(code="HOLD", order={"version": 3, "withdrawn": True}).instructions
    assert (instruction.withdrawn, instruction.version) == (True, 3)


def test_an_unknown_code_is_noted_with_a_warning_and_orders_nothing() -> None:
    read = one(code="MAYBE")
    assert (read.outcome, read.problems[0].severity) == (Outcome.NOTED, Severity.WARNING)
    assert read.instructions == ()


def test_a_receipt_without_number_is_known_by_what_it_says() -> None:
    first, same, other = decode(
        receipts(receipt(number=None), receipt(number=None), receipt(number=None, code="HOLD"))
    )
    assert first.id == same.id != other.id
    assert first.instructions[0].id == first.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"messageId": None}, ".messageId"),
        ({"stage": "later"}, ".stage"),
        ({"code": None}, ""),
        ({"code": ""}, ".code"),
        ({"time": "yesterday"}, ".time"),
        ({"number": "9" * 65}, ".number"),
        ({"number": 9}, ".number"),
        ({"call": None}, ".call"),
        ({"call": {"ship": "", "voyage": "1"}}, ".call.ship"),
        ({"order": None}, ".order"),
        ({"order": {"version": "2"}}, ".order.version"),
        ({"order": {"version": 0}}, ".order.version"),
        ({"order": {"version": 2**53}}, ".order.version"),
        ({"order": {"version": 1, "items": ["x"] * 51}}, ".order.items"),
        ({"problems": [{}] * 101}, ".problems"),
        ({"text": "很" * 4_001}, ".text"),
        ({"text": "a\0b"}, ""),
        ({"messageId": "a\0b"}, ""),
    ],
)
def test_a_bad_receipt_never_spoils_its_neighbours(change: dict[str, Any], field: str) -> None:
    good, bad, last = decode(receipts(receipt(), receipt(**change), receipt(number="R3")))
    assert (good.id, last.id) == ("R1", "R3")
    assert (bad.code, bad.outcome, bad.problems[0].field) == (SPOILT, Outcome.NOTED, f"receipts[1]{field}")
    assert bad.id.startswith("spoilt:"), "the number itself stays free for a good copy"
    assert "\0" not in bad.about
    assert bad.instructions == ()


def test_everything_missing_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as refused:
        decode(receipts(receipt(messageId=None, call=None, order=None)))
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["receipts[0].messageId", "receipts[0].call", "receipts[0].order"]
    assert all(problem.text.zh and problem.text.en and problem.remedy for problem in refused.value.problems)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_in_place_of_a_receipt_is_read_or_refused(value: Any) -> None:
    with pytest.raises(Unreadable):
        decode(receipts(value))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b'{"receipts":[' + data + b"]}"):
        try:
            found = decode(candidate)
        except Unreadable:
            continue
        assert found == [] or msgspec.json.encode(found)
