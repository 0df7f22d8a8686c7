"""The citizen identification number, against an independent implementation."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric as theirs

from singlewindow.kernel.codes import citizen

STANDARDS_OWN = "11010519491231002X"  # the example that GB 11643 itself gives
days = st.dates(date(1900, 1, 1), date(2026, 11, 21)).map(lambda day: f"{day:%Y%m%d}")
bodies = st.builds("110105{}{:03}".format, days, st.integers(0, 999))


@given(bodies)
def test_agrees_with_stdnum_on_what_is_right(body: str) -> None:
    number = body + citizen.check_character(body)
    assert number[-1] == theirs.calc_check_digit(number)
    assert theirs.is_valid(number)
    assert citizen.check(number) is None


@given(bodies, st.sampled_from("0123456789X"))
def test_agrees_with_stdnum_on_the_last_character(body: str, last: str) -> None:
    assert (citizen.check(body + last) is None) == theirs.is_valid(body + last)


@given(bodies, st.integers(14, 16), st.sampled_from("0123456789"))
def test_finds_every_single_wrong_digit(body: str, place: int, digit: str) -> None:
    number = body + citizen.check_character(body)
    wrong = number[:place] + digit + number[place + 1 :]
    assert (citizen.check(wrong) is None) == (wrong == number)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "citizen.form"),
        ("1" * 1000, "citizen.form"),
        (STANDARDS_OWN.lower(), "citizen.form"),
        ("01010519491231002X", "citizen.form"),
        ("1101051949123100２X", "citizen.form"),
        ("1101051949123100\u0662X", "citizen.form"),
        ("110105194912310021\n", "citizen.form"),
        ("11010519490229002X", "citizen.birth"),
        ("11010519491331002X", "citizen.birth"),
        ("11010512491231002X", "citizen.birth"),
        ("110105194912310021", "citizen.check"),
    ],
)
def test_refuses_what_is_no_number_and_says_what_to_do(value: str, code: str) -> None:
    problem = citizen.check(value, "owner")
    assert problem is not None
    assert (problem.code, problem.field) == (code, "owner")
    assert len(problem.value) <= 40
    assert problem.remedy is not None
    assert problem.remedy.zh
    assert problem.remedy.en


def test_says_which_character_would_be_right() -> None:
    problem = citizen.check("110105194912310021")
    assert problem is not None
    assert problem.remedy is not None
    assert problem.remedy.zh.endswith("末位应为 X")
    assert citizen.check(STANDARDS_OWN) is None
    with pytest.raises(ValueError, match="seventeen"):
        citizen.check_character(STANDARDS_OWN)


def test_a_wrong_last_character_hides_not_what_was_meant_and_a_firms_code_is_not_taken_for_it() -> None:
    assert citizen.resembles("110105194912310021")
    assert not citizen.resembles("91350100M000100Y43")
    assert not citizen.resembles("913501121000100013")


@given(st.text(max_size=20))
def test_answers_for_any_text(value: str) -> None:
    problem = citizen.check(value)
    assert problem is None or (problem.text.zh and problem.text.en)
