"""Characters nobody sees: what the list names, and that every taker of texts goes by it."""

from __future__ import annotations

import json
import re
import sys
import unicodedata

import msgspec
import pytest
from pydantic import TypeAdapter, ValidationError

from singlewindow.hub.coordination.asked import _must_be_seen
from singlewindow.hub.coordination.declined import Declined
from singlewindow.hub.documents.faults import wrong_form
from singlewindow.hub.documents.forms import form_of
from singlewindow.hub.exchange.services import LONGEST_REASON, unfit
from singlewindow.hub.identity.shapes import Line, Sentence
from singlewindow.hub.standards.representation import parse_representation
from singlewindow.kernel.messages import Text
from singlewindow.kernel.unseen import ALL, HALVES, IN_WRITING, unseen
from singlewindow.server.harmless import harmless

NAMED = [chr(code) for first, last in ALL for code in {first, last}]
WHOLE = [one for one in NAMED if not 0xD800 <= ord(one) <= 0xDFFF]
EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))
SEEN = "箱Aé ✓·（\u200d\U00020000"


@pytest.mark.parametrize("but", ["", "\n", "\t\n\r"])
@pytest.mark.parametrize("halves", [True, False])
def test_the_class_holds_all_but_what_is_let_through(but: str, halves: bool) -> None:
    found = set(re.findall(f"[{unseen(but, halves=halves)}]", EVERYTHING))
    spans = [span for span in ALL if halves or span not in HALVES]
    assert found == {chr(code) for first, last in spans for code in range(first, last + 1)} - set(but)


def test_no_control_separator_or_mark_of_direction_is_left_out() -> None:
    wanted = {"Cc", "Cs", "Zl", "Zp"}
    turning = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
    named = set(re.findall(f"[{unseen()}]", EVERYTHING))
    turns = {
        one
        for one in EVERYTHING
        if unicodedata.category(one) in wanted or unicodedata.bidirectional(one) in turning
    }
    assert len(turns) > 2_000
    assert turns <= named


def test_no_character_whose_name_says_that_it_is_not_seen_is_left_out() -> None:
    said = "ZERO WIDTH|INVISIBLE|^SOFT HYPHEN|GRAPHEME JOINER|VARIATION SELECTOR|HANGUL .*FILLER|INHERENT"
    hidden = re.compile(f"{said}|VOWEL SEPARATOR|^BRAILLE PATTERN BLANK|^INTERLINEAR|^SHORTHAND FORMAT|^TAG ")
    named, all_ = (set(re.findall(f"[{unseen(in_writing=more)}]", EVERYTHING)) for more in (False, True))
    unread = {one for one in EVERYTHING if hidden.search(unicodedata.name(one, ""))}
    assert len(unread) > 350
    assert unread <= all_
    assert all_ - named == {chr(code) for first, last in IN_WRITING for code in range(first, last + 1)}


@pytest.mark.parametrize("name", ["\u8fbb\U000e0100", "ᠮᠣᠩᠭᠣᠯ\u180e\u180b", "☎\ufe0f", "क्\u200dष"])
def test_what_belongs_to_writing_stays(name: str) -> None:
    assert form_of(parse_representation("text..30")).settle(name) == name
    assert TypeAdapter(Line).validate_python(name) == name
    assert unfit(name) == ()


@pytest.mark.parametrize("one", ["\u00ad", "\u2800", "\u202e"])
def test_a_problem_names_what_is_not_seen(one: str) -> None:
    """Whoever pasted it sees a value like any other."""
    value = f"2511{one}E"
    expected = Text("1–32 个字符", "1–32 characters")
    found = wrong_form("voyage_number", Text("航次号", "Voyage number"), value, expected)
    assert found.remedy is not None
    assert f"U+{ord(one):04X}" in found.remedy.zh
    assert f"U+{ord(one):04X}" in found.remedy.en
    assert one not in found.text.zh + found.text.en + found.value


def test_what_people_see_passes_everywhere() -> None:
    assert harmless(SEEN) == SEEN
    assert TypeAdapter(Line).validate_python(SEEN) == SEEN
    assert form_of(parse_representation("text..30")).settle(SEEN) == SEEN
    _must_be_seen(msgspec.json.encode({"reason": [SEEN]}))
    assert unfit(SEEN) == ()


@pytest.mark.parametrize("one", NAMED, ids=lambda one: f"U+{ord(one):04X}")
def test_what_nobody_sees_is_refused_in_documents_and_spelled_out_in_logs(one: str) -> None:
    assert form_of(parse_representation("text..30")).settle(f"A{one}B") is None
    assert one not in harmless(f"A{one}B")


@pytest.mark.parametrize("one", WHOLE, ids=lambda one: f"U+{ord(one):04X}")
def test_what_nobody_sees_is_refused_of_programs_and_people(one: str) -> None:
    text = f"A{one}B"
    with pytest.raises(ValidationError):
        TypeAdapter(Line).validate_python(text)
    given = msgspec.json.encode({"reason": text})
    with pytest.raises(Declined, match=f"{ord(one):04X}"):
        _must_be_seen(given)
    (refused,) = unfit(text)
    assert f"{ord(one):04X}" in refused.text.zh
    assert f"{ord(one):04X}" in refused.text.en
    with pytest.raises(ValidationError):
        TypeAdapter(Sentence).validate_python(text)


def test_all_that_is_wrong_with_a_reason_is_said_at_once() -> None:
    assert len(unfit("x" * LONGEST_REASON + "\u202e")) == 2
    assert len(unfit(" \n")) == 1


@pytest.mark.parametrize("one", WHOLE, ids=lambda one: f"U+{ord(one):04X}")
def test_json_that_is_spelled_out_stays_what_it_was(one: str) -> None:
    assert json.loads(harmless(f'"A{one}B"')) == f"A{one}B"


@pytest.mark.parametrize("one", ["\t", "\n", "\r"])
def test_ends_of_lines_are_let_through_where_sentences_are_written(one: str) -> None:
    _must_be_seen(msgspec.json.encode({"reason": f"A{one}B"}))
    assert unfit(f"A{one}B") == ()
    assert (one == "\n") is _is_sentence(f"A{one}B")


def _is_sentence(text: str) -> bool:
    try:
        TypeAdapter(Sentence).validate_python(text)
    except ValidationError:
        return False
    return True
