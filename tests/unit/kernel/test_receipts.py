"""What all partners' answers have in common, and the body of those that answer in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel import json_receipts
from singlewindow.kernel.messages import Order, Outcome, Receipt, Stage, Text, Unreadable
from singlewindow.kernel.receipts import (
    BODY_MOST,
    PROBLEMS_MOST,
    SPOILT,
    Partner,
    misnamed,
    orders_named,
    read_each,
    spoilt,
)

PARTNER = Partner("port", Text("港口", "The port"))
AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
DEEP = b'{"receipts": [{"x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}]}"


def good(number: int) -> Receipt:
    return Receipt(f"R{number}", "M1", Stage.BUSINESS, "OK", Outcome.ACCEPTED, AT)


def read(part: str, number: int) -> Iterable[Receipt]:
    if part == "bad":
        raise Unreadable(PARTNER.fault("bad", f"part[{number}]", "读不懂", "it cannot be read"))
    return [good(number)]


def spoil(part: str, failure: Unreadable) -> Receipt:
    return spoilt(part.encode(), "M1", failure.problems)


def decode(data: bytes) -> list[Receipt]:
    return json_receipts.decode(data, PARTNER, lambda raw, place: [good(int(place[9:-1]))])


def test_a_bad_part_stands_among_good_ones_with_its_problem() -> None:
    first, second, third = read_each(["good", "bad", "good"], read, spoil)
    assert (first.id, second.code, third.id) == ("R0", SPOILT, "R2")
    assert [problem.field for problem in second.problems] == ["part[1]"]


def test_where_none_can_be_read_every_problem_is_told_within_a_bound() -> None:
    with pytest.raises(Unreadable) as refused:
        read_each(["bad"] * (PROBLEMS_MOST + 1), read, spoil)
    assert len(refused.value.problems) == PROBLEMS_MOST
    assert read_each([], read, spoil) == []


def test_a_spoilt_answer_is_known_by_its_bytes_alone() -> None:
    first, same, other = (spoilt(raw, "M1", ()) for raw in (b"x", b"x", b"y"))
    assert first.id == same.id != other.id


@pytest.mark.parametrize(
    ("outcome", "order"),
    [
        (Outcome.INSPECT, Order.INSPECT),
        (Outcome.HOLD, Order.HOLD),
        (Outcome.RELEASED, Order.RELEASE),
        (Outcome.ACCEPTED, None),
    ],
)
def test_words_that_name_a_container_order_on_it(outcome: Outcome, order: Order | None) -> None:
    orders = orders_named("port", outcome, "S1", "CQXU2045171 开箱查验", AT, "opened")
    assert [(one.order, one.subject.id) for one in orders] == ([(order, "CQXU2045171")] if order else [])
    assert orders_named("port", outcome, "S1", "查验", AT, "opened") == ()


def ordered(outcome: Outcome, said: str) -> dict[str, tuple[str, ...]]:
    return {one.subject.id: one.items for one in orders_named("port", outcome, "S1", said, AT, "opened")}


def test_each_container_that_an_inspection_names_is_ordered_with_its_own_items() -> None:
    said = "查验 CQXU2045171：核对件数，CQXU3188623：开箱"
    assert ordered(Outcome.INSPECT, said) == {"CQXU2045171": ("核对件数",), "CQXU3188623": ("开箱",)}


@pytest.mark.parametrize("number", ["CQXU204517-1", "CQXU 2045171", "cqxu2045171", "ＣＱＸＵ２０４５１７１"])
def test_a_release_for_one_container_frees_that_one_however_it_is_written(number: str) -> None:
    assert ordered(Outcome.RELEASED, f"放行 {number}") == {"CQXU2045171": ()}


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("放行 CQXU204517", ["CQXU204517"]),
        ("放行 CQXU2045171、CQXU318862", ["CQXU2045171", "CQXU318862"]),
        ("除 CQXU2045171 外放行", ["除 CQXU2045171 外放行"]),
        ("released except CQXU2045171", ["EXCEPT CQXU2045171"]),
    ],
)
def test_a_release_in_doubt_frees_no_more_than_it_names_and_warns(said: str, about: list[str]) -> None:
    orders = orders_named("port", Outcome.RELEASED, "S1", said, AT, "")
    assert [one.subject.id for one in orders] == about
    assert [problem.value for problem in misnamed(orders)] == about[-1:]


@pytest.mark.parametrize(
    "said", ["CQXU2045171、CQXU318862", "CQXU2045171/3188623", "除 CQXU2045171 外均查验", "CQXU318862：开箱"]
)
@pytest.mark.parametrize("outcome", [Outcome.INSPECT, Outcome.HOLD])
def test_what_bars_and_cannot_be_told_for_sure_speaks_of_everything(outcome: Outcome, said: str) -> None:
    assert ordered(outcome, said) == {}


def test_no_receipts_are_no_receipts() -> None:
    assert decode(b'{"receipts": []}') == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "port.not-receipts"),
        (b"<Receipts/>", "port.not-receipts"),
        (b"[]", "port.not-receipts"),
        (b"{}", "port.not-receipts"),
        (b'{"receipts": [], "more": 1}', "port.not-receipts"),
        ('{"receipts": []}'.encode("utf-16"), "port.not-receipts"),
        (DEEP, "port.not-receipts"),
        (msgspec.json.encode({"receipts": [1] * 1_001}), "port.not-receipts"),
        (b" " * BODY_MOST + b"{}", "port.too-large"),
    ],
    ids=["empty", "xml", "list", "object", "more", "utf-16", "deep", "count", "large"],
)
def test_what_is_no_receipt_is_refused_in_both_languages(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        decode(data)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.text.zh.startswith("无法读取港口回执")
    assert problem.text.en.startswith("The receipts cannot be read")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b'{"receipts":[' + data + b"]}"):
        try:
            found: list[Any] = decode(candidate)
        except Unreadable:
            continue
        assert found == [] or msgspec.json.encode(found)
