"""A call has one name, however its ship and voyage are written."""

from __future__ import annotations

import pytest

from singlewindow.kernel.codes.calls import call_key, call_parts


def test_case_and_blanks_make_no_other_call() -> None:
    assert call_key("2", "Demo Yangtze 08", "2511 e") == call_key("2", "DEMO YANGTZE08", "2511E")
    assert call_parts(call_key("2", "Demo Yangtze 08", "2511e")) == ("DEMOYANGTZE08", "2511E")


@pytest.mark.parametrize(("conveyance", "voyage"), [("", "2511E"), ("9999993", "")])
def test_half_a_name_is_no_call(conveyance: str, voyage: str) -> None:
    assert call_key("2", conveyance, voyage) == ""
    assert call_parts("") == ("", "")


def test_a_voyage_may_hold_a_slash() -> None:
    assert call_parts("2/9999993/25/11E") == ("9999993", "25/11E")
