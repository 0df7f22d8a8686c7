"""Every state is asked for once, counts add up, and a line says the same as the number it is filtered by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.documents.stretches import midnight
from singlewindow.hub.identity.asking import patterns
from singlewindow.hub.portal import standing
from singlewindow.hub.portal.listing import FILTERS, chosen, counts, lines, wanted
from singlewindow.hub.portal.states import states
from singlewindow.hub.portal.walking import Counted, Place

NEWEST = datetime(2025, 11, 18, 8, tzinfo=UTC)
RELEASED, RETURNED, REFUSED = 40, 60, 70  # as document.state keeps them


def row(number: int, phase: str, state: int = 0) -> dict[str, Any]:
    document = {"partner": "customs", "kind": "k", "phase": phase, "code": "", "delivery": None}
    return {
        "submission_id": UUID(int=1000 - number),
        "kind": "goods_declaration",
        "title": f"CQX{number}",
        "version": 1,
        "created_at": NEWEST - timedelta(minutes=number),
        "state": state,
        "name_zh": "乙",
        "name_en": "Yi",
        "documents": [document],
        "keys": [["bill", f"CQX{number}"], ["unheard_of", "1"]],
    }


def numbered(state: int, bar: int = 0, way: int = 0, mended: int = 0) -> int:
    """As the data base puts it together."""
    return (((state + 128) * 5 + bar) * 3 + way) * 2 + mended


def test_every_state_is_counted_once() -> None:
    filtered = [state for _, _, _, several in FILTERS for state in several]
    assert sorted(filtered) == sorted(states().keys() - {"mended"}), "what was declared again asks nothing"


def test_what_was_sent_back_and_declared_again_is_nobodys_to_act_on() -> None:
    returned = row(1, "returned", RETURNED)
    assert lines([returned], NEWEST)[0].state.id == "returned"
    assert lines([returned | {"mended": True}], NEWEST)[0].state.id == "mended"
    assert lines([row(1, "released", RELEASED) | {"mended": True}], NEWEST)[0].state.id == "released"


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (numbered(RELEASED), "released"),
        (numbered(RELEASED, bar=3), "hold"),
        (numbered(RELEASED, bar=1), "inspect"),
        (numbered(RELEASED, bar=2), "joint"),
        (numbered(RELEASED, bar=4), "denied"),
        (numbered(REFUSED, bar=4), "refused"),
        (numbered(RETURNED, bar=4, mended=1), "mended"),
        (numbered(RELEASED, way=1), "retrying"),
        (numbered(RELEASED, bar=3, way=2), "undelivered"),
        (numbered(RETURNED), "returned"),
        (numbered(RETURNED, mended=1), "mended"),
        (numbered(RELEASED, mended=1), "released"),
        (numbered(0), "waiting"),
        (numbered(0, way=2), "undelivered"),
    ],
)
def test_a_number_means_what_a_line_says(number: int, state: str) -> None:
    assert standing.of(number).id == state
    assert standing.every()[number].id == state


def test_a_filter_asks_for_numbers_and_every_number_answers_one_at_most() -> None:
    asked = {each: set(standing.numbers(several)) for each, _, _, several in FILTERS if several}
    assert not any(asked[one] & asked[other] for one in asked for other in asked if one < other)
    assert set().union(*asked.values()) < set(standing.numbers(())) == set(standing.every())


def test_counts_add_up_and_know_nothing_of_strange_numbers() -> None:
    numbers = {numbered(RELEASED): 5, numbered(RETURNED): 2, numbered(RETURNED, mended=1): 1, -1: 1}
    found = {each.id: each for each in counts(Counted(numbers, 9, NEWEST, cut=False), "act")}
    assert {each: count.number for each, count in found.items()} == {
        "all": 9, "act": 2, "inspect": 0, "hold": 0, "open": 0, "done": 5,
    }  # fmt: skip
    assert [each for each, count in found.items() if count.current] == ["act"]


def test_an_unknown_filter_is_no_filter() -> None:
    assert chosen("'; --") == "all"
    assert wanted(chosen("hold")) == ("hold",)


def test_a_title_is_not_repeated_among_the_keys() -> None:
    (line,) = lines([row(0, "released")], NEWEST)
    assert line.title.zh == "提运单 CQX0"
    assert line.keys == ()
    assert line.due is None


def test_a_line_says_how_much_is_left_of_its_nearest_deadline() -> None:
    (line,) = lines([row(0, "returned", RETURNED) | {"due": NEWEST + timedelta(hours=5)}], NEWEST)
    assert line.due
    assert line.due.left.en == "5 h left"
    assert line.due.pressing
    assert not line.due.late


@pytest.mark.usefixtures("pages")
def test_a_list_shows_what_is_late_as_the_worklist_does() -> None:
    for hours, shape in ((5, "note late"), (-5, "st deny")):
        found = lines([row(0, "returned", RETURNED) | {"due": NEWEST + timedelta(hours=hours)}], NEWEST)
        page = render_to_string("portal/rows.html", {"lines": found, "show_due": True})
        assert f'<span class="{shape}' in page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~",
        "2025-11-18T08:00:00+00:00~x",
        "2025-11-18T08:00:00~" + str(UUID(int=1)),
        "x" * 500,
        "0001-01-01T00:00:00+08:00~" + str(UUID(int=1)),
        "9999-12-31T23:00:00-08:00~" + str(UUID(int=1)),
    ],
)
def test_an_unreadable_place_means_the_beginning(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_survives_its_address() -> None:
    place = Place(NEWEST, UUID(int=7))
    assert Place.read(str(place)) == place


def test_a_word_stands_for_itself_alone() -> None:
    assert patterns("50%_\\  a") == ["%50\\%\\_\\\\%", "%a%"]
    assert patterns(" \x00 ") == []
    assert len(patterns("a " * 60)) == 6


def test_days_are_the_platforms_own() -> None:
    assert midnight(None) is None
    assert midnight(date(2025, 11, 18), 1) == datetime(2025, 11, 18, 16, tzinfo=UTC)
