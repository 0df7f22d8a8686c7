"""One call of a ship, whichever document gives its number and whichever its name alone."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.dossier.calls import Name, named

NUMBER, OTHER, NAME = "2/9999993/7", "2/8888888/7", "2/YUANYANG1/7"


def known_by(*batches: Sequence[tuple[str, str]]) -> list[str]:
    """By which key each document's call is known, batch by batch."""
    kept: list[Name] = []
    calls = []
    for batch in batches:
        found, fresh = named(batch, kept)
        kept += fresh
        calls += [found[key].call for key, _ in batch]
    assert len({one.said for one in kept}) == len(kept), "each name is kept once"
    return calls


def test_the_first_document_names_the_call_for_all() -> None:
    assert known_by([(NUMBER, NAME)], [(NAME, NAME)]) == [NUMBER, NUMBER]
    assert known_by([(NAME, NAME)], [(NUMBER, NAME)]) == [NAME, NAME]
    assert known_by([(NAME, NAME), (NUMBER, NAME)]) == [NAME, NAME], "in one batch, too"


def test_a_name_written_otherwise_is_known_by_the_ship_s_number() -> None:
    assert known_by([(NAME, NAME)], [(NUMBER, NAME)], [(NUMBER, "2/YUAN-YANG/7")]) == [NAME] * 3
    assert known_by([(NUMBER, NAME)], [(NUMBER, "2/Y/7")], [("2/Y/7", "2/Y/7")]) == [NUMBER] * 3


def test_two_ships_of_one_name_and_voyage_number_stay_apart() -> None:
    assert known_by([(NUMBER, NAME)], [(OTHER, NAME)]) == [NUMBER, OTHER]
    assert known_by([(NAME, NAME)], [(NUMBER, NAME)], [(OTHER, NAME)]) == [NAME, NAME, OTHER]


KEYS = st.sampled_from([(NUMBER, NAME), (NAME, NAME)])


@given(st.lists(KEYS, min_size=1, max_size=6), st.integers(0, 6))
def test_however_they_come_it_is_one_call(documents: list[tuple[str, str]], cut: int) -> None:
    assert len(set(known_by(documents[:cut], documents[cut:]))) == 1
