"""Every bad input through every door that takes bytes: a clear problem each, and nothing handed on."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from contracts.bad_messages import FORMS, UNREADABLE, VALUES, bare, right
from contracts.xml_answers import content_of, speaks_xml
from integration.bad_input.inputs import REFUSED, Bad, good
from integration.bad_input.inputs import UNREADABLE as BAD_JSON
from platform_under_test import AT, context, identifiers, never_before, parties
from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.exchange.doors.http import Door
from singlewindow.hub.exchange.submission import prepare
from singlewindow.kernel.messages import Actor, Unreadable
from singlewindow.kernel.problem_details import problem_values
from singlewindow.server.commands import read
from singlewindow.server.configuration import load
from singlewindow.server.desk import FormDesk

ACTOR = Actor("person", "1", "张", 7)
TWENTY_MB = 20_000_001


class Said(NamedTuple):
    """What a door answers: whether it could be read at all, and its problems as plain values."""

    readable: bool
    problems: list[dict[str, Any]]


class Nothing:
    """Where submissions would be committed; nothing bad may ever come here."""

    async def add(self, prepared: Any) -> Any:
        raise AssertionError(f"handed on: {prepared.title}")


def by_http(body: bytes, folder: Path, headers: dict[str, str]) -> Said:
    nothing: Any = Nothing()
    known, (broker, _) = context().knowledge, parties()
    door: Any = Door(lambda: known, nothing, never_before, lambda: AT, identifiers(1))
    door._sender = lambda *_: (context().actor, broker)
    sent: list[dict[str, Any]] = []
    given = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(door({"type": "http", "method": "POST", "path": "/", "headers": given}, receive, send))
    status, media = sent[0]["status"], dict(sent[0]["headers"])[b"content-type"].decode()
    if speaks_xml(body):
        content = content_of(body, sent[1]["body"], media)
    else:
        content = json.loads(sent[1]["body"])
        assert media == "application/problem+json"
    assert status in (400, 413, 415, 422), content
    assert str(content["status"]) == str(status)
    return Said(status == 422, content["problems"])


def by_command(body: bytes, folder: Path, headers: dict[str, str]) -> Said:
    file = folder / "message"
    file.write_bytes(body)
    configuration = load({"data": folder, "demo": False})
    reply = read.run(argparse.Namespace(file=file, on=AT.date()), configuration)
    assert reply.code in (read.PROBLEMS, read.UNREADABLE)
    assert all(
        one["text"]["zh"] in reply.text and one["text"]["en"] in reply.text
        for one in reply.values["problems"]
    )
    return Said("values" in reply.values, reply.values["problems"])


def by_form(body: bytes, folder: Path, headers: dict[str, str]) -> Said:
    nothing: Any = Nothing()
    known: Any = SimpleNamespace(current=lambda: context().knowledge, registry=context().knowledge.registry)
    desk = FormDesk(known, nothing, never_before, asyncio.new_event_loop())
    try:
        found = desk.read(body)
        problems = desk.find(found.kind, "1", found.values, ACTOR).problems
    except Unreadable as error:
        return Said(False, problem_values(error.problems))
    finally:
        desk.loop.close()
    return Said(True, problem_values(problems))


DOORS = {"HTTP": by_http, "read FILE": by_command, "form": by_form}
Asked = Callable[[bytes, Path, dict[str, str]], Said]


@pytest.fixture(params=DOORS.values(), ids=DOORS.keys())
def door(request: pytest.FixtureRequest) -> Asked:
    found: Asked = request.param
    return found


def cases() -> Iterator[Any]:
    """Every bad input in every wrapping it can have."""
    for bad in (*BAD_JSON, *REFUSED):
        yield pytest.param(bad, bad.body, id=f"JSON-{bad.name}")
    for name, form in FORMS.items():
        for bad in (*UNREADABLE, *VALUES):
            yield pytest.param(bad, lambda bad=bad, form=form: form(bad.body()), id=f"{name}-{bad.name}")


def clear(problem: dict[str, Any]) -> None:
    """Both languages, what is wrong and what to do, in words that can be shown anywhere."""
    for words in (problem["text"], problem["remedy"]):
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words["zh"]), problem
        assert any("a" <= letter <= "z" for letter in words["en"]), problem
    shown = "".join([problem["text"]["zh"], problem["text"]["en"], problem["value"], problem["field"]])
    assert shown.isprintable(), problem
    assert len(shown) < 2_000


@pytest.mark.parametrize(("bad", "body"), [*cases()])
def test_a_bad_input_is_named_with_its_place_its_value_and_a_remedy(
    bad: Bad, body: Callable[[], bytes], door: Asked, tmp_path: Path
) -> None:
    if door is not by_http and (bad.headers or bad.code == "no_mandate"):
        pytest.skip("about the request, not the bytes")
    if door is by_form and bad.code == "unknown_document":
        pytest.skip("a page is of one kind and version of document")
    said = door(body(), tmp_path, dict(bad.headers))
    for problem in said.problems:
        clear(problem)
    found = [one for one in said.problems if one["code"] == bad.code]
    assert found, said.problems
    assert bad.field in {one["field"] for one in found}
    assert not bad.value or bad.value in {one["value"] for one in found}


@pytest.mark.parametrize(
    "body", [b"{" + b" " * TWENTY_MB, b"<DecMessage>" + b" " * TWENTY_MB], ids=["JSON", "XML"]
)
def test_twenty_megabytes_are_too_many(body: bytes, door: Asked, tmp_path: Path) -> None:
    (problem,) = door(body, tmp_path, {}).problems
    clear(problem)
    assert problem["code"] in ("too_large", "too-large", "request.too_large")
    assert len(body) > MOST_BYTES


def test_the_good_declaration_is_good_in_every_wrapping(tmp_path: Path) -> None:
    for body in (good(), *(form(right()) for form in FORMS.values()), b"\xef\xbb\xbf" + bare(right())):
        said = by_form(body, tmp_path, {})
        assert said.readable
        # The parties of these tests gave no mandate, and have other names than those of the sample. Its ship
        # came long ago; a DecMessage has no place for all that the terminal and maritime safety want to know.
        told = {"no_mandate", "registered_otherwise", "unsaid", "day_of_entry.past"}
        assert {one["code"] for one in said.problems} <= told


def test_a_day_long_past_is_doubted_where_somebody_fills_it_in_and_nowhere_else(tmp_path: Path) -> None:
    assert "day_of_entry.past" in {one["code"] for one in by_form(good(), tmp_path, {}).problems}
    assert prepare(good(), context()).checked.problems == ()


def test_of_a_field_that_is_wrong_the_form_does_not_doubt_besides(tmp_path: Path) -> None:
    document = json.loads(good())
    document["values"]["declarant_code"] = "91500112MADEM0B3XC"
    said = by_form(json.dumps(document).encode(), tmp_path, {})
    told = [one["code"] for one in said.problems if one["field"] == "declarant_code"]
    assert told == ["declarant.another"]


def test_an_unknown_element_is_kept_and_warned_of(tmp_path: Path) -> None:
    for name, form in FORMS.items():
        body = form(right().replace(b"<DecHead>", b"<DecHead><Colour>red</Colour>", 1))
        said = by_command(body, tmp_path, {})
        assert [(p["code"], p["field"], p["severity"]) for p in said.problems] == [
            ("unknown_element", "DecHead/Colour", "warning")
        ], name
