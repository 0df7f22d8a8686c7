"""What keeps ``up`` from a data folder, each with what to do; nothing is made there meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from singlewindow.server import accounts, data_folder, keys, postgres
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal, told


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    """A stopped platform with a cluster of ours."""
    monkeypatch.setattr(data_folder, "server_account", lambda: None)
    found = Configuration(tmp_path)
    found.make_secrets()
    keys.signing_key(found.signing_key)
    cluster = tmp_path / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text(f"{postgres.major()}\n")
    assert data_folder.unfit(found) == []
    return found


def wrong(found: Configuration) -> str:
    """The one problem, in both languages."""
    before = sorted(found.data.rglob("*"))
    with pytest.raises(Refusal) as refused:
        data_folder.require_fit(found)
    assert sorted(found.data.rglob("*")) == before
    (problem,) = refused.value.problems
    assert problem.remedy
    return f"{problem.code}: {told(problem).zh} {told(problem).en}"


def test_a_new_folder_is_fit(tmp_path: Path) -> None:
    assert data_folder.unfit(Configuration(tmp_path / "new")) == []


def test_a_cluster_of_another_release_is_named(folder: Configuration) -> None:
    (folder.data / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")
    said = wrong(folder)
    assert "made by PostgreSQL 16" in said
    assert f"brings {postgres.major()}" in said
    assert "singlewindow restore" in said


def test_a_cluster_of_another_account_is_named(
    folder: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = accounts.Account("postgres", os.geteuid() + 4711, 0)
    monkeypatch.setattr(data_folder, "server_account", lambda: other)
    said = wrong(folder)
    assert f"belongs to the account {accounts.name_of(os.geteuid())}" in said
    assert f"would use {os.geteuid() + 4711}" in said, "an account without a name is told by its number"


@pytest.mark.parametrize("lost", ["secrets.toml", "keys/platform.pem"])
def test_secrets_that_were_lost_are_not_made_anew(folder: Configuration, lost: str) -> None:
    (folder.data / lost).unlink()
    assert f"{lost} is gone" in wrong(Configuration(folder.data))


def test_a_disk_that_is_not_mounted_is_no_new_platform(folder: Configuration) -> None:
    (folder.data / "postgres").rename(folder.data / "away")
    (folder.data / "postgres").symlink_to(folder.data / "disk")
    assert "mount that disk" in wrong(folder)


def test_half_a_restore_is_none(folder: Configuration) -> None:
    (folder.data / data_folder.RESTORING).touch()
    assert "restoring into" in wrong(folder)


def test_a_server_elsewhere_asks_nothing_of_the_folder(folder: Configuration) -> None:
    (folder.data / "postgres" / "cluster" / "PG_VERSION").write_text("16\n")
    assert data_folder.unfit(Configuration(folder.data, database_url="host=db")) == []
