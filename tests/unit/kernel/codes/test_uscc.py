"""The unified social credit code, against an independent implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as theirs

from singlewindow.kernel.codes import uscc

bodies = st.builds(
    "".join,
    st.tuples(
        st.sampled_from("159"),
        st.sampled_from("123459"),
        st.text("0123456789", min_size=6, max_size=6),
        st.text(uscc.ALPHABET, min_size=9, max_size=9),
    ),
)


@given(bodies)
def test_agrees_with_stdnum_on_what_is_right(body: str) -> None:
    code = body + uscc.check_character(body)
    assert theirs.is_valid(code)
    assert uscc.check(code) is None


@given(bodies, st.sampled_from(uscc.ALPHABET))
def test_agrees_with_stdnum_on_the_last_character(body: str, last: str) -> None:
    assert (uscc.check(body + last) is None) == theirs.is_valid(body + last)


@given(bodies, st.integers(0, 16), st.sampled_from("0123456789"))
def test_finds_every_single_wrong_digit(body: str, place: int, digit: str) -> None:
    code = body + uscc.check_character(body)
    wrong = code[:place] + digit + code[place + 1 :]
    assert (uscc.check(wrong) is None) == (wrong == code)


def test_says_which_character_would_be_right() -> None:
    problem = uscc.check("91350100M000100Y42", "owner")
    assert problem is not None
    assert (problem.code, problem.field) == ("uscc.check", "owner")
    assert problem.remedy is not None
    assert problem.remedy.zh.endswith("末位应为 3")
    assert uscc.check("91350100M000100Y43") is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "uscc.length"),
        ("9" * 1000, "uscc.length"),
        ("91350100m000100Y43", "uscc.form"),
        ("91350100I000100Y43", "uscc.form"),
        ("913501AAM000100Y43", "uscc.form"),
        ("９1350100M000100Y43", "uscc.form"),
        ("91\u0663\u066350100M000100Y"[:18].ljust(18, "4"), "uscc.form"),
    ],
)
def test_refuses_what_is_no_code(value: str, code: str) -> None:
    problem = uscc.check(value)
    assert problem is not None
    assert problem.code == code
    assert len(problem.value) <= 40


@given(st.text(max_size=20))
def test_answers_for_any_text(value: str) -> None:
    problem = uscc.check(value)
    assert problem is None or (problem.text.zh and problem.text.en)
