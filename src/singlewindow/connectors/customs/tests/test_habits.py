"""Habits of other systems: what they mean by zeros, by the order of lines, by boxes of older heads."""

from __future__ import annotations

from typing import Any

import pytest

from singlewindow.connectors.customs.habits import PROBLEMS_MOST
from singlewindow.connectors.customs.reader import read_document
from singlewindow.kernel.messages import Unreadable


def read(head: str, *lines: str) -> dict[str, Any]:
    """The boxes of a message with this head and these lines of goods."""
    goods = "".join(f"<DecList>{line}</DecList>" for line in lines)
    return read_document(
        f"<DecMessage><DecHead>{head}</DecHead><DecLists>{goods}</DecLists></DecMessage>".encode()
    )


def numbered(*numbers: str | None) -> list[dict[str, str]]:
    """Goods lines of these numbers, each named by its place in the file, as they are read."""
    given = ["" if number is None else f"<GNo>{number}</GNo>" for number in numbers]
    found: list[dict[str, str]] = read(
        "", *(f"{number}<GName>{at}</GName>" for at, number in enumerate(given, 1))
    ).get("DecLists", [])
    return found


@pytest.mark.parametrize(
    ("numbers", "order"),
    [(("2", "1"), "21"), (("03", "01", "02"), "231"), ((None, None), "12"), (("", ""), "12"), ((), "")],
)
def test_goods_stand_by_their_numbers(numbers: tuple[str | None, ...], order: str) -> None:
    assert "".join(line["GName"] for line in numbered(*numbers)) == order


@pytest.mark.parametrize(
    ("numbers", "wrong"),
    [
        (("1", "1"), {2: "1"}),
        (("1", "3"), {2: "3"}),
        (("0", "1"), {1: "0"}),
        (("1", None), {2: ""}),
        (("x", "x", "2"), {1: "x", 2: "x"}),
        (("1", "２"), {2: "２"}),
    ],
)
def test_lines_that_no_container_could_name_are_refused(
    numbers: tuple[str | None, ...], wrong: dict[int, str]
) -> None:
    with pytest.raises(Unreadable) as refused:
        numbered(*numbers)
    found = refused.value.problems
    assert {problem.code for problem in found} == {"line-number"}
    assert {problem.field: problem.value for problem in found} == {
        f"DecMessage/DecLists/DecList[{at}]/GNo": given for at, given in wrong.items()
    }


def test_wrong_numbers_are_told_as_far_as_anybody_reads() -> None:
    with pytest.raises(Unreadable) as refused:
        numbered(*["1"] * (PROBLEMS_MOST + 9))
    assert len(refused.value.problems) == PROBLEMS_MOST


ZEROS = "<FeeRate>{0}</FeeRate><FeeCurr>USD</FeeCurr>", "<SecondQty>{0}</SecondQty><WorkUsd>{0}</WorkUsd>"


@pytest.mark.parametrize("zero", ["0", "0.0000", "00.0", "0.", ".00000", "-0.0"])
def test_a_zero_that_nothing_beside_it_needs_is_an_empty_box(zero: str) -> None:
    head, line = (each.format(zero) for each in ZEROS)
    assert read(head, line) == {}
    assert read(f"{head}<FeeMark>3</FeeMark>", f"{line}<SecondUnit>007</SecondUnit>") == {
        "FeeMark": "3",
        "FeeRate": zero,
        "FeeCurr": "USD",
        "DecLists": [{"SecondQty": zero, "SecondUnit": "007"}],
    }


def test_a_figure_is_no_empty_box() -> None:
    head, line = (each.format("0.0001") for each in ZEROS)
    assert read(head, line) == {
        "FeeRate": "0.0001",
        "FeeCurr": "USD",
        "DecLists": [{"SecondQty": "0.0001", "WorkUsd": "0.0001"}],
    }


@pytest.mark.parametrize(
    ("own", "kept", "spread"),
    [
        (("", ""), False, ("50129", "50129")),
        (("", "50119"), False, ("50129", "50119")),
        (("50119", "50119"), True, ("50119", "50119")),
    ],
)
def test_the_district_of_an_older_head_is_that_of_every_line_without_one(
    own: tuple[str, str], kept: bool, spread: tuple[str, str]
) -> None:
    goods = [f"<GName>x</GName><DistrictCode>{each}</DistrictCode>" for each in own]
    found = read("<DistrictCode>50129</DistrictCode>", *goods)
    assert tuple(line["DistrictCode"] for line in found["DecLists"]) == spread
    assert ("DecHead/DistrictCode" in found) is kept


@pytest.mark.parametrize(
    ("digits", "said"), [("", ""), ("000", "00099"), ("01", "01999"), ("99999", "99999"), ("0010X", "0010X")]
)
def test_what_a_sender_confirms_is_read_digit_by_digit(digits: str, said: str) -> None:
    found = read(f"<PromiseItmes>{digits}</PromiseItmes>")
    assert "".join(found.get(f"PromiseItmes{n}", "") for n in range(1, 6)) == said
