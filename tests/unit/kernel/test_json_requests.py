"""Messages in JSON: any text, the same bytes, bounded batches."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.kernel.json_requests import encode, filled, pack
from singlewindow.kernel.messages import Text, Unreadable

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
NOTICE = Text("通知", "notice")


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_arrives_as_it_was(text: str) -> None:
    assert msgspec.json.decode(encode({"name": text}, "terminal", NOTICE)) == {"name": text}


def test_the_same_values_are_the_same_bytes_in_any_order() -> None:
    assert encode({"b": "1", "a": "2"}, "terminal", NOTICE) == encode(
        {"a": "2", "b": "1"}, "terminal", NOTICE
    )


def test_empty_is_absent_in_lines_too() -> None:
    values = {"a": "1", "b": "", "c": None, "d": [], "e": [{"f": "", "g": "2"}]}
    assert filled(values) == {"a": "1", "e": [{"g": "2"}]}


def test_what_utf_8_cannot_carry_is_refused_in_both_languages() -> None:
    with pytest.raises(Unreadable) as refused:
        encode({"name": "\ud800"}, "terminal", NOTICE)
    (problem,) = refused.value.problems
    assert problem.code == "terminal.character"
    assert problem.text == Text(
        "通知内容含有无法以 UTF-8 写出的字符。", "The notice holds a character UTF-8 cannot carry."
    )


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_is_bounded(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 100"):
        pack([b"{}"] * count, "b", AT)


def test_a_batch_names_itself_safely() -> None:
    body = msgspec.json.decode(pack([b"{}"] * 100, 'b"{', AT))
    assert (body["batch"], len(body["messages"])) == ('b"{', 100)
