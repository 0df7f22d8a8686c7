"""A code is found as people type it, the best fit first, whatever the script and the width."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Text

ON = date(2026, 11, 21)


def code(number: str, zh: str, en: str, pinyin: str, until: date | None = None) -> Code:
    return Code(number, Text(zh, en), valid_to=until, pinyin=pinyin)


LIST = CodeList(
    "some",
    Text("某", "Some"),
    Text("某", "Some"),
    [
        code("GZ1", "港务", "Port affairs", "gang wu"),
        code("8001", "贵州", "Guizhou", "gui zhou"),
        code("8002", "广州港", "Port of Guangzhou", "guang zhou gang"),
        code("80", "重庆关区", "Chongqing (customs)", "chong qing guan qu"),
        code("9001", "新西兰", "New Zealand", "xin xi lan"),
        code("9002", "奥兰群岛", "Åland Islands", "ao lan qun dao"),
        code("9003", "科特迪瓦", "Côte d'Ivoire", "ke te di wa"),
        code("7001", "旧广州", "Guangzhou, old", "jiu guang zhou", date(2020, 12, 31)),
    ],
)


def found(typed: str, on: date = ON, most: int = 20) -> list[str]:
    return [each.code for each in LIST.suggest(typed, on, most)]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("80", ["80", "8001", "8002"]),  # the whole code before those that begin so
        ("gz", ["GZ1", "8001", "8002"]),  # the code before initials, in the list's order among equals
        ("gw", ["GZ1"]),
        ("zg", ["8002"]),  # initials from a later syllable on
        ("guang", ["8002"]),
        ("guangz", ["8002"]),
        ("gang", ["GZ1", "8002"]),  # from the start before a later syllable
        ("zhougang", ["8002"]),
        ("hou", []),  # no syllable begins so
        ("广州", ["8002"]),
        ("港", ["GZ1", "8002"]),
        ("重慶", ["80"]),
        ("舊廣州", []),  # has ended
        ("port", ["GZ1", "8002"]),
        ("of guang", ["8002"]),
        ("zealand", ["9001"]),
        ("new zea", ["9001"]),
        ("customs", ["80"]),
        ("åland", ["9002"]),
        ("aland", ["9002"]),
        ("cote divoire", ["9003"]),
        ("côte d'ivoire", ["9003"]),
        ("８００２", ["8002"]),
        ("8002\n", ["8002"]),
        ("(", []),
        ("", []),
        ("  \t ", []),
        ("\n", []),
    ],
)
def test_what_is_found_and_in_which_order(typed: str, codes: list[str]) -> None:
    assert found(typed) == codes


def test_an_ended_code_is_found_on_a_day_of_its_own() -> None:
    assert found("舊廣州", date(2020, 12, 31)) == ["7001"]


def test_as_many_as_asked_for() -> None:
    assert found("gz", most=1) == ["GZ1"]


@given(some.text(max_size=8), some.integers(0, 5))
def test_whatever_is_typed_is_answered_with_different_codes_in_force(typed: str, most: int) -> None:
    answer = found(typed, most=most)
    assert len(answer) <= most
    assert len(set(answer)) == len(answer)
    assert "7001" not in answer


@given(some.sampled_from(LIST.codes[:-1]), some.data())
def test_a_code_is_found_by_every_beginning_of_each_of_its_keys(one: Code, data: some.DataObject) -> None:
    syllables = one.pinyin.split()
    keys = (one.code, one.name.zh, one.name.en, "".join(syllables), "".join(each[0] for each in syllables))
    key = data.draw(some.sampled_from(keys))
    end = data.draw(some.integers(1, len(key)))
    assert one.code in found(key[:end]), key[:end]
