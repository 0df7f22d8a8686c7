"""Codes are looked up at a date and found while somebody types."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from singlewindow.hub.standards.codelists import (
    MOST_SUGGESTIONS,
    Code,
    CodeList,
    Standing,
    list_names,
    load,
)
from singlewindow.kernel.messages import Text

LISTS = load()
DAY = date(2025, 11, 17)
LAST_NUMERIC = date(2018, 7, 31)


def codes(list_id: str, typed: str, on: date = DAY, most: int = 20) -> list[str]:
    return [code.code for code in LISTS[list_id].suggest(typed, on, most)]


def test_every_list_is_complete_in_both_languages() -> None:
    assert list_names().keys() == LISTS.keys()
    for listing in LISTS.values():
        assert listing.name.zh
        assert listing.name.en
        assert listing.source.zh
        assert listing.source.en
        assert listing.active(DAY)
        for code in listing.codes:
            assert code.name.zh, (listing.id, code.code)
            assert code.name.en, (listing.id, code.code)
            assert code.source, (listing.id, code.code)
            characters = [letter for letter in code.name.zh if "\u4e00" <= letter <= "\u9fff"]
            assert len(code.pinyin.split()) == len(characters), (listing.id, code.code)


def test_successors_exist_and_are_in_force() -> None:
    for listing in LISTS.values():
        for code in listing.codes:
            if code.successor:
                assert code.valid_to is not None, (listing.id, code.code)
                assert code.successor in listing.active(DAY), (listing.id, code.code)


def test_no_two_periods_of_a_code_overlap() -> None:
    for listing in LISTS.values():
        periods = sorted((code.code, code.valid_from, code.valid_to or date.max) for code in listing.codes)
        for before, after in pairwise(periods):
            assert before[0] != after[0] or before[2] < after[1], (listing.id, before)


def test_numeric_countries_ended_on_the_day_letters_began() -> None:
    countries = LISTS["countries"]
    assert countries.find("304", LAST_NUMERIC)[0] is Standing.CURRENT
    assert countries.find("DEU", LAST_NUMERIC)[0] is Standing.FUTURE
    standing, period = countries.find("304", DAY)
    assert standing is Standing.ENDED
    assert period is not None
    assert period.successor == "DEU"
    assert countries.ended("304", DAY) == (LAST_NUMERIC, "DEU")
    assert countries.ended("DEU", DAY) is None
    assert countries.find("XYZ", DAY) == (Standing.UNKNOWN, None)
    assert "NOR" in countries.active(DAY)  # never the YAML word no
    assert "304" not in countries.active(DAY)


def test_a_code_may_come_again() -> None:
    name = Text("甲", "A")
    listing = CodeList(
        "some",
        Text("某", "Some"),
        Text("某", "Some"),
        [
            Code("1", name, date(2000, 1, 1), date(2009, 12, 31)),
            Code("1", Text("乙", "B"), date(2020, 1, 1)),
        ],
    )
    assert [listing.find("1", date(year, 6, 1))[0] for year in (1999, 2005, 2015, 2021)] == [
        Standing.FUTURE,
        Standing.CURRENT,
        Standing.ENDED,
        Standing.CURRENT,
    ]
    assert listing.text("1", date(2021, 1, 1)).en == "B"
    assert listing.text("2", DAY) == Text("2", "2")


@pytest.mark.parametrize(
    ("list_id", "typed", "first"),
    [
        ("ports", "ys", "CHN331"),
        ("ports", "YangShan", "CHN331"),
        ("ports", "yang sh", "CHN331"),
        ("ports", "洋山", "CHN331"),
        ("ports", "deu0", "DEU033"),
        ("ports", "hamb", "DEU033"),
        ("entry_ports", "gyg", "500002"),
        ("countries", "dg", "DEU"),
        ("countries", "xianggang", "HKG"),
        ("customs_offices", "cuntan", "8010"),
        ("units", "035", "035"),
        ("units", "qk", "035"),
        ("administrative_divisions", "yubei", "500112"),
        ("administrative_divisions", "chang sha", "430100"),  # 长沙 is chang here, not zhang
        ("supervision_modes", "ybmy", "0110"),
    ],
)
def test_suggestions(list_id: str, typed: str, first: str) -> None:
    assert codes(list_id, typed)[0] == first


def test_ended_codes_are_not_suggested() -> None:
    assert "304" not in codes("countries", "304")
    assert codes("countries", "304", LAST_NUMERIC) == ["304"]


def test_suggestions_are_bounded() -> None:
    assert codes("countries", "") == []
    assert codes("countries", "   ") == []
    assert len(codes("countries", "a", most=3)) == 3
    assert len(codes("countries", "a", most=10_000)) <= MOST_SUGGESTIONS
    assert codes("countries", "a" * 100_000) == []
