"""The API's description is a committed snapshot: a change of the API shows in review."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema_rs

from singlewindow.server import openapi

ON = date(2026, 11, 21)
SNAPSHOT = Path(__file__).parents[3] / "docs/api/openapi.json"


def test_the_snapshot_is_current() -> None:
    made = json.dumps(openapi.document(ON), ensure_ascii=False, indent=1) + "\n"
    assert made == SNAPSHOT.read_text("utf-8"), "write it anew: python -m singlewindow.server openapi"


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document(ON)
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = set(_references(document))
    assert used
    assert used <= names


def test_the_examples_fit_their_schema() -> None:
    document = openapi.document(ON)
    body = document["paths"]["/api/v1/submissions"]["post"]["requestBody"]["content"]["application/json"]
    assert body["examples"]
    schema = {**body["schema"], "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema)
    for name, example in body["examples"].items():
        assert list(validator.iter_errors(example["value"])) == [], name


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [r for inner in value.values() for r in _references(inner)]
    return [r for inner in value for r in _references(inner)] if isinstance(value, list) else []
