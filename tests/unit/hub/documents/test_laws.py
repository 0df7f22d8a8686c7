"""Laws of the engine over random documents, and how long its parts take."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from singlewindow.hub.documents.checking import MOST_PROBLEMS
from singlewindow.kernel.messages import Document, Problem
from unit.hub.documents.documents_at_random import ANYTHING, documents, mutated
from unit.hub.documents.parcel import CHECK, DEFINITION, LISTS, ON
from unit.hub.documents.test_projection import GROUPS, mapping, paths

SEED = 20261121
FORMS = {"wrong_form", "wrong_type", "not_lines", "too_many_lines"}
NAMES = {name for path, _ in DEFINITION.paths() for name in path.split(".")}


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


def shapeless() -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the names of a parcel and anything in them."""
    line = st.dictionaries(st.sampled_from(sorted(NAMES)) | st.text(max_size=4), ANYTHING, max_size=6)
    return st.dictionaries(
        st.sampled_from(sorted(NAMES)) | st.text(max_size=4),
        ANYTHING | st.lists(line, max_size=4),
        max_size=12,
    )


@seed(SEED)
@settings(max_examples=400, deadline=None)
@given(mutated(DEFINITION, LISTS, ON) | shapeless())
def test_checking_what_was_checked_changes_nothing(raw: dict[str, Any]) -> None:
    once = CHECK(raw, ON)
    twice = CHECK(once.document.values, ON)
    assert twice.document.values == once.document.values
    assert twice.document.extension == {}
    assert not {problem.code for problem in twice.problems} & FORMS
    assert twice.boxes == once.boxes


@seed(SEED)
@settings(max_examples=400, deadline=None)
@given(mutated(DEFINITION, LISTS, ON) | shapeless())
def test_every_problem_is_complete_and_points_at_something(raw: dict[str, Any]) -> None:
    checked = CHECK(raw, ON)
    assert len(checked.problems) <= MOST_PROBLEMS + 1
    for problem in checked.problems:
        assert problem.text.zh
        assert problem.text.en
        assert problem.remedy is not None
        assert problem.code == "unknown_element" or exists(problem, raw), problem


def exists(problem: Problem, raw: Any) -> bool:
    """The path's lines stand in the document, and its last name in the definition."""
    *lines, last = problem.field.split(".")
    for part in lines:
        raw = stepped(raw, part)
    name = re.sub(r"\[\d+\]", "", last)
    if name != last:
        stepped(raw, last)
    return isinstance(raw, dict) and name in NAMES | {"items", "licences"}


def stepped(raw: Any, part: str) -> Any:
    match = re.fullmatch(r"(\w+)\[(\d+)\]", part)
    assert match is not None, part
    return raw[match[1]][int(match[2])]


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(shapeless())
def test_nothing_that_came_is_lost_without_a_problem(raw: dict[str, Any]) -> None:
    checked = CHECK(raw, ON)
    named = {problem.field.split(".")[0].split("[")[0] for problem in checked.problems}
    for name, value in raw.items():
        empty = value is None or value == [] or (isinstance(value, str) and not value.strip())
        kept = name in checked.document.values or name in checked.document.extension
        assert kept or empty or name in named, name


OTHER = """
fields:
  - {to: No, from: number}
  - {to: Wt, from: mass}
groups:
  - to: Lines
    from: items
    only: price
    number: GNo
    fields: [{to: Name, from: item}, {to: Parent, from: /number}]
"""


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(documents(DEFINITION, LISTS, ON))
def test_elements_that_two_projections_share_are_equal(values: dict[str, Any]) -> None:
    document = Document("parcel", "1", values)
    one, other = mapping(GROUPS), mapping(OTHER)
    first, second = one.project(document).values, other.project(document).values
    assert first["No"] == second["No"] == values["number"]
    priced = [line for line in values["items"] if "price" in line]
    assert [line["Name"] for line in second.get("Lines", [])] == [line["item"] for line in priced]
    assert [line["Name"] for line in first["Lines"]] == [line["item"] for line in values["items"]]
    for projection, projected in ((one, first), (other, second)):
        assert set(paths(projected)) <= set(projection.lineage)
