"""What is read: two stages, every code, what happens to containers, and nothing that is no receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.connectors.terminal.codec import decode
from singlewindow.connectors.terminal.events import MEANINGS
from singlewindow.connectors.terminal.tests.example import (
    CONTAINER,
    FOLDER,
    passing,
    receipt,
    receipts,
    report,
)
from singlewindow.kernel.messages import Outcome, Receipt, Severity, Stage, Unreadable
from singlewindow.kernel.receipts import SPOILT


def sample(name: str) -> list[Receipt]:
    return decode((FOLDER / "samples" / name).read_bytes())


def one(**changes: Any) -> Receipt:
    (found,) = decode(receipts(receipt(**changes)))
    return found


def test_the_positive_sample() -> None:
    technical, accepted, arrived, discharged, moved, ready = sample("positive.json")
    assert (technical.stage, technical.facts) == (Stage.TECHNICAL, {})
    assert accepted.outcome == Outcome.ACCEPTED
    assert accepted.at == datetime(2026, 11, 18, 1, 30, 2, tzinfo=UTC)  # Beijing's 09:30
    assert arrived.about == "S202611180000000017"
    assert arrived.facts == {
        "milestone": "arrived",
        "bill": "CQX2611180017",
        "at": "2026-11-20T05:41:00+08:00",
    }
    assert discharged.facts == {
        "milestone": "discharged",
        "container": CONTAINER,
        "seal": "DM990001",
        "bill": "CQX2611180017",
        "at": "2026-11-20T08:12:00+08:00",
    }
    assert moved.facts["milestone"] == "moved"
    assert "milestone" not in ready.facts
    assert {one.outcome for one in (arrived, discharged, moved, ready)} == {Outcome.NOTED}


def test_the_negative_sample() -> None:
    refused, returned = sample("negative.json")
    assert (refused.stage, refused.outcome) == (Stage.TECHNICAL, Outcome.REFUSED)
    assert returned.outcome == Outcome.RETURNED
    assert [problem.field for problem in returned.problems] == [
        "containers[0].containerNumber",
        "deliveryOrder",
    ]


def test_no_code_releases_and_all_speak_both_languages() -> None:
    assert {code for _, code in MEANINGS} == {
        *("ACK", "NAK", "ACC", "REJ", "ARR", "DIS", "MOV", "RDY", "STP", "GIN", "GOUT")
    }
    for meaning in MEANINGS.values():
        assert meaning.outcome in (Outcome.NOTED, Outcome.ACCEPTED, Outcome.RETURNED, Outcome.REFUSED)
        assert meaning.text.zh
        assert meaning.text.en


def test_an_unknown_code_is_noted_with_a_warning() -> None:
    read = one(code="XYZ")
    assert (read.outcome, read.problems[0].severity) == (Outcome.NOTED, Severity.WARNING)


@pytest.mark.parametrize("number", ["CQXU2045172", "TRUCK"])
def test_a_container_number_that_cannot_be_right_is_kept_with_a_warning(number: str) -> None:
    read = one(container=number)
    assert read.facts["container"] == number
    assert [(problem.field, problem.severity) for problem in read.problems] == [
        ("container", Severity.WARNING)
    ]


def test_a_receipt_without_number_is_known_by_what_it_says() -> None:
    first, same, other = decode(
        receipts(receipt(number=None), receipt(number=None), receipt(number=None, container="CQXU3188623"))
    )
    assert first.id == same.id != other.id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"messageId": None}, ".messageId"),
        ({"stage": None}, ".stage"),
        ({"stage": "later"}, ".stage"),
        ({"code": None}, ".code"),
        ({"time": None}, ".time"),
        ({"time": "yesterday"}, ".time"),
        ({"number": "9" * 65}, ".number"),
        ({"number": 9}, ".number"),
        ({"container": None}, ".container"),
        ({"problems": [{}] * 101}, ".problems"),
        ({"text": "很" * 4_001}, ".text"),
        ({"text": "a\0b"}, ""),
        ({"messageId": "a\0b"}, ""),
        ({"format": "CSV"}, ".format"),
    ],
)
def test_a_bad_receipt_never_spoils_its_neighbours(change: dict[str, Any], field: str) -> None:
    good, bad, last = decode(receipts(receipt(), receipt(**change), receipt(number="R3")))
    assert (good.id, last.id) == ("R1", "R3")
    assert (bad.code, bad.outcome, bad.problems[0].field) == (SPOILT, Outcome.NOTED, f"receipts[1]{field}")
    assert bad.id.startswith("spoilt:"), "the number itself stays free for a good copy"
    assert "\0" not in bad.about


def test_everything_missing_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as refused:
        decode(receipts({}))
    assert len(refused.value.problems) == 4
    assert all(problem.text.zh and problem.text.en and problem.remedy for problem in refused.value.problems)


def test_events_are_bounded_in_all() -> None:
    many = report(*[segment for _ in range(1_001) for segment in passing()])
    with pytest.raises(Unreadable) as refused:
        decode(receipts(many))
    assert [problem.code for problem in refused.value.problems] == ["terminal.count"]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b'{"receipts":[' + data + b"]}"):
        try:
            found = decode(candidate)
        except Unreadable:
            continue
        assert found == [] or msgspec.json.encode(found)
