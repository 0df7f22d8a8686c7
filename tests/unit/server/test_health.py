"""What doctor says of a disk, of logs and of a database that is away."""

from __future__ import annotations

import socket
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from singlewindow.server import data_folder, health, lock
from singlewindow.server.configuration import Configuration

Usage = namedtuple("Usage", "total used free")
AWAY = psycopg.OperationalError("too many clients already\nmore")


def test_a_database_that_is_away_is_a_fault_while_the_platform_runs(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert health.away(configuration, AWAY).fine is None
    with lock.take(tmp_path):
        found = health.away(configuration, AWAY)
    assert found.fine is False
    assert "too many clients already" in found.text.zh
    assert "more" not in found.text.en
    assert health.away(configuration, AWAY).fine is None, "the platform was stopped"


def test_the_port_is_that_of_the_platform_that_runs(tmp_path: Path) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        number = listening.getsockname()[1]
        taken = health.port(Configuration(tmp_path, port=number))
        assert taken.fine is None
        assert "another --port" in taken.text.en
        with lock.take(tmp_path, f"http://127.0.0.1:{number}"):
            found = health.port(Configuration(tmp_path))
    assert found.fine is True
    assert f"at http://127.0.0.1:{number} answers" in found.text.en
    with lock.take(tmp_path, f"http://127.0.0.1:{number}"):
        gone = health.port(Configuration(tmp_path))
    assert gone.fine is False
    assert "web.log" in gone.text.zh


def test_what_keeps_up_from_starting_is_named(tmp_path: Path) -> None:
    assert list(health.unfit(Configuration(tmp_path))) == []
    (tmp_path / data_folder.RESTORING).touch()
    (found,) = health.unfit(Configuration(tmp_path))
    assert (found.question, found.fine) == ("half-restored", False)
    assert "singlewindow restore again" in found.text.en


@pytest.mark.parametrize(("behind", "said"), [(90, ["90 s behind"]), (1, []), (-90, [])])
def test_a_clock_that_was_set_back_is_told_by_the_newest_checkpoint(behind: int, said: list[str]) -> None:
    at = datetime(2026, 11, 22, 3, tzinfo=UTC)
    rows = [("sw.journal_checkpoint",), (at + timedelta(seconds=behind),)]
    connection: Any = SimpleNamespace(execute=lambda _: SimpleNamespace(fetchone=lambda: rows.pop(0)))
    found = list(health.newest(connection, lambda: at))
    assert [each.fine for each in found] == [False] * len(said)
    assert all(word in each.text.en for each, word in zip(found, said, strict=True))


def test_a_full_disk_says_what_it_means_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "postgres").symlink_to(elsewhere)
    free = {tmp_path / "data": 50_000_000_000, elsewhere: 400_000_000}
    monkeypatch.setattr(health.shutil, "disk_usage", lambda place: Usage(0, 0, free[place]))
    found = health.disk(Configuration(tmp_path / "data"))
    assert found.fine is False
    assert "0.4 GB" in found.text.en
    assert "make room" in found.text.en
    assert "请腾出空间" in found.text.zh


def test_logs_that_cannot_be_written_are_named(tmp_path: Path) -> None:
    configuration = Configuration(tmp_path)
    assert health.logs(configuration).fine is None
    configuration.log.mkdir()
    (configuration.log / "worker.log").touch()
    assert health.logs(configuration).fine is True
    (configuration.log / "web.log").mkdir()
    found = health.logs(configuration)
    assert found.fine is False
    assert "web.log" in found.text.zh
    assert "worker.log" not in found.text.zh
