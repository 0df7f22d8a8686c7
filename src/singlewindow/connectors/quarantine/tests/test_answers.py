"""What is read: two stages, every code, and nothing that is not a receipt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.connectors.quarantine.answers import MEANINGS
from singlewindow.connectors.quarantine.codec import decode
from singlewindow.connectors.quarantine.tests.example import FOLDER
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Severity, Stage, Unreadable
from singlewindow.kernel.receipts import PROBLEMS_MOST, SPOILT, TEXT_MOST


def sample(name: str) -> bytes:
    return (FOLDER / "samples" / name).read_bytes()


def receipt(**changes: str) -> bytes:
    fields = {
        "ReceiptNo": "R1",
        "MessageId": "M1",
        "Stage": "business",
        "Code": "P",
        "Time": "2026-11-21T16:00:00",
    }
    return (
        b"<Receipt>%b</Receipt>"
        % "".join(f"<{name}>{text}</{name}>" for name, text in (fields | changes).items() if text).encode()
    )


def receipts(*items: bytes) -> bytes:
    return b"<Receipts>%b</Receipts>" % b"".join(items)


def test_the_positive_sample() -> None:
    technical, accepted, inspect, released = decode(sample("positive.xml"))
    assert technical.stage == Stage.TECHNICAL
    assert technical.about == "019a9f3e-0000-7000-8000-000000000017"
    assert technical.at == datetime(2026, 11, 21, 8, 0, 1, 250_000, UTC)
    assert accepted.facts == {"inspection_number": "500000000000017"}
    assert accepted.at == datetime(2026, 11, 21, 8, 0, 2, tzinfo=UTC)  # Beijing's 16:00
    assert (inspect.outcome, inspect.text) == (Outcome.INSPECT, "木质包装查验")
    assert (released.id, released.outcome) == ("CIQ-2026-000004", Outcome.RELEASED)
    assert released.about == "SW2026112100000017"  # our reference, where no message is named
    assert not any(one.problems for one in (technical, accepted, inspect, released))


def test_the_negative_sample() -> None:
    failed, returned = decode(sample("negative.xml"))
    assert (failed.stage, failed.outcome) == (Stage.TECHNICAL, Outcome.REFUSED)
    assert "没有货物明细" in failed.problems[0].text.zh
    assert "没有货物明细" in failed.problems[0].text.en
    assert returned.outcome == Outcome.RETURNED
    assert [(problem.code, problem.field) for problem in returned.problems] == [
        ("quarantine.0204", "GoodsList[0].Mnufctr_Reg_No"),
        ("quarantine.0317", "Goods_Place"),
    ]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("b", Outcome.NOTED),
        ("d", Outcome.ACCEPTED),
        ("S", Outcome.INSPECT),
        ("a", Outcome.ACCEPTED),
        ("P", Outcome.RELEASED),
        ("Z", Outcome.RETURNED),
        ("c", Outcome.REFUSED),
    ],
)
def test_every_code_has_its_outcome_and_words(code: str, outcome: Outcome) -> None:
    (read,) = decode(receipts(receipt(Code=code)))
    assert read.outcome == outcome
    meaning = MEANINGS[Stage.BUSINESS, code]
    assert meaning.text.zh
    assert meaning.text.en
    assert bool(read.problems) == (outcome >= Outcome.RETURNED)


def test_an_unknown_code_is_noted_with_a_warning() -> None:
    (read,) = decode(receipts(receipt(Code="9")))
    assert (read.outcome, read.problems[0].severity) == (Outcome.NOTED, Severity.WARNING)


def test_a_receipt_without_number_is_known_by_what_it_says() -> None:
    one, same, other = decode(
        receipts(receipt(ReceiptNo=""), receipt(ReceiptNo=""), receipt(ReceiptNo="", Code="Z"))
    )
    assert one.id == same.id != other.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"MessageId": ""}, "MessageId"),
        ({"Code": ""}, "Code"),
        ({"Stage": "later"}, "Stage"),
        ({"Time": "yesterday"}, "Time"),
        ({"Time": ""}, "Time"),
        ({"ReceiptNo": "9" * 65}, "ReceiptNo"),
        ({"DeclNo": "9" * 65}, "DeclNo"),
    ],
)
def test_a_bad_receipt_never_spoils_its_neighbours(change: dict[str, str], field: str) -> None:
    good, bad, last = decode(receipts(receipt(), receipt(**change), receipt(ReceiptNo="R3")))
    assert (good.id, last.id) == ("R1", "R3")
    assert (bad.code, bad.outcome, bad.problems[0].field) == (SPOILT, Outcome.NOTED, f"Receipt[1]/{field}")
    assert bad.id.startswith("spoilt:"), "the number itself stays free for a good copy"


def test_everything_wrong_with_a_receipt_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as refused:
        decode(receipts(receipt(MessageId="", Code="", Stage="", Time="")))
    assert len(refused.value.problems) == 4
    assert all(problem.text.zh and problem.text.en and problem.remedy for problem in refused.value.problems)


def test_no_receipts_are_no_receipts() -> None:
    assert decode(b"<Receipts/>") == []


DEEP = b"<x>" * 70 + b"</x>" * 70
UTF16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE Receipts><Receipts/>'.encode("utf-16")
UTF7 = b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE Receipts><Receipts/>'


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (sample("malformed.xml"), "quarantine.doctype"),
        (UTF16, "quarantine.encoding"),
        (UTF7, "quarantine.doctype"),
        (b"", "quarantine.not-xml"),
        (b"<Receipts>", "quarantine.not-xml"),
        (b"<Receipts>&b;</Receipts>", "quarantine.not-xml"),
        (b"<Receipts><Receipt>" + DEEP + b"</Receipt></Receipts>", "quarantine.too-deep"),
        (b"<Messages/>", "quarantine.root"),
        (receipts(*[b"<Receipt/>"] * 1_001), "quarantine.count"),
        (b"<Receipts>" + b" " * 20_000_000 + b"</Receipts>", "quarantine.too-large"),
    ],
    ids=["doctype", "utf-16", "utf-7", "empty", "cut", "entity", "deep", "root", "count", "large"],
)
def test_what_is_no_receipt_is_refused_in_both_languages(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decode(data)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.text.zh
    assert problem.text.en


def test_long_reasons_and_problem_lists_are_cut() -> None:
    many = "<Problem><Code>1</Code><Text>x</Text></Problem>" * 101
    (read,) = decode(receipts(receipt(Code="Z", Text="很" * 5_000, Problems=many)))
    assert (len(read.text), len(read.problems)) == (TEXT_MOST, PROBLEMS_MOST)


def outcome(data: bytes) -> list[Receipt] | tuple[Problem, ...]:
    try:
        return decode(data)
    except Unreadable as refused:
        return refused.problems


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    assert outcome(data) != ()  # a refusal names a problem; an empty list is no refusal
    assert outcome(b"<Receipts>" + data + b"</Receipts>") != ()
