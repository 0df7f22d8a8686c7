"""The check digit of a ship's number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel.codes import imo


@pytest.mark.parametrize("number", ["9074729", "9176187"])
def test_known_numbers_are_right(number: str) -> None:
    assert imo.check(number) is None


@given(st.integers(0, 999_999), st.integers(0, 9))
def test_one_last_digit_is_right_and_a_wrong_one_is_told_it(body: int, digit: int) -> None:
    problem = imo.check(f"{body:06}{digit}", "imo_number")
    if problem is not None:
        assert problem.field == "imo_number"
        assert problem.remedy is not None
        right = problem.remedy.zh[-7:]
        assert right[:6] == f"{body:06}"
        assert imo.check(right) is None


@pytest.mark.parametrize("written", ["", "907472", "907472９", "IMO9074729"])
def test_what_is_no_seven_digits_is_not_asked_about(written: str) -> None:
    with pytest.raises(ValueError, match="seven"):
        imo.check(written)
