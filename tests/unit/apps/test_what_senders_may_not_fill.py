"""Numbers that authorities assign and counts that the platform makes are not taken from senders."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from platform_under_test import AT, sample
from singlewindow.hub.exchange.submission import read_document
from singlewindow.kernel.messages import Severity
from singlewindow.server.composition import readers, registry


def read(body: bytes) -> Any:
    return read_document(body, registry(), readers(), AT.date())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("entry_number", "801020261000000017"),
        ("unified_number", "I20260000000000017"),
        ("pre_entry_number", "801020261000000017"),
        ("declared_on", "2026-11-18"),
        ("container_count", "99"),
        ("container_count", 99),
    ],
)
def test_what_is_for_others_to_fill_is_put_aside_and_named(name: str, value: object) -> None:
    checked = read(sample(**{name: value}))
    assert checked.errors == ()
    (problem,) = checked.problems
    assert (problem.code, problem.field, problem.value) == ("filled_by_system", name, str(value))
    assert problem.severity is Severity.WARNING
    assert problem.text.zh
    assert problem.text.en
    assert problem.remedy is not None
    assert name not in checked.document.values
    assert checked.document.extension == {name: value}


def test_in_lines_too() -> None:
    raw = json.loads(sample())
    raw["values"]["goods"][0]["line_number"] = "7"
    checked = read(json.dumps(raw).encode())
    assert [(one.code, one.field) for one in checked.problems] == [
        ("filled_by_system", "goods[0].line_number")
    ]
    assert "line_number" not in checked.document.values["goods"][0]


def test_nobody_gives_himself_a_number_that_others_are_found_by() -> None:
    definition = registry().current("goods_declaration")
    given = read(sample(entry_number="801020261000000017", unified_number="I1")).document
    assert set(msgspec.to_builtins(given.values)).isdisjoint({"entry_number", "unified_number"})
    assert {"entry_number", "unified_number"} <= {
        field.name for field in definition.head() if field.filled_by == "system"
    }


@pytest.mark.parametrize("value", ["", None])
def test_nothing_said_is_nothing_given(value: object) -> None:
    assert read(sample(entry_number=value)).problems == ()
