"""What a number is, by its form and check digit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.portal.recognised import ENTRY, MOST, OTHER, recognised

RIGHT = {
    "CSQU3054383": "集装箱号",
    "csqu 305438 3": "集装箱号",
    "9074729": "船舶 IMO 编号",
    "IMO 9074729": "船舶 IMO 编号",
    "999-12345675": "空运单号",
    "91500112MADEM0A1XL": "统一社会信用代码",
}


@pytest.mark.parametrize(("written", "kind"), RIGHT.items())
def test_a_number_is_known_however_it_is_written(written: str, kind: str) -> None:
    found = recognised(written)
    assert found is not None
    assert (found.kind.zh, found.checked, found.problem) == (kind, True, None)


@pytest.mark.parametrize(
    ("written", "said", "right"),
    [
        ("CSQU3054384", "集装箱号校验位不对", "3"),
        ("9074728", "IMO 编号校验位不对", "9074729"),
        ("999-12345674", "空运单号校验位不对", "5"),
        ("91500112MADEM0A1XM", "统一社会信用代码校验位不对", "L"),
    ],
)
def test_a_wrong_check_digit_is_said_with_the_right_one(written: str, said: str, right: str) -> None:
    found = recognised(written)
    assert found is not None
    assert found.problem is not None
    assert found.problem.text.zh == said
    assert found.problem.remedy is not None
    assert right in found.problem.remedy.zh
    assert right in found.problem.remedy.en


def test_what_has_no_check_digit_is_called_by_its_form_alone() -> None:
    kinds = {written: recognised(written) for written in ("801020261000000001", "CQX2511070386", " ")}
    assert {written: found and (found.kind, found.checked) for written, found in kinds.items()} == {
        "801020261000000001": (ENTRY, False),
        "CQX2511070386": (OTHER, False),
        " ": None,
    }


@given(st.text(max_size=200))
def test_whatever_is_written_is_answered_within_a_bound(written: str) -> None:
    found = recognised(written)
    assert found is None or len(found.number) <= 3 * MOST, "some letters grow when they are capitals"
