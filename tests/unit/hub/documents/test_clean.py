"""The quick way through a level finds exactly what the long way finds."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from unittest import mock

from hypothesis import given, seed, settings

from singlewindow.hub.documents import checking
from singlewindow.hub.documents.clean import SHAPES_MOST, Clean
from singlewindow.hub.documents.definition import Section
from singlewindow.hub.documents.forms import form_of
from singlewindow.hub.standards.representation import parse_representation
from unit.hub.documents.documents_at_random import documents, mutated
from unit.hub.documents.parcel import CHECK, DEFINITION, GOOD, LISTS, ON, mended
from unit.hub.documents.test_laws import shapeless

SEED = 20261122


def _long_way() -> checking.Check:
    nothing = mock.Mock(return_value=None, lines=mock.Mock(return_value=None))
    with mock.patch.object(checking, "Clean", mock.Mock(return_value=nothing)):
        return checking.compile_check(DEFINITION, LISTS)


LONG_WAY = _long_way()


@seed(SEED)
@settings(max_examples=400, deadline=None)
@given(documents(DEFINITION, LISTS, ON) | mutated(DEFINITION, LISTS, ON) | shapeless())
def test_both_ways_find_the_same(raw: dict[str, Any]) -> None:
    quick, long = CHECK(raw, ON), LONG_WAY(raw, ON)
    assert quick == long
    assert list(quick.document.values) == list(long.document.values)


def clean() -> Clean:
    return Clean(list(DEFINITION.head()), list(DEFINITION.groups()), LISTS)


def test_what_is_clean_comes_in_the_definitions_order_without_its_groups() -> None:
    found = clean()(dict(reversed(GOOD.items())), ON)
    assert found is not None
    assert list(found.items()) == [("number", "P-1"), ("mass", "1.5"), ("country", "CHN")]


def test_what_was_given_is_left_as_it_was() -> None:
    given = mended()
    found = clean()(given, ON)
    assert found is not None
    found["number"] = "other"
    assert given == GOOD


def section_of_items() -> tuple[Section, Clean]:
    section = next(section for section in DEFINITION.groups() if section.id == "items")
    return section, Clean(section.fields, section.sections, LISTS)


def test_clean_lines_are_taken_as_they_were_given() -> None:
    section, items = section_of_items()
    given = [{"item": "a"}, {"item": "b", "price": "2"}]
    found = items.lines(given, section, ON)
    assert found == given
    assert found is not given


def test_lines_that_are_unclean_too_many_or_hold_lines_are_for_the_long_way() -> None:
    section, items = section_of_items()
    line = {"item": "a"}
    for lines in (None, "", "a", line, [line, None], [line, {"price": "2.0"}], [line] * (section.most + 1)):
        assert items.lines(lines, section, ON) is None
    assert items.lines([line | {"licences": [{"licence": "L1"}]}], section, ON) is None


def test_a_check_leaves_what_was_given_as_it_was() -> None:
    given = mended()
    CHECK(given, ON)
    assert given == GOOD


def test_an_absent_unknown_or_unclean_value_is_for_the_long_way() -> None:
    level = clean()
    for raw in (mended(mass=None), mended(stray="1"), mended(mass="1.50"), mended(mass=1), {"number": "P-1"}):
        assert level(raw, ON) is None


def test_codes_are_those_of_the_day() -> None:
    level, yugoslav = clean(), mended(country="YUG")
    assert level(yugoslav, ON) is None
    assert level(yugoslav, date(2001, 1, 1)) is not None
    assert level(yugoslav, ON) is None


class Interrupted(Clean):
    """Another thread checks a document of another day as soon as this one has written anything."""

    other: date | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        other, Interrupted.other = Interrupted.other, None
        if other is not None:
            self(mended(country="YUG"), other)


def test_codes_are_those_of_the_day_though_threads_turn_to_two_days_at_once() -> None:
    long_ago, yugoslav = date(2001, 1, 1), mended(country="YUG")
    for first, second in ((ON, long_ago), (long_ago, ON)):
        level = Interrupted(list(DEFINITION.head()), list(DEFINITION.groups()), LISTS)
        Interrupted.other = second
        level(yugoslav, first)
        assert Interrupted.other is None
        for day in (first, second, first):
            assert (level(yugoslav, day) is None) is (day == ON)


def test_no_more_shapes_are_remembered_than_the_bound() -> None:
    level = clean()
    for n in range(SHAPES_MOST + 10):
        assert level(mended(**{f"stray{n}": "1"}), ON) is None
    assert len(level._day.shapes) == SHAPES_MOST
    assert level(GOOD, ON) is not None


def test_every_day_but_a_leap_day_is_recognised_and_no_other_text() -> None:
    match = re.compile(form_of(parse_representation("date")).pattern).fullmatch
    day = date(2023, 12, 30)
    for _ in range(800):
        day += timedelta(1)
        assert bool(match(day.isoformat())) is ((day.month, day.day) != (2, 29))
    for text in (
        "2023-02-29",
        "2023-04-31",
        "2023-13-01",
        "2023-00-10",
        "0000-01-01",
        "2023-01-00",
        "2023-1-1",
    ):
        assert match(text) is None


def test_only_times_that_exist_are_recognised() -> None:
    form = form_of(parse_representation("time"))
    match = re.compile(form.pattern).fullmatch
    for text in ("2025-11-17T06:00:00+08:00", "2025-11-17T06:00Z", "2025-11-17T23:59"):
        assert match(text)
        assert form.settle(text) == text
    for text in ("2025-11-17T24:00", "2025-11-17T06:60", "2025-02-30T06:00", "2025-11-17T06:00+24:00"):
        assert match(text) is None
        assert form.settle(text) is None
