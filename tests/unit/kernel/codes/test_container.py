"""The container number, against an independent implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso6346

from singlewindow.kernel.codes import container

bodies = st.from_regex(r"\A[A-Z]{3}[UJZ][0-9]{6}\Z")


@given(bodies, st.sampled_from("0123456789"))
def test_agrees_with_stdnum(body: str, digit: str) -> None:
    assert (container.check(body + digit) is None) == iso6346.is_valid(body + digit)


@given(bodies)
def test_the_remedy_is_the_right_digit(body: str) -> None:
    right = container.check_digit(body)
    problem = container.check(body + str((int(right) + 1) % 10), "containers[0].container_number")
    assert problem is not None
    assert problem.code == "container.check"
    assert problem.field == "containers[0].container_number"
    assert problem.remedy is not None
    assert problem.remedy.en.endswith(right)


@pytest.mark.parametrize("value", ["CSQU3054383", "CQXU2045171", "TOLU4734787"])
def test_accepts_published_and_drawn_numbers(value: str) -> None:
    assert container.check(value) is None


def test_knows_refrigerated_units_of_earlier_editions() -> None:
    assert container.check("CSQR305438" + container.check_digit("CSQR305438")) is None


@pytest.mark.parametrize(
    "value", ["", "CSQU305438", "csqu3054383", "CSQX3054383", "CSQU３054383", "CSQU3054383\n", "C" * 999]
)
def test_refuses_what_is_no_number(value: str) -> None:
    problem = container.check(value)
    assert problem is not None
    assert problem.code == "container.form"
    assert len(problem.value) <= 40


def test_no_check_digit_for_a_malformed_body() -> None:
    with pytest.raises(ValueError, match="owner"):
        container.check_digit("CSQ3054383")
