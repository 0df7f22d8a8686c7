"""What doctor says of a disk, of logs and of a database that is away."""

from __future__ import annotations

from collections import namedtuple
from pathlib import Path

import psycopg
import pytest

from singlewindow.server import health, lock
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
