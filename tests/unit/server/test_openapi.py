"""The API's description is a committed snapshot: a change of the API shows in review."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.urls import path as mounted
from lxml import etree

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.coordination import facts
from singlewindow.hub.exchange.submission import read_document
from singlewindow.hub.identity.routes import undeclared
from singlewindow.hub.identity.shapes import Given, Paging, Shape
from singlewindow.hub.standards.codelists import Code, CodeList
from singlewindow.kernel.messages import Severity, Text
from singlewindow.server import openapi, openapi_words
from singlewindow.server.api import urls
from singlewindow.server.composition import readers, registry
from singlewindow.server.harmless import harmless

ON = date(2026, 11, 21)
SNAPSHOT = Path(__file__).parents[3] / "docs/api/openapi.json"
METHODS = {"get", "post", "put", "delete"}
CHINESE, ENGLISH = re.compile("[\u4e00-\u9fff]"), re.compile("[a-z]{2}")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def document() -> Json:
    """The description with every answer in its place, made without an installation."""
    return openapi.unshared(ON)


def test_the_snapshot_is_current() -> None:
    made = json.dumps(openapi.document(ON), ensure_ascii=False, indent=1)
    printed = harmless(made) + "\n"  # as commands do
    assert printed == SNAPSHOT.read_text("utf-8"), "write it anew: python -m singlewindow.server openapi"


def test_what_is_answered_alike_stands_once_and_says_the_same(document: Json) -> None:
    made = openapi.document(ON)
    kept = made["components"].pop("responses")
    assert {"NotFound", "Unauthorized", "TooManyRequests", "Otherwise"} <= kept.keys()
    for *_, operation in _operations(made):
        for status, said in operation["responses"].items():
            if (name := said.get("$ref", "").rpartition("/")[2]) in kept:
                operation["responses"][status] = kept[name]
    assert made == document


def test_every_reference_leads_somewhere() -> None:
    document = openapi.document(ON)
    names = {
        f"#/components/{part}/{name}"
        for part in ("schemas", "examples", "responses")
        for name in document["components"][part]
    }
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
        for status in ("400", "408", "413", "415"):
            assert (status in operation["responses"]) == (method != "get"), where
        assert "default" in operation["responses"], where
        refusals = [one for status, one in operation["responses"].items() if status >= "400"]
        assert all("application/problem+json" in one["content"] for one in refusals), where
        for said in operation["responses"].values():
            zh, _, en = said["description"].partition(" · ")
            assert any(ord(c) > 0x2E80 for c in zh), where
            assert en.isascii(), where
            assert en, where
        assert (
            operation.get("x-scope")
            or path.endswith(("/me", "/requests/{request_id}", "/announcements"))
            or "/keys" in path
        ), where
    assert len(set(ids)) == len(ids)
    tags = {tag for _, _, operation in _operations(document) for tag in operation["tags"]}
    assert tags == {tag["name"] for tag in document["tags"]}


def test_a_question_is_called_by_what_it_gets_or_lists(document: Json) -> None:
    for path, method, operation in _operations(document):
        name = operation["operationId"]
        assert name.startswith(("get_", "list_")) == (method == "get"), (path, name)


def test_what_can_be_asked_again_by_its_digest_says_how(document: Json) -> None:
    for path, method, operation in _operations(document):
        answer = operation["responses"].get("200", {})
        again = method == "get" and "application/json" in answer["content"]
        asked = [one for one in operation.get("parameters", []) if one["name"] == "If-None-Match"]
        assert bool(asked) == again, path
        assert ("ETag" in answer.get("headers", {})) == again, path
        assert ("304" in operation["responses"]) == again, path


def test_in_conflict_is_only_what_has_a_key_or_a_version(document: Json) -> None:
    for path, method, operation in _operations(document):
        headers = [one for one in operation.get("parameters", []) if one["name"] == "Idempotency-Key"]
        versioned = operation["operationId"] in {"keep_draft", "submit_draft"}
        assert ("409" in operation["responses"]) == (bool(headers) or versioned), (method, path)
        kept = [said for status, said in operation["responses"].items() if status < "300" and headers]
        if path != "/api/v1/submissions":  # the door gives the first receipt again, word for word
            assert all("Idempotency-Replayed" in said["headers"] for said in kept), (method, path)


def test_every_schema_says_what_it_is(document: Json) -> None:
    silent = [
        name for name, schema in document["components"]["schemas"].items() if "description" not in schema
    ]
    assert silent == []


def test_every_blank_shape_and_member_is_told_in_both_languages(document: Json) -> None:
    told, members = {}, set()
    for _, _, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            told[f"{operation['operationId']} {parameter['name']}"] = parameter["description"]
    for name, shape in document["components"]["schemas"].items():
        if not name.startswith("Values."):  # of which their definition tells
            told[name] = shape["description"]
            for member, schema in shape.get("properties", {}).items():
                told[f"{name}.{member}"] = schema["description"]
                members |= {member, f"{name}.{member}"}
    assert len(told) > 700
    assert [name for name, said in told.items() if not (CHINESE.search(said) and ENGLISH.search(said))] == []
    assert set(openapi_words.words()["members"]) <= members
    assert set(openapi_words.words()["shapes"]) <= {*document["components"]["schemas"]}


def test_every_parameter_body_and_answer_has_an_example_that_fits(document: Json) -> None:
    for path, method, operation in _operations(document):
        for parameter in operation.get("parameters", []):
            where = (method, path, parameter["name"])
            assert parameter["in"] == "path" or " · " in parameter["description"], where
            assert "example" in parameter, where
            assert _faults(document, parameter["schema"], parameter["example"]) == [], where
        for said in (operation.get("requestBody", {}), *operation["responses"].values()):
            for media, content in said.get("content", {}).items():
                values = _examples(document, content)
                assert values, (method, path, said.get("description"), media)
                faults = [fault for value in values for fault in _faults(document, content["schema"], value)]
                assert faults == [], (method, path, media)


def test_examples_in_xml_are_what_they_say(document: Json) -> None:
    """They are texts to a schema, so they are read as whoever gets them reads them."""
    seen = set()
    for path, _, operation in _operations(document):
        for status, said in operation["responses"].items():
            for media, content in said.get("content", {}).items():
                for value in _examples(document, content) if "xml" in media else ():
                    root = etree.fromstring(value.encode())
                    name = etree.QName(root).localname
                    own = {"application/xml": "DecImportResponse", "application/problem+xml": "problem"}
                    assert name == own[media], (path, status, media)
                    code = root.findtext("{*}ResponseCode" if media == "application/xml" else "{*}status")
                    told = {"200": "0", "202": "0", "default": "500"}.get(status, status)
                    assert code == told, (path, status, media)
                    seen.add((path, status, media))
    paths = document["paths"]
    documented = [paths[f"/api/v1/{name}"]["post"]["responses"] for name in ("submissions", "checks")]
    assert len(seen) == sum(
        "xml" in media for one in documented for r in one.values() for media in r["content"]
    )


def test_messages_are_shown_bare_and_in_their_envelopes_and_are_right(document: Json) -> None:
    for name in ("submissions", "checks"):
        content = document["paths"][f"/api/v1/{name}"]["post"]["requestBody"]["content"]["application/xml"]
        assert set(content["examples"]) == {
            "DecMessage",
            "DecMessage in SWDEC001",
            "DecMessage in a DXP envelope",
        }
        for value in _examples(document, content):
            found = read_document(value.encode(), registry(), readers(), ON)
            assert [p for p in found.problems if p.severity is Severity.ERROR] == []
            assert found.document.kind == "goods_declaration"


def test_shapes_bear_names_of_their_own(document: Json) -> None:
    """The description knows schemas by their class alone: two of one name would be one."""
    names = [kind.__name__.removesuffix("Shape") for kind in _below(Shape)]
    names += [kind.__name__ for kind in _below(Given)]
    shown = [name for name in names if name in document["components"]["schemas"]]
    assert sorted(set(shown)) == sorted(shown)


def test_every_list_takes_a_cursor_and_a_limit_and_says_where_it_goes_on(document: Json) -> None:
    parameters = Paging.model_json_schema()["properties"]
    lists = [
        operation for _, _, operation in _operations(document) if "items" in _answer(document, operation)
    ]
    assert len(lists) > 15
    for operation in lists:
        given = {one["name"]: one for one in operation["parameters"] if one["in"] == "query"}
        for name, schema in parameters.items():
            assert (given[name]["required"], given[name]["schema"]) == (False, schema), operation[
                "operationId"
            ]
        answer = _answer(document, operation)
        assert answer["items"]["type"] == "array", operation["operationId"]
        assert {one["type"] for one in answer["next"]["anyOf"]} == {"string", "null"}


def test_nothing_is_a_list_in_another_manner(document: Json) -> None:
    for _, _, operation in _operations(document):
        name = operation["operationId"]
        assert ("items" in _answer(document, operation)) == name.startswith("list_"), name
        assert _schema(operation).get("type") != "array", name


def _schema(operation: Json) -> Json:
    content = operation["responses"].get("200", {}).get("content", {})
    schema: Json = content.get("application/json", {}).get("schema", {})
    return schema


def _answer(document: Json, operation: Json) -> Json:
    """The members of what an operation answers in JSON, by name."""
    name = _schema(operation).get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"].get(name, {}).get("properties", {})
    return found


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


def _examples(document: Json, content: Json) -> list[Any]:
    """The values of a content's examples, those that stand elsewhere too."""
    shared = document["components"]["examples"]
    given = content.get("examples", {}).values()
    return [(shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one)["value"] for one in given]


def _faults(document: Json, schema: Json, value: Any) -> list[Any]:
    whole = {**schema, "components": document["components"]}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return list(validator.iter_errors(value))


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


def test_programs_may_order_an_inspection_by_every_method(document: Json) -> None:
    given = document["components"]["schemas"]["InstructionGiven"]["properties"]["method"]
    assert given["enum"] == ["", *facts.methods()]
