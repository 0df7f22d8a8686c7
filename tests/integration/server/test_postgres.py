"""The embedded server, where it may live and what it survives."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from singlewindow.server import accounts, configuration, postgres
from singlewindow.server.children import fork
from singlewindow.server.configuration import Configuration

pytestmark = pytest.mark.database


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder of ours below the temporary one, which everybody may enter."""
    made = Path(tempfile.mkdtemp(prefix="sw-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree((made / "data" / "postgres").resolve(), ignore_errors=True)
    shutil.rmtree(made)


def installed(data: Path) -> Configuration:
    """An installation whose server must not wait for disks."""
    data.mkdir(parents=True, mode=0o711)
    found = configuration.load({"data": data, "database_settings": {"fsync": "off"}}, {})
    found.log.mkdir()
    found.make_secrets()
    return found


def one(found: Configuration, statement: str) -> object:
    """The single value a statement returns to the superuser."""
    with psycopg.connect(found.dsn("postgres", "postgres")) as connection:
        row = connection.execute(statement).fetchone()
        assert row is not None
        return row[0]


def test_it_is_private_checksummed_and_sorts_by_code_point(folder: Path) -> None:
    found = installed(folder / 'data 与 "目录"')
    assert found.cluster is not None
    process = found.cluster.start()
    try:
        assert stat.S_IMODE(found.cluster.folder.stat().st_mode) == 0o700
        assert one(found, "show data_checksums") == "on"
        assert one(found, "show listen_addresses") == ""
        assert one(found, "select datlocale from pg_database where datname = 'template1'") == "C.UTF-8"
        assert one(found, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0
        owner = os.stat(f"/proc/{process.pid}").st_uid
        assert owner != 0
        assert owner == found.cluster.folder.stat().st_uid
    finally:
        postgres.stop(process)
    assert process.returncode == 0


def test_a_killed_server_starts_again_on_the_same_cluster(folder: Path) -> None:
    found = installed(folder / "data")
    assert found.cluster is not None
    first = found.cluster.start()
    assert one(found, "select 1") == 1
    first.kill()
    first.wait()
    (found.cluster.folder / "postmaster.pid").write_text(f"{os.getpid()}\n")  # the id belongs to us by now
    second = found.cluster.start()
    try:
        assert one(found, "select 2") == 2
    finally:
        postgres.stop(second)


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    found = installed(folder / "data" / ("深" * 40))
    assert found.cluster is not None
    process = found.cluster.start()
    try:
        listening = postgres.socket_folder(found.data)
        assert listening.parent == postgres.SHORT
        assert stat.S_IMODE(listening.stat().st_mode) == 0o700
        assert one(found, "select 3") == 3
    finally:
        postgres.stop(process)
        shutil.rmtree(listening)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another account")
def test_below_a_private_folder_of_root_it_lives_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "SHARED", folder / "shared")
    private = folder / "private"
    private.mkdir(mode=0o700)
    found = installed(private / "data")
    assert found.cluster is not None
    process = found.cluster.start()
    try:
        assert (found.data / "postgres").is_symlink()
        assert (found.data / "postgres").resolve().parent == folder / "shared"
        assert one(found, "select 4") == 4
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    finally:
        postgres.stop(process)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another account")
def test_programs_out_of_reach_are_copied_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "SHARED", folder / "shared")
    account = accounts.server_account()
    assert account is not None
    monkeypatch.setattr(postgres, "reaches", lambda account, path: False)
    first, second = postgres.installation(account), postgres.installation(account)
    assert first == second
    command = [first / "bin" / "initdb", "--version"]
    said = subprocess.run(
        command, user=account.user, group=account.group, extra_groups=[], capture_output=True, check=True
    )
    assert said.stdout.startswith(b"initdb (PostgreSQL)")


def test_making_a_cluster_ends_with_who_began_it(folder: Path) -> None:
    found = installed(folder / "data")
    cluster = found.cluster
    assert cluster is not None
    starting = fork(lambda: postgres.stop(cluster.start()), folder / "log")
    deadline = time.monotonic() + 60
    while not (making := at_work(folder)) and starting.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert making, "it is being made"
    starting.send_signal(signal.SIGKILL)
    while (starting.poll() is None or at_work(folder)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert at_work(folder) == []
    process = cluster.start()
    assert one(found, "select 1") == 1
    postgres.stop(process)
    assert list(cluster.folder.parent.glob("unfinished*")) == []


def at_work(folder: Path) -> list[str]:
    """Programs of PostgreSQL that were given a place in the folder."""
    said = [said_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [each for each in said if str(folder) in each and "initdb" in each.split("\0")[0]]


def said_of(process: Path) -> str:
    """The command line of a process; nothing of one that has ended meanwhile."""
    try:
        return (process / "cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""
