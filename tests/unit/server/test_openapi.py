"""The API's description is a committed snapshot: a change of the API shows in review."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.urls import path as mounted

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.identity.routes import undeclared
from singlewindow.hub.identity.shapes import Given, Shape
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Text
from singlewindow.server import openapi
from singlewindow.server.api import urls
from singlewindow.server.composition import registry

ON = date(2026, 11, 21)
SNAPSHOT = Path(__file__).parents[3] / "docs/api/openapi.json"
METHODS = {"get", "post", "put", "delete"}
# Its answer is a JSON Schema of eighty kilobytes: the thing itself, not an example of it.
WITHOUT = {"definition_schema"}
Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """The description, as ``singlewindow openapi`` makes it: without an installation."""
    return openapi.document(ON)


def test_the_snapshot_is_current(document: Json) -> None:
    made = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    assert made == SNAPSHOT.read_text("utf-8"), "write it anew: python -m singlewindow.server openapi"


def test_every_reference_leads_somewhere(document: Json) -> None:
    names = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    used = set(_references(document))
    assert used
    assert used == names


def test_every_operation_is_told_in_both_languages_and_says_how_it_refuses(document: Json) -> None:
    ids = []
    for path, method, operation in _operations(document):
        where = f"{method} {path}"
        ids.append(operation["operationId"])
        zh, _, en = operation["summary"].partition(" · ")
        assert any(ord(c) > 0x2E80 for c in zh), where
        assert en.isascii(), where
        assert any(ord(c) > 0x2E80 for c in operation["description"]), where
        assert operation["tags"], where
        assert "401" in operation["responses"], where
        refusals = [one for status, one in operation["responses"].items() if status >= "400"]
        assert all("application/problem+json" in one["content"] for one in refusals), where
        assert (
            operation.get("x-scope") or path.endswith(("/me", "/requests/{request_id}")) or "/keys" in path
        ), where
    assert len(set(ids)) == len(ids)


def test_the_examples_fit_their_schemas(document: Json) -> None:
    for path, method, operation in _operations(document):
        held = [operation.get("requestBody", {}), *operation["responses"].values()]
        contents = [
            one["content"]["application/json"] for one in held if "application/json" in one.get("content", {})
        ]
        for content in contents:
            validator = _validator(document, content["schema"])
            examples = content.get("examples", {})
            assert examples or operation["operationId"] in WITHOUT, (method, path)
            for name, example in examples.items():
                assert list(validator.iter_errors(example["value"])) == [], (method, path, name)


def test_shapes_bear_names_of_their_own(document: Json) -> None:
    """The description knows schemas by their class alone: two of one name would be one."""
    names = [kind.__name__.removesuffix("Shape") for kind in _below(Shape)]
    names += [kind.__name__ for kind in _below(Given)]
    shown = [name for name in names if name in document["components"]["schemas"]]
    assert sorted(set(shown)) == sorted(shown)


def test_everything_that_acts_asks_for_a_key(document: Json) -> None:
    # Nothing is done; the door takes a digest for a key, a draft's own id is its key.
    looking = {"check", "check_gate", "submit", "submit_draft"}
    for path, method, operation in _operations(document):
        if method == "post" and operation["operationId"] not in looking:
            (key,) = [one for one in operation["parameters"] if one["in"] == "header"]
            assert (key["name"], key["required"]) == ("Idempotency-Key", True), path


def test_every_route_says_who_may() -> None:
    assert undeclared([mounted("api/v1/", urls())]) == []


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert method in METHODS
            yield path, method, operation


def _validator(document: Json, schema: Json) -> Any:
    whole = {**schema, "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def _below(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def _references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if "$ref" in value else []
        return own + [r for inner in value.values() for r in _references(inner)]
    return [r for inner in value for r in _references(inner)] if isinstance(value, list) else []


def test_the_codes_are_those_of_the_lists_in_force(document: Json) -> None:
    listings = dict(registry().listings)
    old = listings["trade_terms"]
    listings["trade_terms"] = CodeList(old.id, old.name, old.source, [Code("Z", Text("新", "New"))])
    values = openapi.document(ON, lists=listings)["components"]["schemas"]["Values.goods_declaration"]
    assert values["properties"]["trade_terms"]["enum"] == ["Z"]
    shipped = document["components"]["schemas"]["Values.goods_declaration"]
    assert shipped["properties"]["trade_terms"]["enum"] == sorted(old.active(ON))
