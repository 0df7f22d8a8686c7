"""Gate reports in CODECO: whole, awkward, wrong in part, wrong as a whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from beside import beside
from singlewindow.connectors.terminal import gate
from singlewindow.connectors.terminal.codec import decode
from singlewindow.connectors.terminal.tests.example import (
    CONTAINER,
    FOLDER,
    passing,
    receipt,
    receipts,
    report,
)
from singlewindow.kernel.edifact import Segment
from singlewindow.kernel.messages import Outcome, Problem, Stage, Unreadable
from singlewindow.kernel.receipts import SPOILT, UNTIMED


def file_of_others(name: str) -> dict[str, str]:
    (path,) = beside(f"samples/edifact/{name}")
    return {"messageId": "M1", "format": "UN/EDIFACT", "content": path.read_text(encoding="utf-8-sig")}


def refused(item: object) -> tuple[Problem, ...]:
    with pytest.raises(Unreadable) as failure:
        decode(receipts(item))
    assert all(problem.text.zh and problem.text.en and problem.field for problem in failure.value.problems)
    return failure.value.problems


def test_the_sample_report() -> None:
    (out,) = decode((FOLDER / "samples" / "positive-gate.json").read_bytes())
    assert (out.code, out.stage, out.outcome) == ("GOUT", Stage.BUSINESS, Outcome.NOTED)
    assert out.about == "0199a000-0000-7000-8000-000000000001"
    assert out.at == datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    assert out.facts == {
        "milestone": "gate_out",
        "container": CONTAINER,
        "seal": "DM990001",
        "plate": "渝A0D418",
        "bill": "CQX2611180017",
        "at": "2026-11-22T09:10:00+08:00",
    }


@pytest.mark.parametrize("directory", ["D:95B", "D:00B"])
@pytest.mark.parametrize(("event", "code"), [("34", "GIN"), ("36", "GOUT")])
def test_both_events_of_both_directories(directory: str, event: str, code: str) -> None:
    (read,) = decode(receipts(report(*passing(), head=f"CODECO:{directory}:UN:SMDG16", event=event)))
    assert read.code == code


def test_of_what_a_report_says_besides_nothing_is_carried_to_its_containers() -> None:
    besides = [Segment("RFF", [[f"X{number}", "1"]]) for number in range(100)]
    besides += [Segment("NAD", [["CA"]]), Segment("RFF", [["BM", "B1"]])]
    assert gate._said(besides) == {"RFFBM": besides[-1]}


def test_what_a_container_says_goes_before_what_the_report_says() -> None:
    head = ("RFF+ACW:M7", "TDT+1++3+31++++:::TRUCK A", "DTM+137:20261122:102")
    own = (
        f"EQD+CN+{CONTAINER}",
        "RFF+ACW:M8",
        "TDT+1++3+31++++A?+B?'1",
        "DTM+7:20261122091003:204",
        "SEL+S?:1",
    )
    second, first = decode(receipts(report(*head, *own, "EQD+CN+CQXU3188623", "CNT+16:2")))[::-1]
    assert (first.about, first.facts["plate"], first.facts["seal"]) == ("M8", "A+B'1", "S:1")
    assert first.at == datetime(2026, 11, 22, 1, 10, 3, tzinfo=UTC)
    assert (second.about, second.facts["plate"]) == ("M7", "TRUCK A")
    assert second.at == datetime(2026, 11, 21, 16, tzinfo=UTC)


def test_told_again_an_event_has_the_same_id_and_another_container_another() -> None:
    item = report(*passing(), *passing("CQXU3188623"))
    first, other = decode(receipts(item))
    again, _ = decode(receipts(item | {"number": "9"}))
    assert first.id == again.id != other.id


@pytest.mark.parametrize(
    ("segments", "place"),
    [
        (("EQD+CN+", "DTM+7:202611220910:203"), "EQD[]"),
        ((f"EQD+CN+{CONTAINER}",), f"EQD[{CONTAINER}]/DTM"),
        ((f"EQD+CN+{CONTAINER}", "DTM+7:202613220910:203"), f"EQD[{CONTAINER}]/DTM"),
        ((f"EQD+CN+{CONTAINER}", "DTM+7:20261122:203"), f"EQD[{CONTAINER}]/DTM"),
        ((*passing(), f"SEL+{'9' * 65}"), f"EQD[{CONTAINER}]"),
        ((*passing(), "CNT+16:2"), "CNT"),
        ((), "CNT"),
    ],
)
def test_what_is_missing_is_named_with_its_place(segments: tuple[str, ...], place: str) -> None:
    (problem,) = refused(report(*segments))
    assert problem.field.endswith(f"message[0]/{place}")


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_container_that_passed_in_an_impossible_year_passed_at_no_stated_time(year: str) -> None:
    (read,) = decode(receipts(report(f"EQD+CN+{CONTAINER}", f"DTM+7:{year}12312359:203")))
    assert (read.code, read.at, read.facts["container"]) == ("GOUT", UNTIMED, CONTAINER)
    assert "at" not in read.facts


def test_a_report_must_speak_of_a_notice_of_ours() -> None:
    (problem,) = refused(report(*passing()) | {"messageId": ""})
    assert problem.code == "terminal.about"


@pytest.mark.parametrize("head", ["CODECO:D:96A:UN", "COARRI:D:95B:UN"])
def test_another_message_is_refused(head: str) -> None:
    (problem,) = refused(report(*passing(), head=head))
    assert problem.code == "terminal.kind"


def test_another_event_is_refused() -> None:
    (problem,) = refused(report(*passing(), event="44"))
    assert problem.code == "terminal.event"


def test_a_bad_container_never_spoils_its_neighbours() -> None:
    item = report(*passing(), "EQD+CN+CQXU3188623", *passing("CQXU2045172")[:1], "DTM+7:20261122:102")
    first, third, spoilt, other = decode(receipts(item, receipt()))
    assert (first.facts["container"], third.facts["container"]) == (CONTAINER, "CQXU2045172")
    assert (spoilt.code, spoilt.about, len(spoilt.problems)) == (SPOILT, "M1", 1)
    assert other.id == "R1"


def test_a_bad_report_never_spoils_its_neighbours() -> None:
    item = report(*passing())
    bad, good = decode(receipts(item | {"content": item["content"].replace("UNZ+1", "UNZ+2")}, item))
    assert (bad.code, good.code) == (SPOILT, "GOUT")
    assert bad.problems[0].code == "edifact.unz"


def test_a_gate_report_of_another_system() -> None:
    (read,) = decode(receipts(file_of_others("gen_CODECO.edi")))
    assert (read.code, read.about) == ("GIN", "M1")
    assert (read.facts["container"], read.facts["seal"]) == ("CBHU1234567", "1234567")
    assert read.problems[0].code == "container.check"  # an invented number


@pytest.mark.parametrize(
    "name",
    ["gen_COPARN.edi", "D95BCOARRI.edi", "edifabric_CorruptUnh.edi", "example_utf8.edi", "d95b_coprar.edi"],
)
def test_other_messages_of_other_systems_are_refused_naming_what_is_wrong(name: str) -> None:
    assert refused(file_of_others(name))


@given(st.text(max_size=100))
def test_any_content_is_read_or_refused(text: str) -> None:
    for content in (text, f"UNB+UNOY:4+A+B+20261122:0912+77'{text}'UNZ+1+77'"):
        assert refused({"messageId": "M1", "format": "UN/EDIFACT", "content": content})
