"""Characters of EDIFACT: separators, release characters, character sets and every bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel import edifact
from singlewindow.kernel.edifact import as_bytes, segment, segments
from singlewindow.kernel.messages import Unreadable

HEAD = b"UNB+UNOB:1+ME+YOU+261121:0930+1'"
GRAPHIC = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)


def elements(data: bytes) -> list[list[str]]:
    """Of the segment after UNB."""
    return segments(HEAD + data)[1][1].elements


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        segments(data)
    (problem,) = refused.value.problems
    assert problem.field
    assert problem.text.zh
    assert problem.text.en
    assert problem.remedy
    return problem.code


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        (b"FTX+A+B'", [["A"], ["B"]]),
        (b"FTX+A:B::C'", [["A", "B", "", "C"]]),
        (b"FTX++A'", [[""], ["A"]]),
        (b"FTX+WHY??'", [["WHY?"]]),
        (b"FTX+A?+B+C?:D?'E'", [["A+B"], ["C:D'E"]]),
        (b"FTX+A???'B??+C'", [["A?'B?"], ["C"]]),
        (b"FTX+A?B'", [["AB"]]),
        (b"FT\r\nX+A\r\nB'\r\n", [["AB"]]),
        (b"\r\n FTX+A '", [["A "]]),
    ],
)
def test_separators_and_release_characters(wire: bytes, read: list[list[str]]) -> None:
    assert elements(wire) == read


def test_una_states_other_service_characters() -> None:
    data = b"UNA|^.\\ ~\r\nUNB^UNOB|1^ME^YOU~FTX^A|B+\\^C'~"
    assert segments(data)[1][1].elements == [["A", "B+^C'"]]


def test_una_without_a_release_character_and_with_lines() -> None:
    assert segments(b"UNA:+.  \nUNB+UNOB:1+ME\nFTX+WHY?+B\n")[1][1].elements == [["WHY?"], ["B"]]


def test_separators_of_level_b_that_are_control_characters() -> None:
    data = b"UNA\x1f\x1d,  \x1cUNB\x1dUNOB\x1f1\x1dME\x1cFTX\x1dA\x1fB\x1d\x1c"
    assert segments(data)[1][1].elements == [["A", "B"], [""]]


def test_positions_count_from_one_and_absent_is_empty() -> None:
    read = segments(HEAD + b"EQD+CN+CQXU2045171+22G1:102:5'")[1][1]
    assert (read.tag, read.at(2), read.at(3, 2)) == ("EQD", "CQXU2045171", "102")
    assert (read.at(3, 9), read.at(9)) == ("", "")


@pytest.mark.parametrize(
    ("declared", "data", "text"),
    [
        ("UNOC", "MUNICËM".encode("latin-1"), "MUNICËM"),
        ("UNOC", "MUNICËM".encode(), "MUNICËM"),  # UTF-8 under a wrong name, as it is met
        ("UNOE", "Порт".encode("iso8859-5"), "Порт"),
        ("UNOY", "果园港".encode(), "果园港"),
        ("UNOW", "果园港".encode(), "果园港"),
        ("IATB", b"FLIGHT", "FLIGHT"),
    ],
)
def test_character_sets(declared: str, data: bytes, text: str) -> None:
    charset, read = segments(b"\xef\xbb\xbfUNB+%b:1+ME'FTX+%b'" % (declared.encode(), data))
    assert (charset, read[1].at(1)) == (declared, text)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "edifact.unb"),
        (b"UNB", "edifact.unb"),
        (b"UNB+UNOX:1'", "edifact.unb"),
        (b"UNH+1+CODECO:D:95B:UN'", "edifact.unb"),
        (b"<UNB/>", "edifact.unb"),
        (b"UNA:+", "edifact.una"),
        (b"UNA:+:? 'UNB+UNOA:1'", "edifact.una"),
        (b"UNA:+.A 'UNB+UNOA:1'", "edifact.una"),
        (b"UNB+UNOA:1+ME", "edifact.cut"),
        (HEAD + b"FTX+A?'", "edifact.cut"),
        (HEAD + b"FTX+A\0'", "edifact.control"),
        (HEAD + b"FTX+\xe6\x9e\x9c'", "edifact.charset"),
        (b"UNB+UNOY:1'FTX+\xff'", "edifact.charset"),
        (HEAD + b"FTX" + b"+A" * edifact.ELEMENTS_MOST + b"'", "edifact.bounds"),
        (HEAD + b"FTX+" + b":" * edifact.COMPONENTS_MOST + b"'", "edifact.bounds"),
        (HEAD + b"FTX+" + b"A" * edifact.SEGMENT_MOST + b"'", "edifact.bounds"),
        (HEAD + b"A'" * edifact.SEGMENTS_MOST, "edifact.segments"),
        (HEAD + b" " * edifact.BYTES_MOST, "edifact.too-large"),
    ],
)
def test_what_is_no_edifact_is_refused_in_both_languages(data: bytes, code: str) -> None:
    assert refusal(data) == code


@given(st.lists(st.lists(GRAPHIC, min_size=1, max_size=4), max_size=6))
def test_what_is_written_is_read_again(values: list[list[str]]) -> None:
    text = segment("UNB", "UNOY") + segment("FTX", *values)
    read = segments(as_bytes(text, "UNOY"))[1][1]
    for place, element in enumerate(values, 1):
        for component, value in enumerate(element, 1):
            assert read.at(place, component) == value


@given(st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for candidate in (data, b"UNA" + data, HEAD + data):
        try:
            found = segments(candidate)[1]
        except Unreadable:
            continue
        assert found[0].tag == "UNB"


def test_empty_ends_are_left_away_and_inner_ones_kept() -> None:
    assert segment("TDT", "1", "", "3", ("31", "", ""), "") == "TDT+1++3+31'"
    assert segment("RFF", ("BM", "A+B:C?'")) == "RFF+BM:A?+B?:C???''"
    assert segment("FTX", "?", ":") == "FTX+??+?:'"


@pytest.mark.parametrize(
    ("charset", "text"), [("UNOA", "a"), ("UNOB", "港"), ("UNOC", "港"), ("UNOY", "A\nB"), ("UNOA", "A\0")]
)
def test_a_charset_never_carries_what_it_lacks(charset: str, text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        as_bytes(segment("FTX", text), charset)
    assert refused.value.problems[0].code in ("edifact.charset", "edifact.control")


@pytest.mark.parametrize("one", [":" * 50, "FTX+" + ":" * 50, "FTX" + "+" * 100, "FTX+" + "A" * 4_000])
def test_a_segment_is_refused_just_beyond_a_bound(one: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        segments(f"UNB+UNOY:3+A+B'{one}'".encode())
    assert [problem.code for problem in refusal.value.problems] == ["edifact.bounds"]
    within = one[:-1] if one.endswith(("+", ":")) else one[:4_000]
    assert len(segments(f"UNB+UNOY:3+A+B'{within}'".encode())[1]) == 2
