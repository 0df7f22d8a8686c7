"""Where settings come from, and which are refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from singlewindow.kernel.messages import Text
from singlewindow.server import configuration, keys, rooms
from singlewindow.server.refusal import Refusal


def test_arguments_win_over_environment_over_file(tmp_path: Path) -> None:
    (tmp_path / "singlewindow.toml").write_text('port = 7001\nbind = "0.0.0.0"\ndemo = false\n')
    environment = {"SINGLEWINDOW_DATA": str(tmp_path), "SINGLEWINDOW_PORT": "7002"}
    assert configuration.load({}, environment).port == 7002
    loaded = configuration.load({"port": "7003", "demo": None}, environment)
    assert (loaded.port, loaded.bind, loaded.demo) == (7003, "0.0.0.0", False)


def test_the_name_of_the_platform_is_configuration(tmp_path: Path) -> None:
    (tmp_path / "singlewindow.toml").write_text('platform = {zh = "甲", en = "A"}\n')
    assert configuration.load({"data": tmp_path}, {}).platform == Text("甲", "A")
    assert "重庆" in configuration.load({"data": tmp_path / "other"}, {}).platform.zh


def test_what_the_operator_publishes_is_said_in_both_languages_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "singlewindow.toml"
    assert configuration.load({"data": tmp_path}, {}).hotline == Text("", "")
    file.write_text('hotline = {zh = "电话 1", en = "phone 1"}\nfees = {zh = "免费", en = "free"}\n')
    loaded = configuration.load({"data": tmp_path}, {})
    assert (loaded.hotline, loaded.fees, loaded.complaints.en) == (
        Text("电话 1", "phone 1"),
        Text("免费", "free"),
        "",
    )
    for wrong in ('"电话"', '{zh = "电话"}', '{zh = "电话", en = " "}', '{zh = 1, en = "one"}'):
        file.write_text(f"complaints = {wrong}\n")
        with pytest.raises(Refusal, match="complaints is to be written in both languages"):
            configuration.load({"data": tmp_path}, {})


@pytest.mark.parametrize("port", ["0", "65536", "-1", "８０", "http", "1e3"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    with pytest.raises(Refusal, match="Port"):
        configuration.load({"data": tmp_path, "port": port}, {})


def test_unknown_settings_and_broken_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "singlewindow.toml").write_text("prot = 8000\n")
    with pytest.raises(Refusal, match="Unknown settings: prot"):
        configuration.load({"data": tmp_path}, {})
    (tmp_path / "singlewindow.toml").write_text("port 8000\n")
    with pytest.raises(Refusal, match="not valid TOML"):
        configuration.load({"data": tmp_path}, {})


def test_every_role_has_a_password_of_its_own_made_once(tmp_path: Path) -> None:
    first = configuration.load({"data": tmp_path}, {})
    first.make_secrets()
    passwords = [conninfo_to_dict(first.dsn(role))["password"] for role in first.roles]
    assert len(set(passwords)) == len(passwords) == 4 + len(rooms.connectors())
    again = configuration.load({"data": tmp_path}, {})
    again.make_secrets()
    assert [conninfo_to_dict(again.dsn(role))["password"] for role in again.roles] == passwords
    assert stat.S_IMODE(first.secrets_file.stat().st_mode) == 0o600


def test_database_url_keeps_its_place_and_options(tmp_path: Path) -> None:
    url = "postgresql://boss:s3@db.example:6543/customs?sslmode=require"
    loaded = configuration.load({"data": tmp_path}, {"DATABASE_URL": url})
    loaded.make_secrets()
    web = conninfo_to_dict(loaded.dsn("sw_web"))
    assert (web["host"], web["port"], web["dbname"], web["user"]) == (
        "db.example",
        "6543",
        "customs",
        "sw_web",
    )
    assert web["sslmode"] == "require"
    assert web["password"] != "s3"
    boss = conninfo_to_dict(loaded.dsn("postgres"))
    assert (boss["user"], boss["password"]) == ("boss", "s3")
    assert loaded.cluster is None


def test_a_database_host_that_vanishes_is_known_to_be_gone_unless_its_address_says_otherwise(
    tmp_path: Path,
) -> None:
    said = [
        conninfo_to_dict(configuration.load({"data": tmp_path}, {"DATABASE_URL": url}).dsn("postgres"))
        for url in ("postgresql://db.example/sw", "postgresql://db.example/sw?tcp_user_timeout=90000")
    ]
    assert [one["tcp_user_timeout"] for one in said] == ["15000", "90000"]
    assert [one["keepalives_idle"] for one in said] == ["10", "10"]


def test_keys_are_private_from_their_first_byte_and_kept(tmp_path: Path) -> None:
    path = keys.signing_key(tmp_path / "keys" / "platform.pem")
    before = path.read_bytes()
    assert b"PRIVATE KEY" in before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.signing_key(path).read_bytes() == before
