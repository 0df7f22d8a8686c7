"""``submit``, ``status`` and ``doctor`` as somebody at a terminal gives them, against a running platform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from contracts.bad_messages import FORMS, Form, message_of
from running import Platform, body_of, declaration, running
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import rooms
from singlewindow.server.refusal import AWAY, REFUSED

pytestmark = pytest.mark.database
NAMESPACE = b' xmlns="http://www.chinaport.gov.cn/dec"'
RECEIVERS = {"border", "customs", "maritime", "quarantine", "terminal"}
Json = dict[str, Any]


def without_namespace(message: bytes) -> bytes:
    assert NAMESPACE in message
    return message.replace(NAMESPACE, b"")


WRITTEN: dict[str, Form] = {**FORMS, "without namespace": without_namespace}


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with running() as started:
        yield started


def declared(mark: str) -> bytes:
    """The story's declaration, under a bill and a call of its own."""
    return body_of(declaration(bill_number=f"CQX2511070386-{mark}", voyage_number=mark))


def told(platform: Platform, *arguments: str, given: bytes = b"") -> tuple[int, Any]:
    """Exit code and JSON of one command; what is said in JSON is said nowhere else."""
    done = platform.finish(*arguments, "--json", given=given)
    assert done.stderr == b"", done.stderr.decode()
    return done.returncode, json.loads(done.stdout)


def handed_in(platform: Platform, folder: Path, body: bytes) -> Json:
    """One message from a file, and again from the standard input: the original receipt."""
    file = folder / "message"
    file.write_bytes(body)
    code, taken = told(platform, "submit", str(file))
    assert code == 0, taken
    again, receipt = told(platform, "submit", "-", given=body)
    assert (again, receipt) == (0, taken)
    return dict(taken)


def receivers(found: Json) -> set[str]:
    return {document["receiver"] for document in found["documents"]} - {None}


def answered(found: Json) -> bool:
    """Whether everybody's business receipt is there."""
    return all(
        any(receipt["stage"] == "business" for receipt in document["receipts"])
        for document in found["documents"]
        if document["receiver"]
    )


def test_a_declaration_in_json_is_followed_until_everybody_has_answered(
    platform: Platform, tmp_path: Path
) -> None:
    taken = handed_in(platform, tmp_path, declared("J1"))
    assert UUID(taken["submission_id"])
    code, found = 1, {}

    def done() -> bool:
        nonlocal code, found
        code, found = told(platform, "status", taken["submission_id"])
        return code == 0 and receivers(found) == RECEIVERS and answered(found)

    platform.wait_for(done, "not answered")
    assert found["format"] == "json"
    assert datetime.fromisoformat(found["received_at"]) == datetime.fromisoformat(taken["received_at"])
    customs = next(document for document in found["documents"] if document["receiver"] == "customs")
    assert {"0", "L"} <= {receipt["code"] for receipt in customs["receipts"]}
    said = platform.finish("status", taken["submission_id"])
    assert said.returncode == 0
    for receiver in RECEIVERS:
        assert re.search(rf"^  {receiver} ", said.stdout.decode(), re.M), receiver


@pytest.mark.parametrize("form", WRITTEN)
def test_every_form_of_a_decmessage_is_taken_as_the_same(
    platform: Platform, tmp_path: Path, form: str
) -> None:
    mark = f"X{[*WRITTEN].index(form)}"
    taken = handed_in(platform, tmp_path, WRITTEN[form](message_of(declared(mark))))
    code, found = told(platform, "status", taken["submission_id"])
    assert (code, found["format"]) == (0, "customs_declaration")
    assert receivers(found) == RECEIVERS
    assert {document["title"] for document in found["documents"]} == {f"CQX2511070386-{mark}"}


def test_a_message_takes_effect_once_under_the_id_it_is_given(platform: Platform) -> None:
    first, other = declared("K1"), declared("K2")
    code, taken = told(platform, "submit", "-", "--message-id", "cli-1", given=first)
    assert (code, taken["message_id"]) == (0, "cli-1")
    code, refused = told(platform, "submit", "-", "--message-id", "cli-1", given=other)
    assert (code, refused["status"]) == (1, 409)


def test_what_is_taken_is_said_to_people_in_one_line(platform: Platform) -> None:
    done = platform.finish("submit", "-", given=declared("P1"))
    assert done.returncode == 0
    assert re.match(r"已接收 · taken: [0-9a-f-]{36}  \d{4}-", done.stdout.decode())


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (body_of(declaration(gross_mass="-1", customs_office="0000")), 422, "gross_mass"),
        (b'{"document": "goods_decl', 400, ""),
        (b"<DecMessage><DecHead>", 400, ""),
    ],
    ids=["errors", "half JSON", "half XML"],
)
def test_what_is_refused_ends_with_1_and_every_problem(
    platform: Platform, body: bytes, status: int, field: str
) -> None:
    code, found = told(platform, "submit", "-", given=body)
    assert (code, found["status"]) == (1, status)
    assert field in {problem["field"] for problem in found["problems"]} or not field
    said = platform.finish("submit", "-", given=body)
    assert (said.returncode, said.stderr) == (1, b"")
    for problem in found["problems"]:
        for text in (problem["text"], problem["remedy"]):
            assert text["zh"] in said.stdout.decode()
            assert text["en"] in said.stdout.decode()


def test_a_submission_that_is_none_or_not_ours_ends_with_1(platform: Platform) -> None:
    code, found = told(platform, "status", str(UUID(int=1)))
    assert (code, found["status"]) == (1, 404)


def test_a_line_that_cannot_be_carried_out_ends_with_2(platform: Platform, tmp_path: Path) -> None:
    for line in (
        ["submit", str(tmp_path / "none.json")],
        ["submit", "-", "--message-id", ""],
        ["status", "17"],
    ):
        code, found = told(platform, *line)
        assert (code, found["status"]) == (REFUSED, 400), line
        assert found["problems"][0]["text"]["en"] in found["detail"]


def test_a_platform_elsewhere_that_does_not_answer_ends_with_3(platform: Platform) -> None:
    code, found = told(platform, "submit", "-", "--port", str(free_port()), given=declared("N1"))
    assert (code, found["type"]) == (AWAY, "urn:singlewindow:problem:platform-away")


@contextmanager
def changed(platform: Platform, change: str, undo: str) -> Iterator[None]:
    """Something made wrong in the data base, and right again."""
    with psycopg.connect(platform.configuration.dsn("postgres"), autocommit=True) as connection:
        connection.execute("set search_path = sw")
        connection.execute(change)
        try:
            yield
        finally:
            connection.execute(undo)


def examined(platform: Platform) -> tuple[int, dict[str, Any]]:
    code, found = told(platform, "doctor")
    return code, {each["question"]: each for each in found}


def wrong(found: dict[str, Any]) -> set[str]:
    return {question for question, each in found.items() if each["fine"] is not True} - {"disk"}


@pytest.mark.parametrize(
    ("change", "undo", "questions", "named"),
    [
        (
            "update definition set hash = '\\x00' || hash where id = 'goods_declaration'",
            "update definition set hash = substr(hash, 2) where id = 'goods_declaration'",
            ["definitions"],
            "goods_declaration 1",
        ),
        (
            "update django_migrations set app = 'gone-' || app where app = 'exchange'",
            "update django_migrations set app = substr(app, 6) where app = 'gone-exchange'",
            ["migrations", "schema-newer"],
            "exchange.0001",
        ),
        (
            "update migration_text set digest = '\\x00' || digest where name = '0001_initial'",
            "update migration_text set digest = substr(digest, 2) where name = '0001_initial'",
            ["schema-differs"],
            "coordination.0001_initial",
        ),
        (
            "alter role sw_owner nologin",
            "alter role sw_owner login",
            ["roles", "migrations", "schema"],
            "sw_owner",
        ),
        (
            "alter table message disable row level security",
            "alter table message enable row level security",
            ["table-unprotected"],
            "message",
        ),
    ],
    ids=["definition", "migration", "wording", "role", "table"],
)
def test_doctor_names_what_is_wrong_with_a_database(
    platform: Platform, change: str, undo: str, questions: list[str], named: str
) -> None:
    with changed(platform, change, undo):
        code, found = examined(platform)
    assert (code, wrong(found)) == (1, set(questions))
    for said in found[questions[0]]["text"]:
        assert named in said


def test_doctor_finds_a_running_platform_well_once_all_is_right_again(platform: Platform) -> None:
    code, found = examined(platform)
    assert (code, wrong(found)) == (int(found["disk"]["fine"] is False), set())
    assert {"python", "binaries", "data", "logs", "port", "database", "clock", "roles"} < found.keys()
    assert {"migrations", "definitions"} < found.keys()


def test_the_seed_by_which_counterparts_decide_is_said_once(platform: Platform) -> None:
    seed, profile = platform.configuration.rehearsal_seed, platform.configuration.rehearsal_profile
    assert platform.words().count(f"rehearsal seed: {seed} ({profile})") == 1
    for partner in filter(rooms.rehearsal_of, rooms.connectors()):
        log = (platform.data / "log" / f"counterpart-{partner}.log").read_text("utf-8")
        (line,) = re.findall("counterpart decides.*", log)
        assert f"partner={partner} profile={profile} seed={seed}" in line
