"""Containers that an agency's sentence names, what it wants done with each, and what it leaves in doubt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel.codes.named_containers import Named
from singlewindow.kernel.codes.named_containers import read as read_as

FIRST, SECOND = "CQXU2045171", "CQXU3188623"
WIDE = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
BETWEEN = ["", " ", "-", "\u3000", "\xa0", "\u2011", "\uff0d", "\u200b", "\n", " - "]


def read(text: str, *, freeing: bool = True) -> Named:
    return read_as(text, freeing=freeing)


@st.composite
def written(draw: st.DrawFn, number: str) -> str:
    """The number as somebody may write it: in either case and width, with blanks or hyphens anywhere."""
    characters = []
    for character in number:
        cased = draw(st.sampled_from([character, character.lower()]))
        characters.append(draw(st.sampled_from([cased, cased.translate(WIDE)])))
        characters.append(draw(st.sampled_from(BETWEEN)))
    return "".join(characters[:-1])


@given(written(FIRST), written(SECOND), st.sampled_from(["", " ", "\n", "箱 "]))
def test_however_a_number_is_written_the_same_container_is_named(one: str, other: str, before: str) -> None:
    said = read(f"放行{before}{one}：核对（件数）、核对铅封，{other} 2 件")
    assert said.containers == {FIRST: ("核对（件数）", "核对铅封"), SECOND: ()}
    assert not said.unread


def test_a_sentence_may_name_containers_with_their_items() -> None:
    text = f"开箱抽查 {FIRST}：核对件数、核对铅封；{SECOND}"
    assert read(text).containers == {FIRST: ("核对件数", "核对铅封"), SECOND: ()}


@pytest.mark.parametrize("between", ["，", "、", "；", ";", " ", "\n", "\r\n", ""])
def test_the_items_of_one_end_before_the_next(between: str) -> None:
    text = f"查验 {FIRST}：核对件数{between}{SECOND}：开箱\n其余事项另行通知"
    assert read(text).containers == {FIRST: ("核对件数",), SECOND: ("开箱",)}


def test_what_is_wanted_of_one_that_is_named_twice_is_joined() -> None:
    text = f"查验 {FIRST}：核对件数、核对铅封；另 {FIRST} 请备叉车；{FIRST} : 核对铅封、称重"
    assert read(text).containers == {FIRST: ("核对件数", "核对铅封", "称重")}


def test_a_number_that_is_wrong_is_named_all_the_same_and_not_taken_for_none() -> None:
    for wrong in ("CQXU2045172", "CQXU٢٠٤٥١٧١"):
        assert read(f"放行 {wrong}：核对件数").containers == {wrong: ("核对件数",)}


def test_numbers_of_a_list_are_no_digits_of_its_containers() -> None:
    assert list(read(f"①{FIRST}②{SECOND}③核对铅封").containers) == [FIRST, SECOND]
    assert list(read(f"1.{FIRST} 2.{SECOND}").containers) == [FIRST, SECOND]
    assert list(read(f"22G1{FIRST}{SECOND}").containers) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("CQXU204517", "CQXU204517"),
        ("CQX U 204517", "CQXU204517"),
        ("CQXU20451711", "CQXU20451711"),
        ("cqxu2o4517i", "CQXU2O4517I"),
        ("CQXU_204517_1", "CQXU_204517_1"),
        ("CQXU（2045171）", "CQXU(2045171"),
        ("CQXA2045171", "CQXA2045171"),
        ("CQ0U2045171", "CQ0U2045171"),
        ("СQXU 204517-1", "СQXU2045171"),  # the first letter is Cyrillic
        ("NOCQXU2045171", "NOCQXU2045171"),
    ],
)
def test_what_is_like_a_number_and_cannot_be_read_is_told(text: str, unread: str) -> None:
    said = read(f"放行 {text}，{SECOND} 件数 12")
    assert (list(said.containers), said.unread) == ([SECOND], (unread,))


@pytest.mark.parametrize("text", [f"{FIRST}、3188623", f"{FIRST}/3188623", f"{FIRST} 至 2045186"])
def test_a_number_that_leaves_its_owner_out_is_told(text: str) -> None:
    said = read(f"放行 {text}")
    assert (list(said.containers), said.unread) == ([FIRST], (text[-7:],))


@pytest.mark.parametrize(
    "text",
    [
        "海关已放行",
        "无布控，免于查验，放行",
        "报关单 801020251001284067、税款 CNY 1294600 已缴",
        "提单 COSU6123456789、MEDUCQ123456、OOLU2612345670 放行",
        "提单 MSK12345678、SITGSHCQ1234567、HLCUSHA24112345 放行",
        "IMO 9999993 / 2511E 放行",
        "解除查验，经除害处理合格，外观完好，予以放行",
        "排除风险，no exceptions, not required: released",
    ],
)
def test_other_numbers_and_words_are_neither(text: str) -> None:
    said = read(text)
    assert (said.containers, said.unread, said.excepting) == ({}, (), "")


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (f"除 {FIRST} 外放行", f"除 {FIRST} 外放行"),
        (f"手续齐全；除{FIRST}已解除查验外，余箱放行。", f"除{FIRST}已解除查验外,余箱放行"),
        (f"整票放行（{FIRST} 除外）", "除外)"),
        (f"{FIRST} 以外的放行", "以外的放行"),
        (f"{FIRST} 待查，其余各箱予以放行", "其余各箱予以放行"),
        (f"{FIRST} 暂不予放行", "不予放行"),
        (f"released except {FIRST}", f"EXCEPT {FIRST}"),
        (f"{FIRST} is not to be released", "NOT TO BE RELEASED"),
    ],
)
def test_words_that_turn_what_is_named_round_are_told(text: str, phrase: str) -> None:
    assert read(text).excepting == phrase


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        (f"除 {FIRST} 外均开箱", f"除 {FIRST} 外均开箱"),
        (f"{FIRST} 免验，其余各箱查验", "其余各箱查验"),
        (f"查验 {FIRST}，其余放行", ""),
        (f"挂起 {FIRST}，查清前不予放行", ""),
        (f"hold {FIRST}, not to be released", ""),
    ],
)
def test_where_it_bars_not_to_release_is_no_exception(text: str, phrase: str) -> None:
    assert read(text, freeing=False).excepting == phrase


def test_what_is_repeated_as_often_as_an_answer_may_hold_is_read_at_once() -> None:
    for piece in ("C", "C ", "CQXU", "CQXU 2 ", "除", "外除", "CQXU2045171 ", "not "):
        text = piece * (200_000 // len(piece))
        assert len(read(text).containers) <= 1, (
            "no answer is as long; what takes more than a look takes hours"
        )
