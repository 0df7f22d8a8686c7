"""Whatever a program asks: no route fails, and every refusal is a problem in both languages."""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from programs import AGENCY, FIRM, YARD, Description, Json, Program, World, issued, until

pytestmark = pytest.mark.database
SEED = int(os.environ.get("API_SEED", random.SystemRandom().randrange(2**32)))
EXAMPLES = int(os.environ.get("API_EXAMPLES", "300"))
NOWHERE = "01930000-0000-7000-8000-000000000000"
EVERYTHING = sorted({*FIRM, *AGENCY, *YARD, "exchange.read", "exchange.operate"})
ODD = (
    *("", "0", "-1", "\x00", "\U0001f600", "％", "'", "9" * 30, "true", "NaN", NOWHERE),
    *("2026-11-21", "0001-01-01", "9999-12-31", "customs", "goods_declaration", "countries"),
    *("WzFd", "WyIyMDI2LTExLTIxVDAwOjAwOjAwWiIsImIiXQ"),
)
TEXTS = st.one_of(
    st.sampled_from(ODD), st.text(max_size=30).filter(lambda text: text.isascii() or text.isprintable())
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def anybody(world: World, submission: str) -> Program:
    """An agency's system that may do everything: no route is closed to it."""
    description = Description(world.description.url)  # of which no examples are taken
    made = Program(description, issued(world.platform, "maritime", EVERYTHING))
    until(lambda: made.ask("GET", "/me").status == 200)
    return made


@pytest.fixture(scope="module")
def operations(world: World) -> list[tuple[str, str, Json]]:
    """Every operation with its method and path."""
    paths = world.description.document["paths"]
    return [(method.upper(), path, one) for path, several in paths.items() for method, one in several.items()]


def bodies(operation: Json) -> st.SearchStrategy[Any]:
    """What was once asked with one member replaced, left out or added; or anything at all."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = [each["value"] for each in content.get("examples", {}).values()]
    if not examples:
        return VALUES
    once = examples[0]
    changed = st.tuples(st.sampled_from([*once, "more"]), VALUES).map(lambda pair: once | {pair[0]: pair[1]})
    lacking = st.sampled_from([*once]).map(
        lambda name: {key: one for key, one in once.items() if key != name}
    )
    return st.one_of(changed, lacking, VALUES, st.just(once))


@st.composite
def requests(
    draw: st.DrawFn, operations: list[tuple[str, str, Json]]
) -> tuple[str, str, bytes | None, Json, str]:
    """One request to one operation."""
    method, path, operation = draw(st.sampled_from(operations))
    asked = operation.get("parameters", [])
    for one in asked:
        if one["in"] == "path":
            value = draw(TEXTS) or "x"
            path = path.replace("{" + one["name"] + "}", quote(value.encode("utf-8", "replace"), safe=""))
    names = [one["name"] for one in asked if one["in"] == "query"]
    query = {name: draw(TEXTS) for name in names if draw(st.booleans())}
    sent = None
    if method not in ("GET", "DELETE"):
        sent = draw(st.one_of(bodies(operation).map(encoded), st.binary(max_size=40)))
    key = draw(st.sampled_from(["", "k", "x" * 81])) if method == "POST" else ""
    return method, path.removeprefix("/api/v1"), sent, query, key


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_no_route_fails(anybody: Program, operations: list[tuple[str, str, Json]]) -> None:
    print(f"API_SEED={SEED}")

    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(requests(operations))
    def asked(one: tuple[str, str, bytes | None, Json, str]) -> None:
        method, path, body, query, key = one
        answer = anybody.ask(method, path, body, key, **query)
        assert answer.status < 500, (one, answer.body)
        if answer.status >= 400:
            assert answer.headers["Content-Type"] == "application/problem+json", one
            problems = answer.json["problems"]
            assert problems, one
            assert all(each["text"]["zh"] and each["text"]["en"] for each in problems)

    asked()


NO_TIMES = (1798700000, "1798700000", "1798700000000", "2026-12-31T01:00:00")
OTHERS: dict[str, tuple[Any, ...]] = {
    "date": ("946684800", "2026-11-22T00:00:00Z"),
    "date-time": NO_TIMES,
    "integer": ("1", 1.5, True, False),
}


def test_what_the_description_calls_a_day_a_time_or_a_number_is_nothing_else(
    anybody: Program, operations: list[tuple[str, str, Json]]
) -> None:
    tried: set[str] = set()
    for method, path, operation in operations:
        place = re.sub(r"\{\w+\}", NOWHERE, path.removeprefix("/api/v1"))
        for name, kind in days_of(operation):
            for value in OTHERS[kind]:
                assert anybody.ask(method, place, **{name: value}).status == 422, (path, name, value)
            tried.add(kind)
        for once, name, kind in members_of(operation, anybody.description.document["components"]["schemas"]):
            for value in OTHERS[kind]:
                key = "k" if method == "POST" else ""
                answer = anybody.ask(method, place, once | {name: value}, key)
                assert answer.status == 422, (path, name, value)
            tried.add(kind)
    assert tried == set(OTHERS)


def days_of(operation: Json) -> Iterator[tuple[str, str]]:
    """The parameters that are days; those of no other kind are read off text."""
    for one in operation.get("parameters", []):
        kinds = [one["schema"], *one["schema"].get("anyOf", [])]
        if one["in"] == "query" and any(kind.get("format") == "date" for kind in kinds):
            yield one["name"], "date"


def members_of(operation: Json, schemas: Json) -> Iterator[tuple[Json, str, str]]:
    """The members of a body that are times or whole numbers, with what was once asked."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    schema = schemas.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
    for name, one in schema.get("properties", {}).items():
        kind = one.get("format", one.get("type"))
        if kind in OTHERS:
            yield next(iter(content["examples"].values()))["value"], name, kind
