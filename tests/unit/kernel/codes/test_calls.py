"""A call has one name, however its ship and voyage are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis.strategies import text

from singlewindow.kernel.codes.calls import box_call, box_number, call_key, call_parts, call_words, folded


def test_case_and_blanks_make_no_other_call() -> None:
    assert call_key("2", "Demo Yangtze 08", "2511 e") == call_key("2", "DEMO YANGTZE08", "2511E")
    assert call_parts(call_key("2", "Demo Yangtze 08", "2511e")) == ("DEMOYANGTZE08", "2511E")


@pytest.mark.parametrize(
    ("conveyance", "voyage"),
    [
        ("９９９９９９３", "２５１１Ｅ"),
        ("9999993", "2511\u00ade"),
        ("9999\u2800993", "2511E\ufe0f"),
        ("9999993\U000e0100", "2511\u200dE"),
        ("9999993\u3164", "\u30002511\uffa0E"),
    ],
)
def test_width_and_what_nobody_sees_make_no_other_call(conveyance: str, voyage: str) -> None:
    assert call_key("2", conveyance, voyage) == "2/9999993/2511E"


@given(text())
def test_what_was_folded_is_folded_to_itself(written: str) -> None:
    assert folded(folded(written)) == folded(written)


@pytest.mark.parametrize(("conveyance", "voyage"), [("", "2511E"), ("9999993", "")])
def test_half_a_name_is_no_call(conveyance: str, voyage: str) -> None:
    assert call_key("2", conveyance, voyage) == ""
    assert call_parts("") == ("", "")


def test_a_voyage_may_hold_a_slash() -> None:
    assert call_parts("2/9999993/25/11E") == ("9999993", "25/11E")


def test_a_container_is_known_by_its_number_within_a_call() -> None:
    key = "CQXU2045171@2/9999993/2511E"
    assert (box_number(key), box_call(key)) == ("CQXU2045171", "2/9999993/2511E")
    assert (box_number("CQXU2045171"), box_call("CQXU2045171")) == ("CQXU2045171", "")


def test_people_read_a_conveyance_by_its_name_where_one_is_known() -> None:
    assert call_words("2/9999993/2511E", "Demo 08") == ("Demo 08", "2511E")
    assert call_words("2/9999993/2511E", "") == ("9999993", "2511E")
    assert call_words("", "") == ("", "")
