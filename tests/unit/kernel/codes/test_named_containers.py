"""Containers that an agency's sentence names, and what it wants done with each."""

from __future__ import annotations

from singlewindow.kernel.codes.container import named


def test_a_sentence_may_name_containers_with_their_items() -> None:
    text = "开箱抽查 CQXU2045171：核对件数、核对铅封；CQXU3188623"
    assert named(text) == {"CQXU2045171": ("核对件数", "核对铅封"), "CQXU3188623": ()}


def test_a_wrong_check_digit_names_no_container() -> None:
    assert named("查验 CQXU2045172：核对件数") == {}


def test_longer_numbers_are_no_containers() -> None:
    assert named("报关单 XCQXU20451711 801020251001284067") == {}
