"""Who is told of what, in which words: the shipped book, and books that are wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from singlewindow.hub.notice import rules
from singlewindow.hub.notice.rules import LONGEST, book, filled, read

SQL = rules.SOURCE.with_name("sql") / "0002_told.sql"
CHINESE = re.compile("[\u4e00-\u9fff]")
RAW = """
topics:
  - id: t
    verb: {verb}
    roles: [{role}]
    kind: {kind}
    title: {{zh: "{zh}", en: "x"}}
    detail: {{zh: "x", en: "x"}}
"""


def raw(**changes: str) -> str:
    return RAW.format(**({"verb": "a.b", "role": "declarant", "kind": "ok", "zh": "{name}"} | changes))


def test_every_topic_speaks_both_languages() -> None:
    topics = [topic for several in book().topics.values() for topic in several]
    assert len({topic.id for topic in topics}) == len(topics)
    for topic in topics:
        spoken = "{text}" in topic.title.zh  # a duty brings its own words
        assert spoken or CHINESE.search(topic.title.zh), topic.id
        assert spoken or re.search("[a-z]", re.sub(r"\{\w+\}", "", topic.title.en)), topic.id


def test_the_small_index_holds_every_verb_that_is_told() -> None:
    text = SQL.read_text("utf-8")
    assert all(f"'{verb}'" in text for verb in book().verbs)


@pytest.mark.parametrize(
    "changes",
    [{"role": "stranger"}, {"kind": "pink"}, {"zh": "{goods}"}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_book_that_is_wrong_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="t: no "):
        read(raw(**changes))


@pytest.mark.parametrize(
    ("verb", "content", "role", "topic"),
    [
        ("receipt.received", {"outcome": "returned"}, "declarant", "receipt_returned"),
        ("receipt.received", {"outcome": "released"}, "declarant", None),
        ("receipt.received", {"outcome": "returned"}, "forwarder", None),
        ("receipt.received", {"outcome": "returned"}, "terminal", None),
        ("inspection.consolidated", {"conclusion": "abnormal"}, "terminal", "inspection_abnormal"),
        ("inspection.consolidated", {"conclusion": "normal"}, "terminal", "inspection_normal"),
        ("message.buried", {}, "declarant", "message_buried"),
        ("message.buried", {}, "platform", "message_buried_operations"),
        ("message.buried", {}, "agency", None),
        ("duty.opened", {"duty": "pay_tax"}, "importer", "duty_opened"),
        ("duty.opened", {"duty": "correct"}, "importer", None),
        ("submission.accepted", {}, "declarant", None),
        ("person.admitted", {"change": "another"}, "party", "administrator_added"),
        ("person.admitted", {}, "party", None),
        ("party.merged", {}, "agency", None),
    ],
)
def test_the_first_fitting_topic_is_told(
    verb: str, content: dict[str, Any], role: str, topic: str | None
) -> None:
    found = book().topic(verb, content, role)
    assert (found and found.id) == topic


def test_what_is_empty_goes_with_the_mark_before_it() -> None:
    assert (
        filled("{place}，{agencies}，查验单 {number}", {"agencies": "海关", "number": "1"})
        == "海关，查验单 1"
    )
    assert filled("{place}, {agencies}, {reason}", {"place": "B"}) == "B"
    assert filled("送{agency}的单证未能送达：{name}", {"agency": "海关"}) == "送海关的单证未能送达"


def test_words_are_not_read_as_sentences() -> None:
    assert filled("{name}", {"name": "{number}", "number": "7"}) == "{number}"


@given(st.text(max_size=1000))
def test_a_sentence_is_bounded_whatever_an_agency_writes(reason: str) -> None:
    assert len(filled("{reason}", {"reason": reason})) <= LONGEST
