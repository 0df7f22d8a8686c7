"""A platform backed up while it works, restored elsewhere and going on; what its logs keep meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from running import COMMAND_S, TESTS, Platform, body_of, declaration, environment, running
from singlewindow.server import data_folder, keys
from singlewindow.server.accounts import name_of

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
NAME = "CQX2511070386-B1"
Json = dict[str, Any]


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def first(platform: Platform) -> Json:
    """What the platform did: a declaration was taken, and everybody has answered."""
    taken = told(platform.data, "submit", "-", given=declared("B1"))
    platform.wait_for(lambda: answered(platform, taken["submission_id"]), "not answered")
    return taken


def told(data: Path, *words: str, given: bytes = b"", code: int = 0) -> Json:
    """The JSON of a command that is told the folder and nothing else."""
    command = [sys.executable, str(TESTS / "impatient.py"), "--", *words, "--data", str(data), "--json"]
    done = subprocess.run(
        command, env=environment(), input=given, capture_output=True, timeout=COMMAND_S, check=False
    )
    assert done.returncode == code, (done.stdout.decode(), done.stderr.decode())
    found: Json = json.loads(done.stdout)
    return found


def declared(mark: str) -> bytes:
    return body_of(declaration(bill_number=f"CQX2511070386-{mark}", voyage_number=mark))


def answered(platform: Platform, submission: str) -> bool:
    """Whether every receiver's last receipt is there."""
    headers = {"Authorization": f"Bearer {platform.token}"}
    request = urllib.request.Request(f"{platform.url}/api/v1/submissions/{submission}", headers=headers)
    with urllib.request.urlopen(request, timeout=COMMAND_S) as answer:
        documents = [document for document in json.load(answer)["documents"] if document["receiver"]]
    stages = [{receipt["stage"] for receipt in document["receipts"]} for document in documents]
    return all("business" in each for each in stages)


def hand_in_until(stop: threading.Event, platform: Platform, taken: list[str]) -> None:
    """Declarations one after the other, with the ids of those acknowledged."""
    while not stop.is_set():
        given = declared(f"L{len(taken)}")
        taken.append(told(platform.data, "submit", "-", given=given)["submission_id"])


def test_what_was_backed_up_at_work_is_restored_verified_and_goes_on(platform: Platform, first: Json) -> None:
    before = told(platform.data, "journal", "verify")["size"]
    stop, taken, folder = threading.Event(), list[str](), platform.data.parent
    working = threading.Thread(target=hand_in_until, args=(stop, platform, taken))
    working.start()
    try:
        made = told(platform.data, "backup", str(folder / "backup"))
    finally:
        stop.set()
        working.join()
    modes = {path.stat().st_mode & 0o777 for path in (folder / "backup").rglob("*") if path.is_file()}
    assert (modes, (folder / "backup").stat().st_mode & 0o777) == ({0o600}, 0o700)
    assert {"database.dump", "secrets.toml", "keys/platform.pem"} <= {part["path"] for part in made["parts"]}
    assert platform.end() == 0
    again = restored(platform, folder)
    assert told(again.data, "journal", "verify")["sound"]
    assert told(again.data, "journal", "verify")["size"] >= before
    assert told(again.data, "submit", "-", given=declared("B1")) == first, "the original receipt"
    assert told(again.data, "status", first["submission_id"])["documents"], (
        "asked where nobody named its port"
    )
    later = told(again.data, "submit", "-", given=declared("B2"))
    again.wait_for(lambda: answered(again, later["submission_id"]), "the restored platform does not go on")
    assert_told_of(again, made, folder / "backup")
    assert again.ask("select last_value > 0 from sw.notice_beyond") == [(True,)], "nothing is told twice"
    assert told(again.data, "doctor", code=doctors_code(again))
    assert_same_keys(platform.data, again.data)


def restored(platform: Platform, folder: Path) -> Platform:
    """The backup in a folder of its own, and the platform that runs there."""
    data = folder / "again" / "data"
    data.parent.mkdir(mode=0o711)
    found = told(data, "restore", str(folder / "backup"))
    assert found["journal"]["sound"]
    assert not (data / data_folder.RESTORING).exists()
    told(data, "restore", str(folder / "backup"), code=2)  # not empty any more
    again = Platform(data.parent, {})
    platform.started += again.started
    return again


def assert_told_of(again: Platform, made: Json, source: Path) -> None:
    """The journal says when it was restored, from which backup and by whom, to who has to know."""
    dump = next(part["sha256"] for part in made["parts"] if part["path"] == "database.dump")
    (row,) = again.ask(
        """select actor_id, actor_name, convert_from(content, 'utf8')::jsonb, viewers,
                  (select array_agg(id order by id) from party
                    where kind in ('platform', 'agency', 'operator'))
             from journal_entry join journal_position p on p.entry_id = journal_entry.id
            where verb = 'platform.restored'"""
    )
    actor, name, content, viewers, concerned = row
    assert (actor, name) == ("restore", name_of(os.geteuid()))
    assert (content["backup"], content["dump"]) == (source.name, dump)
    assert content["since"][:19] == made["at"][:19]
    assert viewers == concerned
    again.wait_for(
        lambda: bool(again.ask("select from notice where topic = 'platform_restored'")), "nobody was told"
    )


def doctors_code(platform: Platform) -> int:
    """0, or 1 on a machine whose disk is all but full."""
    done = platform.finish("doctor", "--json")
    wrong = {each["question"] for each in json.loads(done.stdout) if each["fine"] is not True}
    assert wrong <= {"disk"}
    return done.returncode


def assert_same_keys(one: Path, other: Path) -> None:
    for name in ("secrets.toml", "keys/platform.pem"):
        assert (one / name).read_bytes() == (other / name).read_bytes()


def test_no_log_keeps_secrets_or_what_was_declared(platform: Platform, first: Json) -> None:
    values = declaration()["values"]
    words = [str(values[name]) for name in values if name.endswith("_name")] + [NAME]
    words += keys.known(platform.data / "secrets.toml").values()
    words += keys.known(platform.data / "demo.toml").values()
    logs = sorted((platform.data / "log").iterdir())
    assert len(logs) > 5
    for log in logs:
        said = log.read_text("utf-8")
        assert [word for word in words if word and word in said] == [], log.name


def test_a_half_restored_folder_is_not_started(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / data_folder.RESTORING).touch()
    found = told(data, "up", code=2)
    assert [problem["code"] for problem in found["problems"]] == ["half-restored"]
    assert not (data / "secrets.toml").exists()
    shutil.rmtree(data)
    assert os.listdir(tmp_path) == []
