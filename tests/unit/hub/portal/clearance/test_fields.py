"""What posted fields come to: bounded, each once, and nothing that is not on the form."""

from __future__ import annotations

import pytest
from django.http import Http404

from singlewindow.hub.portal.clearance import inspections, instructions


def test_items_are_one_a_line_each_once_and_bounded() -> None:
    assert instructions._items("seal\n\n count \nseal\n") == ("seal", "count")
    many = "\n".join(f"item {n}" for n in range(500))
    assert len(instructions._items(many)) == instructions.ITEMS_MOST
    assert len(instructions._items("x" * 999)[0]) == instructions.ITEM_MOST


@pytest.mark.parametrize("text", ["", "no-uuid|container|X", "00000000-0000-0000-0000-000000000001|truck|X"])
def test_a_subject_that_the_form_does_not_offer_does_not_exist(text: str) -> None:
    with pytest.raises(Http404):
        instructions.subject_of(text)


@pytest.mark.parametrize("text", ["", "0", "5", "inspect"])
def test_an_order_that_the_form_does_not_offer_does_not_exist(text: str) -> None:
    with pytest.raises(Http404):
        instructions._order(text)


def test_results_are_read_by_line() -> None:
    posted = {
        "item-1": "seal",
        "result-1": "normal",
        "note-1": " intact ",
        "item-2": "count",
        "result-2": "",
        "item-3": "pests",
        "result-3": "excellent",
    }
    assert inspections._found(posted) == {"seal": ("normal", "intact")}


def test_a_time_that_is_none_is_left_to_who_refuses_it() -> None:
    assert inspections._moment("tomorrow") is None
    assert inspections._moment("") is None
    assert inspections._moment("0001-01-01T00:00") is None
    assert inspections._moment("9999-12-31T23:59:59-12:00") is None
