"""A backup is whole or none; what goes back goes where nothing is."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from singlewindow.server import backup, configuration, dumping, endpoints, keys
from singlewindow.server.commands import restore
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal

AT = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    """One whose database is a word."""
    found = configuration.load({"data": tmp_path / "data"}, {})
    found.make_secrets()
    keys.signing_key(found.signing_key)
    monkeypatch.setattr(backup, "require_room", lambda *_: None)
    monkeypatch.setattr(dumping, "dump", lambda _, to: keys.write_privately(to, b"rows"))
    return found


def files(folder: Path) -> dict[str, int]:
    """Every file below a folder, with its mode."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.stat().st_mode & 0o777 for path in found}


def test_it_holds_secrets_keys_and_rows_for_their_owner_alone(
    platform: Configuration, tmp_path: Path
) -> None:
    backup.take(platform, tmp_path / "b", AT)
    names = ["secrets.toml", "keys/platform.pem", backup.DUMP, backup.LIST]
    assert files(tmp_path / "b") == dict.fromkeys(names, 0o600)
    assert (tmp_path / "b").stat().st_mode & 0o777 == 0o700
    assert backup.read(tmp_path / "b").at == AT


def test_partners_keep_what_they_remember_and_are_found_where_it_is_now(
    platform: Configuration, tmp_path: Path
) -> None:
    endpoints.rehearse(platform)
    ledger = endpoints.state_of(platform, "customs") / "ledger.db"
    with closing(sqlite3.connect(ledger)) as remembering:
        remembering.execute("pragma journal_mode = wal")
        remembering.execute("create table received (id text)")
        remembering.execute("insert into received values ('m-1')")
        remembering.commit()
        found = backup.take(platform, tmp_path / "b", AT)
    backup.put_back(tmp_path / "b", backup.read(tmp_path / "b"), tmp_path / "again")
    again = Configuration(tmp_path / "again")
    with closing(sqlite3.connect(endpoints.state_of(again, "customs") / "ledger.db")) as remembered:
        assert remembered.execute("select id from received").fetchall() == [("m-1",)]
    key = Path(endpoints.endpoint(again, "customs")["client_key"])
    assert key.is_relative_to(again.data)
    assert key.exists()
    assert endpoints.endpoint(again, "quarantine") == endpoints.endpoint(platform, "quarantine")
    assert not [part for part in found.parts if part.path.endswith("-wal")]
    assert set(files(again.data).values()) == {0o600}


def test_one_that_fails_leaves_nothing(
    platform: Configuration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Configuration, to: Path) -> None:
        to.write_bytes(b"ro")
        raise dumping.failed("pg_dump", "no space left")

    monkeypatch.setattr(dumping, "dump", full)
    with pytest.raises(Refusal, match="no space left"):
        backup.take(platform, tmp_path / "b", AT)
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_nothing_is_written_over(platform: Configuration, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    backup.take(platform, tmp_path / "b", AT)
    with pytest.raises(Refusal, match="is there already"):
        backup.take(platform, tmp_path / "b", AT)
    (tmp_path / ".c.unfinished").mkdir()
    with pytest.raises(Refusal, match="under way, or was interrupted"):
        backup.take(platform, tmp_path / "c", AT)
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("harm", ["missing", "altered", "no list", "no rows", "elsewhere", "of the future"])
def test_what_is_no_more_as_it_was_written_does_not_go_back(
    platform: Configuration, tmp_path: Path, harm: str
) -> None:
    made = backup.take(platform, tmp_path / "b", AT)
    listed, rows = tmp_path / "b" / backup.LIST, tmp_path / "b" / backup.DUMP
    others = [part for part in made.parts if part.path != backup.DUMP]
    outside = backup.Part("../data/secrets.toml", 0, "")
    match harm:
        case "missing":
            rows.unlink()
        case "altered":
            rows.write_bytes(b"sows")
        case "no list":
            listed.unlink()
        case "no rows":
            listed.write_bytes(msgspec.json.encode(msgspec.structs.replace(made, parts=others)))
        case "elsewhere":
            listed.write_bytes(msgspec.json.encode(msgspec.structs.replace(made, parts=[outside])))
        case "of the future":
            listed.write_bytes(msgspec.json.encode(msgspec.structs.replace(made, format=2)))
    with pytest.raises(Refusal, match="is no sound backup"):
        backup.read(tmp_path / "b")


def test_it_goes_into_an_empty_folder_alone(tmp_path: Path) -> None:
    restore.require_empty(tmp_path / "new")
    restore.require_empty(tmp_path)
    (tmp_path / "secrets.toml").touch()
    with pytest.raises(Refusal, match="is not empty"):
        restore.require_empty(tmp_path)


def test_a_server_elsewhere_is_its_keepers_to_back_up(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="its keeper's to back up"):
        backup.take(Configuration(tmp_path, database_url="host=db"), tmp_path / "b", AT)
