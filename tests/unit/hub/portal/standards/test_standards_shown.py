"""What the standards' pages show: elements by any word that they say, codes with what they are on a day."""

from __future__ import annotations

from datetime import date

import pytest

from singlewindow.hub.portal.standards import codes, dictionary
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Text
from singlewindow.server.composition import registry

ON = date(2026, 11, 21)
SOURCE = Text("某文件", "Some paper")
LISTING = CodeList(
    "some",
    Text("某表", "Some list"),
    SOURCE,
    [
        Code("1", Text("现行", "Current"), pinyin="xian xing", source="Some paper"),
        Code("2", Text("停用", "Ended"), date(2020, 1, 1), date(2026, 11, 20), "ting yong", "1", "platform"),
        Code("3", Text("将来", "Coming"), date(2026, 11, 22), source="Other", extra={"locode": "CNX"}),
    ],
)


def found(query: str, of_list: str = "") -> set[str]:
    return {each.element.code for each in dictionary.entries(registry(), query, of_list)}


@pytest.mark.parametrize(
    "query", ["gross_mass", "GROSS MASS", "毛重", "mass gross", "GrossWet", "ｇｒｏｓｓ_mass"]
)
def test_an_element_is_found_by_any_words_that_it_says(query: str) -> None:
    assert "gross_mass" in found(query)


def test_every_word_must_be_said() -> None:
    assert found("gross_mass no-such-word") == set()
    assert found("") == set(registry().elements)


def test_the_elements_of_a_list_are_those_that_take_its_codes() -> None:
    assert found("", "countries") == {
        each.code for each in registry().elements.values() if each.codes == "countries"
    }
    assert found("", "no_such_list") == set()


def test_an_entry_names_its_list_numbers_agencies_and_documents() -> None:
    (entry,) = (one for one in dictionary.entries(registry(), "trade_country") if one.form == "an3")
    assert entry.codes is registry().listings["countries"]
    assert (dictionary.CALLED["dec"], "TradeAreaCode") in entry.references
    assert registry().current("goods_declaration").name in entry.documents
    assert [agency.id for agency in entry.agencies] == ["customs", "quarantine"]


def test_an_entry_says_once_why_directories_have_no_number() -> None:
    known = {entry.element.code: entry for entry in dictionary.entries(registry(), "")}
    ours, unit, brand = (known[code] for code in ("levy_nature", "first_unit", "brand"))
    assert [(called.en, reason.en) for called, reason in ours.unnumbered] == [
        ("WCO data model, UNTDED", "of China's own declaration and supervision alone")
    ]
    assert [called.zh for called, _ in unit.unnumbered] == ["WCO 数据模型"]
    assert (dictionary.CALLED["untded"], "6411") in unit.references
    assert [called.en for called, _ in brand.unnumbered] == ["UNTDED"], "the WCO's is not found yet"


@pytest.mark.parametrize(
    ("element", "users"),
    [
        # in its own document
        ("vin", ["customs"]),
        # some fill a ship's name from it
        ("conveyance_name", ["border", "customs", "maritime", "quarantine", "terminal"]),
        # in what the platform itself tells
        ("notice_sequence", ["quarantine", "terminal"]),
        # counted for the form alone
        ("container_count", []),
    ],
)
def test_an_element_is_used_by_those_whose_documents_have_it_or_are_filled_from_it(
    element: str, users: list[str]
) -> None:
    (entry,) = (one for one in dictionary.entries(registry(), element) if one.element.code == element)
    assert [agency.id for agency in entry.agencies] == users


def test_codes_in_force_are_shown_and_on_request_every_period() -> None:
    assert [code.code for code in codes.codes(LISTING, ON, "", every=False)] == ["1"]
    assert [code.code for code in codes.codes(LISTING, ON, "", every=True)] == ["1", "2", "3"]
    assert [code.code for code in codes.codes(LISTING, ON, "xx", every=False)] == ["1"]
    assert codes.codes(LISTING, ON, "停用", every=False) == []
    assert [code.code for code in codes.codes(LISTING, ON, "停用", every=True)] == ["2"]


def test_a_line_says_what_a_code_is_and_where_it_is_from() -> None:
    current, ended, coming = codes.lines(LISTING, list(LISTING.codes), ON)
    assert (current.word, current.begins, current.source) == (None, None, None)
    assert (ended.kind, ended.word) == codes.STANDINGS["ended"]
    assert ended.source == Text("平台自编", "numbered by the platform")
    assert (coming.kind, coming.word) == codes.STANDINGS["future"]
    assert (coming.begins, coming.extra) == (date(2026, 11, 22), (("locode", "CNX"),))


def test_the_source_of_a_code_is_told_in_the_language_of_the_page() -> None:
    assert Code("1", Text("甲", "One"), source="GB/T 1").source_said == Text("GB/T 1", "GB/T 1")
    both = Code("1", Text("甲", "One"), source="公告 · Announcement").source_said
    assert both == Text("公告", "Announcement")


def test_on_its_last_and_first_day_a_code_is_in_force() -> None:
    assert codes.lines(LISTING, [LISTING.codes[1]], date(2026, 11, 20))[0].word is None
    assert codes.lines(LISTING, [LISTING.codes[2]], date(2026, 11, 22))[0].word is None
