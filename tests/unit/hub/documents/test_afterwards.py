"""A stored declaration says what nobody typed: customs' numbers once known, and standard containers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from platform_under_test import sample
from singlewindow.hub.documents.afterwards import afterwards
from singlewindow.hub.documents.definition import DefinitionError, parse_definition
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from singlewindow.server.composition import registry

FORM = registry().current("goods_declaration")
LATER = {"container_count", "unified_number", "entry_number", "declared_on"}


def said(*answers: dict[str, str], **other: Any) -> dict[str, str]:
    values = json.loads(sample(**other))["values"]
    return {name: value for name, value in afterwards(FORM, values, answers).items() if name in LATER}


def boxes(*kinds: str) -> list[dict[str, str]]:
    return [{"container_number": str(n), "container_type": kind} for n, kind in enumerate(kinds)]


def test_before_anybody_answered_only_containers_are_counted() -> None:
    assert said(containers=boxes("21")) == {"container_count": "1"}


@pytest.mark.parametrize(
    ("kinds", "count"),
    [((), "0"), (("21", "22", "23", "31"), "4"), (("11", "12", "13", "32"), "8"), (("11", "21", "11"), "5")],
)
def test_a_container_of_forty_feet_counts_as_two(kinds: tuple[str, ...], count: str) -> None:
    assert said(containers=boxes(*kinds))["container_count"] == count


def test_each_kind_of_container_counts_as_its_name_says() -> None:
    for code in load()["container_types"].codes:
        twice = "2*标准箱" in code.name.zh
        assert said(containers=boxes(code.code))["container_count"] == ("2" if twice else "1"), code


def test_the_newest_answer_counts_and_others_tell_the_rest() -> None:
    newest = {"entry_number": "801020261000000018", "inspection_number": "126000000417000"}
    oldest = {"entry_number": "801020261000000017", "unified_number": "I2026", "declared_on": "20261118"}
    assert said(newest, {}, oldest, containers=[]) == {
        "container_count": "0",
        "unified_number": "I2026",
        "entry_number": "801020261000000018",
        "declared_on": "2026-11-18",
    }


def test_what_the_element_would_not_take_is_left_out() -> None:
    assert "declared_on" not in said({"declared_on": "yesterday"})


def test_what_was_filled_in_before_stays() -> None:
    assert said({"unified_number": "I2"}, unified_number="I1")["unified_number"] == "I1"


def test_nothing_is_counted_where_there_is_nothing() -> None:
    wrong = FORM.text.replace("path: containers.container_type", "path: containers.kind")
    with pytest.raises(DefinitionError, match=r"container_count: no field containers\.kind to count"):
        parse_definition(wrong, load_elements())
