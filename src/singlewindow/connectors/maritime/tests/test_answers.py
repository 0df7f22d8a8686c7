"""What comes back: decisions, reasons, instructions, syntax errors, and everything that is no answer."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beside import beside
from singlewindow.connectors.maritime.answers import CONTAINERS_MOST
from singlewindow.connectors.maritime.codec import decode
from singlewindow.connectors.maritime.meanings import MEANINGS
from singlewindow.connectors.maritime.references import message_reference
from singlewindow.connectors.maritime.tests.example import (
    decision,
    interchange,
    message,
    message_id,
    reference,
    syntax,
)
from singlewindow.kernel.clock import BEIJING
from singlewindow.kernel.edifact import BYTES_MOST, segment
from singlewindow.kernel.messages import Order, Outcome, Receipt, Stage, Subject, Unreadable
from singlewindow.kernel.receipts import RECEIPTS_MOST

FIRST, SECOND = (segment("RFF", ("EQ", number)) for number in ("CQXU2045171", "CQXU3188623"))
SHORT = message_reference(reference(7), message_id(7))


def only(data: bytes) -> Receipt:
    (receipt,) = decode(data)
    return receipt


def refused(data: bytes) -> list[str]:
    with pytest.raises(Unreadable) as refusal:
        decode(data)
    return [problem.code for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("code", "outcome", "order", "withdrawn"),
    [
        ("10", Outcome.RELEASED, Order.RELEASE, False),
        ("11", Outcome.RELEASED, Order.RELEASE, False),
        ("20", Outcome.INSPECT, Order.INSPECT, False),
        ("30", Outcome.HOLD, Order.HOLD, False),
        ("50", Outcome.REFUSED, Order.DENY, False),
        ("60", Outcome.HOLD, Order.RELEASE, True),
    ],
)
def test_a_decision_orders_each_container_it_names(
    code: str, outcome: Outcome, order: Order, withdrawn: bool
) -> None:
    receipt = only(interchange(decision(3, code, FIRST, SECOND, FIRST, version="17")))
    assert (receipt.id, receipt.about, receipt.stage, receipt.outcome) == (
        "HS3",
        message_id(1),
        Stage.BUSINESS,
        outcome,
    )
    assert receipt.at == datetime(2026, 11, 18, 1, 31, 5, tzinfo=UTC)
    assert [one.subject for one in receipt.instructions] == [
        Subject("container", "CQXU2045171"),
        Subject("container", "CQXU3188623"),
    ]
    assert {(one.order, one.withdrawn, one.version, one.agency) for one in receipt.instructions} == {
        (order, withdrawn, 17, "maritime")
    }
    assert len({one.id for one in receipt.instructions}) == 2


def test_without_containers_it_orders_the_call_as_the_dossier_names_it() -> None:
    receipt = only(interchange(decision(1, "21")))
    (instruction,) = receipt.instructions
    assert instruction.subject == Subject("conveyance", "2/9999993/2511E")
    assert (instruction.method, instruction.version) == ("opened", 1)


@pytest.mark.parametrize("code", ["01", "40", "77"])
def test_what_orders_nothing_instructs_nothing(code: str) -> None:
    assert only(interchange(decision(1, code, FIRST))).instructions == ()


def test_words_and_basis_stand_in_the_instruction() -> None:
    words, basis = "限白天作业: 6:00+'*?", "《规定》第二十条"
    more = segment("FTX", "AAO", "", "", words), segment("FTX", "REG", "", "", basis)
    receipt = only(interchange(decision(1, "11", *more, segment("RFF", ("ACE", "P1")))))
    assert (receipt.text, receipt.facts) == (words, {"permit_number": "P1"})
    assert (receipt.instructions[0].text, receipt.instructions[0].basis) == (words, basis)


def test_reasons_name_the_box_they_are_about() -> None:
    reasons = (
        segment("ERC", ("102", "REASON", "ZZZ")),
        segment("FTX", "AAO", "", "", "见 IMDG"),
        segment("RFF", ("LI", "2")),
        segment("ERC", ("999", "REASON", "ZZZ")),
    )
    receipt = only(interchange(decision(1, "40", *reasons)))
    first, second = receipt.problems
    assert (receipt.outcome, first.code, first.field) == (
        Outcome.RETURNED,
        "maritime.102",
        "DangerousGoods[1].ProperShippingName",
    )
    assert (first.text.zh, first.text.en) == (
        "缺少正确运输名称：见 IMDG",
        "The proper shipping name is missing: 见 IMDG",
    )
    assert second.field == ""


def test_a_code_nobody_knows_is_noted_with_a_warning() -> None:
    receipt = only(interchange(decision(1, "77")))
    assert (receipt.outcome, receipt.problems[0].code) == (Outcome.NOTED, "maritime.unknown-code")


def test_every_code_speaks_both_languages() -> None:
    assert all(meaning.text.zh and meaning.text.en.isascii() for meaning in MEANINGS.values())


def test_syntax_is_answered_message_by_message() -> None:
    good = segment("UCM", SHORT, ("IFTDGN", "D"), "7")
    ucs, ucd = segment("UCS", "12", ""), segment("UCD", "39", ("8", "4"))
    rejected, accepted = decode(interchange(syntax(1, "4", ucs, ucd, good, about=SHORT)))
    assert (rejected.about, rejected.outcome, rejected.stage) == (
        reference(7),
        Outcome.REFUSED,
        Stage.TECHNICAL,
    )
    assert [(p.field, p.text.en) for p in rejected.problems] == [
        ("segment[12]/element[8]", "The message, segment 12: Data element too long")
    ]
    assert (accepted.about, accepted.outcome, accepted.problems) == (reference(7), Outcome.ACCEPTED, ())
    assert accepted.at == datetime(2026, 11, 18, 9, 32, tzinfo=BEIJING)


def test_a_refusal_without_an_error_says_so_all_the_same() -> None:
    (problem,) = only(interchange(syntax(1, "4", about=SHORT))).problems
    assert problem.text.zh == "报文语法被拒收"


def test_a_container_that_is_none_never_becomes_the_whole_ship() -> None:
    wrong = segment("RFF", ("EQ", "CQXU2045172"))
    assert refused(interchange(decision(1, "10", wrong))) == ["container.check"]
    spoilt, good = decode(interchange(decision(1, "10", wrong), decision(2, "10", FIRST)))
    assert (spoilt.code, spoilt.about, spoilt.outcome, spoilt.instructions) == (
        "unreadable",
        message_id(1),
        Outcome.NOTED,
        (),
    )
    assert good.instructions[0].subject.id == "CQXU2045171"
    assert spoilt.id.startswith("spoilt:"), "the number itself stays free for a good copy"


@pytest.mark.parametrize("version", ["x", "-1", "2147483648", "９"])
def test_a_version_is_a_number(version: str) -> None:
    assert refused(interchange(decision(1, "10", version=version))) == ["edifact.version"]


def test_all_that_is_missing_is_said_at_once() -> None:
    empty = message(1, "APERAK:D:00B:UN", segment("BGM", "312"))
    assert refused(interchange(empty)) == ["edifact.missing"] * 3 + ["edifact.time"]


@pytest.mark.parametrize("time", ["20261332093105", "2026111809310", "ABCDEFGHIJKLMN", ""])
def test_a_time_that_is_none(time: str) -> None:
    data = interchange(decision(1, "10")).replace(b"137:20261118093105", f"137:{time}".encode())
    assert refused(data) == ["edifact.time"]


def test_neighbours_of_bad_messages_are_read() -> None:
    messages = [
        decision(1, "10", FIRST).replace(b"UNT+9", b"UNT+8"),
        decision(2, "10", FIRST),
        decision(2, "20", FIRST),
        decision(4, "10", FIRST).replace(b"UNH+", b"NH+"),
        message(5, "INVOIC:D:96A:UN", segment("BGM", "380")),
    ]
    assert [receipt.code for receipt in decode(interchange(*messages))] == [
        "unreadable", "10", "unreadable", "unreadable", "unreadable",
    ]  # fmt: skip


@pytest.mark.parametrize("cut", [1, 2, 40, 200])
def test_a_cut_file_is_refused_whole(cut: int) -> None:
    assert refused(interchange(decision(1, "10", FIRST), decision(2, "10", FIRST))[:-cut])


def test_bounds() -> None:
    assert refused(b"UNB+UNOY:4+A+B+20261118:0932+9'" + b" " * BYTES_MOST) == ["edifact.too-large"]
    many = [decision(number, "01") for number in range(RECEIPTS_MOST + 1)]
    assert refused(interchange(*many)) == ["edifact.count"]
    assert len(decode(interchange(*many[:-1]))) == RECEIPTS_MOST
    assert "edifact.containers" in refused(interchange(decision(1, "10", *[FIRST] * (CONTAINERS_MOST + 1))))
    assert refused(interchange()) == ["edifact.count"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, interchange(data), interchange(decision(1, "10", FIRST) + data)):
        try:
            receipts = decode(candidate)
        except Unreadable as refusal:
            assert refusal.problems
        else:
            assert receipts


@pytest.mark.parametrize(
    "name",
    [
        "edifabric_CONTRL.edi",
        "edifabric_CorruptUnh.edi",
        "edifabric_DuplicateMessage.edi",
        "example_release_character.edi",
        "example_utf8.edi",
        "gen_CODECO.edi",
    ],
)
def test_files_of_other_systems(name: str) -> None:
    (path,) = beside(f"samples/edifact/{name}")
    if name == "edifabric_CONTRL.edi":
        receipts = decode(path.read_bytes())
        assert [(one.about, one.code, one.outcome) for one in receipts] == [("131", "8", Outcome.NOTED)] * 2
    else:
        assert refused(path.read_bytes())


def test_the_time_of_decoding_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    words = segment("FTX", "AAO", "", "", "准予过境停留")
    data = interchange(*(decision(number, "10", words, FIRST) for number in range(100)))
    spent = []
    for _ in range(5):
        began = time.process_time()
        for _ in range(5):
            decode(data)
        spent.append((time.process_time() - began) / 500 * 1e6)
    with capsys.disabled():
        print(f"\nmaritime decode: {min(spent):.0f} µs a receipt (aim 30)")
    assert min(spent) > 0
