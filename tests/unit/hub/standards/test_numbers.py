"""An element has a number in every international directory, says why it has none, or is known to lack it.

``not_found_yet.csv`` is what is known to lack: an element and a directory a line. It only becomes shorter: a
line goes when a number is found in a source or a reason is given, and the count below goes down with it.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from beside import beside
from singlewindow.hub.standards.elements import DIRECTORIES, REASONS, load_elements
from singlewindow.kernel.facts import parse_yaml

ELEMENTS = load_elements()
TABLE = Path(__file__).with_name("not_found_yet.csv")
LACKING = {"wco": 76, "untded": 12}
ELSEWHERE = {"010", "149", "152", "D023", "G004", "L013", "L069"}  # not in the schemas; the README says where
FORMS = {"wco": r"[0-9]{3}|[A-Z][0-9]{3}", "untded": r"[1-9][0-9]{3}"}


def listed() -> list[tuple[str, str]]:
    """The lines of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [(row["element"], row["directory"]) for row in csv.DictReader(file)]


def lacking() -> set[tuple[str, str]]:
    """Each element with a directory in which it has neither a number nor a reason for none."""
    return {
        (element.code, directory)
        for element in ELEMENTS.values()
        for directory in DIRECTORIES
        if directory not in element.refs and directory not in element.unnumbered
    }


def test_an_element_without_a_number_says_why_or_is_known_to_lack_it() -> None:
    assert lacking() - set(listed()) == set()


def test_what_was_found_or_has_a_reason_no_longer_stands_in_the_table() -> None:
    assert set(listed()) - lacking() == set()


def test_the_table_only_becomes_shorter() -> None:
    assert listed() == sorted(set(listed()))
    assert Counter(directory for _, directory in listed()) == LACKING


def test_numbers_have_their_directories_form() -> None:
    for element in ELEMENTS.values():
        for directory, form in FORMS.items():
            assert re.fullmatch(form, element.refs.get(directory, "000" if directory == "wco" else "1000"))


def test_every_reason_is_given_in_both_languages_and_by_some_element() -> None:
    reasons = parse_yaml(REASONS.read_text(encoding="utf-8"))
    given = {reason for element in ELEMENTS.values() for reason in element.unnumbered.values()}
    assert {(each["zh"], each["en"]) for each in reasons.values()} == {(each.zh, each.en) for each in given}
    assert all(each.zh and each.en.isascii() for each in given)


def test_numbers_of_the_wco_stand_in_its_schemas() -> None:
    """As a national customs service publishes them, with the number of every element beside it."""
    schemas = "".join(path.read_text(encoding="utf-8") for path in beside("samples/wco-dms/WCO_*.xsd"))
    numbers = {element.refs["wco"] for element in ELEMENTS.values() if "wco" in element.refs}
    assert numbers - set(re.findall(r"<WCOID>(\w+)</WCOID>", schemas)) == ELSEWHERE
