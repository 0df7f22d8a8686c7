"""The published schema of the goods declaration and its check agree on whatever is sent, rules aside."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, event, given, seed, settings

from singlewindow.hub.documents.checking import compile_check
from singlewindow.hub.documents.definition import parse_definition
from singlewindow.hub.documents.schema import schema_of
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from singlewindow.server.rooms import PACKAGE
from unit.hub.documents.documents_at_random import documents, mutated
from unit.hub.documents.test_schema import refused_by_check

SEED = 20261121
ON = date(2026, 11, 21)
TEXT = (PACKAGE / "apps/declarations/documents/goods_declaration.yaml").read_text(encoding="utf-8")
FORM = parse_definition(TEXT.partition("\nrules:")[0], load_elements())  # rules of the trade are no schema
LISTS = load()
CHECK = compile_check(FORM, LISTS)
VALIDATOR = jsonschema_rs.Draft202012Validator(schema_of(FORM, LISTS, ON), validate_formats=True)
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


SYSTEM = {path for path, field in FORM.paths() if field.filled_by == "system"}


def typed(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """What a sender may say: without what authorities or the platform fill in."""
    return {
        name: [typed(line, f"{prefix}{name}.") if isinstance(line, dict) else line for line in value]
        if isinstance(value, list)
        else value
        for name, value in values.items()
        if prefix + name not in SYSTEM
    }


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


@seed(SEED)
@settings(max_examples=60, deadline=None, suppress_health_check=UNHURRIED)
@given(documents(FORM, LISTS, ON))
def test_what_is_canonical_passes_both(values: dict[str, Any]) -> None:
    values = typed(values)
    assert list(VALIDATOR.iter_errors(values)) == []
    checked = CHECK(values, ON)
    assert checked.problems == ()
    assert checked.document.values == values


@seed(SEED)
@settings(max_examples=200, deadline=None, suppress_health_check=UNHURRIED)
@given(mutated(FORM, LISTS, ON))
def test_what_one_refuses_the_other_refuses_or_mends(values: dict[str, Any]) -> None:
    values = typed(values)  # the rest is read, and whatever stands there is put aside
    accepted = VALIDATOR.is_valid(values)
    event("accepted" if accepted else "refused")
    assert accepted != refused_by_check(CHECK(values, ON), values)
