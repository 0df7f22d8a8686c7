"""Every command where nothing runs: no traceback, nothing left behind, and programs are told in JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

import plain_django  # noqa: F401 - before what needs it
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import cli, configuration, keys, rooms
from singlewindow.server.answering import answering
from singlewindow.server.commands import up
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import AWAY, REFUSED, Away, Refusal

SAMPLE = str(rooms.PACKAGE / "apps/declarations/samples/minimal.json")
# What a command is asked with, where its name alone is not enough.
WORDS: Mapping[str, tuple[str, ...]] = {
    "backup": ("backup-of-nothing",),
    "codes": ("list",),
    "journal": ("verify",),
    "parties": ("list",),
    "project": (SAMPLE, "--to", "customs"),
    "read": (SAMPLE,),
    "restore": ("no-such-backup",),
    "role": ("worker",),
    "status": (str(UUID(int=1)),),
    "submit": (SAMPLE,),
    "up": ("--port", "99999"),
}
ALONE = {"doctor", "openapi", "project", "read"}  # they need nothing that runs
TOLD = {"demo"}  # a step that does not happen is its own finding
ASKING = {
    "answers",
    "backup",
    "codes",
    "journal",
    "lanes",
    "migrate",
    "parties",
    "replay",
    "status",
    "submit",
}
NEVER_AWAY = {"restore", "role", "up"}  # they begin what others ask
MEMBERS = {"type", "title", "status", "detail", "problems"}
OF_A_PROBLEM = {"code", "severity", "field", "value", "text", "remedy"}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, no data base and no configuration of the machine's or of another test's."""
    for name in (*configuration.ENVIRONMENT.values(), "SINGLEWINDOW_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(configuration, "_current", None)


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """The data folder of a platform that does not run."""
    given = configuration.load({"data": tmp_path / "data"}, {})
    up.folder(given)
    given.make_secrets()
    keys.write_privately(given.data / "demo.toml", b'token = "sw_none"\n')
    return given.data


def answered(command: str, data: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any]:
    """Its exit code, and what it says to a program; to people it says nothing then."""
    words = WORDS.get(command, ())
    port = () if "--port" in words else ("--port", str(free_port()))
    code = cli.main([command, *words, *port, "--data", str(data), "--json"])
    said = capsys.readouterr()
    assert said.err == ""
    return code, json.loads(said.out)


def is_told(found: Any, status: int) -> None:
    """A problem object as the API answers it, in both languages, and what to do."""
    assert (found.keys(), found["status"]) == (MEMBERS, status)
    assert found["type"] == f"urn:singlewindow:problem:{found['problems'][0]['code']}"
    for problem in found["problems"]:
        assert problem.keys() == OF_A_PROBLEM
        for text in (problem["text"], problem["remedy"] or problem["text"]):
            assert re.search(r"[\u4e00-\u9fff]", text["zh"]), text
            assert re.search(r"[a-z]{3}", text["en"]), text
    assert re.search(r"[\u4e00-\u9fff].* · .*[a-z]{3}", found["detail"])


@pytest.mark.parametrize("command", cli.commands())
def test_a_folder_that_holds_no_platform_is_refused_and_stays_as_it_is(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "mistyped"
    code, found = answered(command, data, capsys)
    if command in ALONE | TOLD:
        assert code == int(command in TOLD)
    else:
        assert code == REFUSED
        is_told(found, 400)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("command", sorted({*cli.commands()} - NEVER_AWAY))
def test_what_does_not_answer_has_an_exit_code_of_its_own(
    command: str, stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = kept(stopped)
    code, found = answered(command, stopped, capsys)
    if command in ALONE | TOLD:
        assert code == int(command in TOLD)
    elif code == AWAY:
        is_told(found, 503)
        assert all(problem["remedy"] for problem in found["problems"])
    else:
        assert (code, found["type"]) == (REFUSED, "urn:singlewindow:problem:usage")
        assert command not in ASKING
    assert kept(stopped) == before
    assert not Path("backup-of-nothing").exists()


def kept(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_people_read_where_it_should_be_and_what_to_do(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["journal", "verify", "--data", str(stopped)]) == AWAY
    chinese, english = capsys.readouterr().err.splitlines()
    assert f"数据库 {stopped / 'postgres'} 无应答" in chinese
    assert "请先运行 singlewindow up" in chinese
    assert f"the database {stopped / 'postgres'} does not answer" in english
    assert "run singlewindow up first" in english


def test_help_of_the_journal_tells_altered_from_away(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["journal", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "1 已被改动或无法核验" in said
    assert "1 altered, or not verifiable" in said
    assert "3 database away, not verified" in said


@pytest.mark.parametrize(
    ("error", "kind", "says"),
    [
        (
            psycopg.OperationalError("no room\nmore"),
            Away,
            "db.example:5433/singlewindow does not answer: no room",
        ),
        (psycopg.errors.AdminShutdown("stopped"), Away, "see that it runs and that DATABASE_URL is right"),
        (psycopg.errors.UndefinedTable("no lane"), Refusal, "not as this program knows it: no lane"),
    ],
)
def test_a_database_elsewhere_is_named_without_its_password(
    tmp_path: Path, error: psycopg.Error, kind: type[Refusal], says: str
) -> None:
    elsewhere = Configuration(tmp_path, database_url="postgresql://boss:s3cret@db.example:5433/postgres")
    with pytest.raises(Refusal, match=re.escape(says)) as told, answering(elsewhere):
        raise error
    assert type(told.value) is kind
    assert "s3cret" not in json.dumps(told.value.details)


def test_a_fault_of_our_own_stays_one(tmp_path: Path) -> None:
    with pytest.raises(psycopg.errors.SyntaxError), answering(Configuration(tmp_path)):
        raise psycopg.errors.SyntaxError("selct")


def test_an_address_that_cannot_be_read_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="DATABASE_URL cannot be read") as told:
        configuration.load({"data": tmp_path}, {"DATABASE_URL": "s3cret word"})
    assert "s3cret" not in json.dumps(told.value.details)


def test_secrets_of_another_account_are_said_to_be_its(
    stopped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def shut(self: Path, *_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_text", shut)
    with pytest.raises(Refusal, match="as the account that runs the platform"):
        Configuration(stopped).dsn(configuration.ENGINE)
    assert cli.main(["lanes", "--data", str(stopped)]) == REFUSED
    assert "singlewindow.toml cannot be read: Permission denied" in capsys.readouterr().err


def test_a_command_line_that_cannot_be_read_is_told_to_programs_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["status", "17", "--json"]) == REFUSED
    found = json.loads(capsys.readouterr().out)
    is_told(found, 400)
    assert "argument ID: “17” is no id" in found["detail"]
    assert found["problems"][0]["remedy"]["en"] == "see singlewindow status --help"
