"""Which page an address asks for."""

from __future__ import annotations

import pytest

from singlewindow.hub.ui.numbers import MOST_PAGES, page


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1", 1),
        ("17", 17),
        ("00017", 17),
        (str(MOST_PAGES), MOST_PAGES),
        (str(MOST_PAGES + 1), MOST_PAGES),
        ("0", 1),
        ("", 1),
        ("-2", 1),
        ("1.5", 1),
        ("٣", 1),
        ("²", 1),
        ("9" * 5_000, 1),
    ],
)
def test_a_page_is_a_bounded_number_or_the_first(said: str, number: int) -> None:
    assert page(said) == number
