"""Containers that an agency's sentence names, and what it wants done with each."""

from __future__ import annotations

from singlewindow.kernel.codes.container import named


def test_a_sentence_may_name_containers_with_their_items() -> None:
    text = "开箱抽查 CQXU2045171：核对件数、核对铅封；CQXU3188623"
    assert named(text) == {"CQXU2045171": ("核对件数", "核对铅封"), "CQXU3188623": ()}


def test_a_number_that_is_wrong_is_named_all_the_same_and_not_taken_for_none() -> None:
    for wrong in ("CQXU2045172", "CQXU２０４５１７１", "CQXU٢٠٤٥١٧١"):
        assert named(f"放行 {wrong}：核对件数") == {wrong: ("核对件数",)}


def test_longer_numbers_are_no_containers() -> None:
    assert named("报关单 XCQXU20451711 801020251001284067") == {}
