"""The JSON Schema of a definition says what the check says, apart from what it states it does not."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import event, given, seed, settings
from hypothesis import strategies as st

from singlewindow.hub.documents.checking import Checked, compile_check
from singlewindow.hub.documents.definition import parse_definition
from singlewindow.hub.documents.schema import MOST_CODES, schema_of
from singlewindow.hub.standards.codelists import load
from singlewindow.hub.standards.elements import load_elements
from unit.hub.documents.documents_at_random import documents, mutated
from unit.hub.documents.parcel import CHECK, DEFINITION, GOOD, LISTS, ON, mended, with_condition

SEED = 20261121
SCHEMA = schema_of(DEFINITION, LISTS, ON)
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
DECLARATIONS = Path(__file__).parents[4] / "src" / "singlewindow" / "apps" / "declarations"


@pytest.fixture(scope="module", autouse=True)
def _seed() -> None:
    print(f"seed {SEED}")


def refused_by_check(checked: Checked, values: dict[str, Any]) -> bool:
    """Refused, or put right: the schema describes only what the check leaves as it is."""
    known = set(checked.document.extension)
    return bool(checked.errors) or checked.document.values != without(values, known)


def without(values: Any, known: set[str], prefix: str = "") -> Any:
    return {
        name: [without(line, known, f"{prefix}{name}[{i}].") for i, line in enumerate(value)]
        if isinstance(value, list)
        else value
        for name, value in values.items()
        if prefix + name not in known and value != []
    }


@seed(SEED)
@settings(max_examples=150, deadline=None)
@given(documents(DEFINITION, LISTS, ON))
def test_canonical_documents_pass_both(values: dict[str, Any]) -> None:
    assert list(VALIDATOR.iter_errors(values)) == []
    checked = CHECK(values, ON)
    assert checked.problems == ()
    assert checked.document.values == values


@seed(SEED)
@settings(max_examples=600, deadline=None)
@given(mutated(DEFINITION, LISTS, ON))
def test_what_one_refuses_the_other_refuses_or_mends(values: dict[str, Any]) -> None:
    accepted = VALIDATOR.is_valid(values)
    event("accepted" if accepted else "refused")
    assert accepted != refused_by_check(CHECK(values, ON), values)


@seed(SEED)
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(SCHEMA["properties"].keys() - {"items"})),
    st.text(max_size=14) | st.text("0123456789.-T:Z+ ", max_size=26),
)
def test_a_single_text_is_judged_alike(field: str, value: str) -> None:
    values = mended(**{"sent_on": "2026-01-01", field: value})
    assert VALIDATOR.is_valid(values) != refused_by_check(CHECK(values, ON), values)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"mass": "1080.0000"}, "canonicalised"),
        ({"mass": 5}, "canonicalised"),
        ({"fragile": True}, "canonicalised"),
        ({"remark": None}, "absent"),
        ({"remark": ""}, "absent"),
        ({"sent_on": "20261117"}, "canonicalised"),
    ],
)
def test_what_the_check_puts_right_the_schema_refuses(changes: dict[str, Any], why: str) -> None:
    assert not VALIDATOR.is_valid(mended(**changes)), why
    assert CHECK(mended(**changes), ON).errors == ()


def test_a_day_that_does_not_exist_needs_a_validator_of_formats() -> None:
    values = mended(sent_on="2025-02-30")
    assert not VALIDATOR.is_valid(values)
    assert jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=False).is_valid(values)
    assert CHECK(values, ON).errors


def test_unknown_elements_pass_the_schema_and_warn_in_the_check() -> None:
    assert VALIDATOR.is_valid(mended(stray=1))
    assert CHECK(mended(stray=1), ON).errors == ()


@pytest.mark.parametrize("lines", [1, 50, 51])
def test_lines_are_bounded_alike(lines: int) -> None:
    values = mended(items=[{"item": "a"}] * lines)
    assert VALIDATOR.is_valid(values) == (lines <= 50)
    assert VALIDATOR.is_valid(values) == (CHECK(values, ON).problems == ())


PRICED = {"item": "b", "price": "1"}


@pytest.mark.parametrize(
    ("tests", "changes"),
    [
        ({"items.price": ("*",)}, {"items": [{"item": "a"}, PRICED]}),
        ({"items.price": ("*",)}, {"items": [{"item": "a"}, PRICED | {"digits": "0001"}]}),
        ({"items.price": ("2",)}, {"items": [PRICED]}),
        ({"items.price": ("*",), "country": ("CHN",)}, {"items": [PRICED, {"item": "a"}]}),
        ({"items.price": ("*",), "country": ("DEU",)}, {"items": [PRICED]}),
        ({"country": ("CHN",)}, {"items": [{"item": "a"}, PRICED]}),
        ({"items.licences.licence": ("L1",)}, {"items": [{"item": "a", "licences": [{"licence": "L1"}]}]}),
        (
            {"items.licences.licence": ("L1",)},
            {"items": [{"item": "a", "digits": "0001", "licences": [{"licence": "L2"}, {"licence": "L1"}]}]},
        ),
    ],
)
def test_conditions_are_asked_alike(tests: dict[str, tuple[str, ...]], changes: dict[str, Any]) -> None:
    definition = with_condition("priced", tests)
    values = mended(**changes)
    found = compile_check(definition, LISTS)(values, ON).problems
    assert jsonschema_rs.is_valid(schema_of(definition, LISTS, ON), values) == (found == ())


def test_titles_and_descriptions_are_in_both_languages() -> None:
    def walk(schema: Any) -> int:
        if not isinstance(schema, dict):
            return 0
        named = 0
        for key in ("title", "description"):
            if isinstance(schema.get(key), str):
                assert re.search("[\u4e00-\u9fff].* \\| .*[A-Za-z]", schema[key]), schema[key]
                named += 1
        return named + sum(walk(inner) for inner in schema.values())

    assert walk(SCHEMA) > 2 * len(list(DEFINITION.paths()))


def test_the_goods_declaration_has_a_valid_schema_that_its_samples_pass() -> None:
    text = (DECLARATIONS / "documents" / "goods_declaration.yaml").read_text(encoding="utf-8")
    lists = load()
    schema = schema_of(parse_definition(text, load_elements()), lists, ON)
    jsonschema_rs.meta.validate(schema)
    assert schema["additionalProperties"] is True
    assert schema["properties"]["goods"]["maxItems"] == 50
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for name, valid in (("guoyuan_sea_import", True), ("minimal", True), ("many_errors", False)):
        values = json.loads((DECLARATIONS / "samples" / f"{name}.json").read_text(encoding="utf-8"))["values"]
        assert validator.is_valid(values) == valid, name
    assert all(len(found) <= MOST_CODES for found in enums(schema))


def enums(schema: Any) -> list[list[str]]:
    if isinstance(schema, list):
        return [found for inner in schema for found in enums(inner)]
    if not isinstance(schema, dict):
        return []
    own = [schema["enum"]] if isinstance(schema.get("enum"), list) else []
    return own + [found for inner in schema.values() for found in enums(inner)]


def test_codes_are_those_in_force_on_the_day() -> None:
    assert "YUG" not in SCHEMA["properties"]["country"]["enum"]
    earlier = schema_of(DEFINITION, LISTS, date(2003, 7, 23))
    assert "YUG" in earlier["properties"]["country"]["enum"]
    assert jsonschema_rs.is_valid(SCHEMA, GOOD)
