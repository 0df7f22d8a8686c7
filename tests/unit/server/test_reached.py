"""Which platform a command asks: the one it is told of, else the one that runs on its data folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from uuid import UUID

import pytest

from singlewindow.rehearsal.ports import free_port
from singlewindow.server import calling, cli, configuration, keys, lock
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import AWAY, Refusal

RUNNING = "http://127.0.0.1:8100"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """No port, no token and no configuration of the machine's or of another test's."""
    for name in (*configuration.ENVIRONMENT.values(), calling.TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(configuration, "_current", None)


def reached(data: Path, *arguments: str) -> str:
    """The address that ``status`` asks."""
    parsed = cli.parser(["status"]).parse_args(["status", str(UUID(int=1)), *arguments])
    chosen = configuration.load({"data": data, "port": parsed.port})
    return calling.reached(parsed, chosen).url


def test_the_data_folder_says_where_its_platform_runs_as_long_as_it_does(tmp_path: Path) -> None:
    with lock.take(tmp_path, RUNNING):
        assert reached(tmp_path) == RUNNING
    assert (tmp_path / "up.lock").read_text().endswith(f"{RUNNING}\n"), "stale from now on"
    assert reached(tmp_path) == "http://127.0.0.1:8000"
    assert lock.holder(tmp_path) is None


def test_who_says_where_is_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with lock.take(tmp_path, RUNNING):
        assert reached(tmp_path, "--port", "9001") == "http://127.0.0.1:9001"
        assert reached(tmp_path, "--url", "https://sw.example/") == "https://sw.example"
        assert reached(tmp_path, "--url", "https://sw.example", "--port", "9001") == "https://sw.example"
        monkeypatch.setenv("SINGLEWINDOW_PORT", "9002")
        assert reached(tmp_path) == "http://127.0.0.1:9002"


@pytest.mark.parametrize(
    "written", ["sw.example", "ftp://sw.example", "https://", "http://a:b@c", "http://[", "http://a/?b"]
)
def test_what_is_no_address_is_refused(
    written: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["status", str(UUID(int=1)), "--url", written, "--data", str(tmp_path)]
    assert cli.main(given) == 2
    assert "an address such as https://sw.example" in capsys.readouterr().err


def test_where_nothing_runs_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys.write_privately(tmp_path / "demo.toml", b'token = "sw_none"\n')
    (tmp_path / "singlewindow.toml").write_text(f"port = {free_port()}\n")
    (tmp_path / "up.lock").write_text(f"4711\n{RUNNING}\n")
    assert cli.main(["status", str(UUID(int=1)), "--data", str(tmp_path)]) == AWAY
    chinese, english = capsys.readouterr().err.splitlines()
    assert f"数据目录 {tmp_path} 上没有平台在运行" in chinese
    assert f"no platform runs on the data folder {tmp_path}" in english
    assert RUNNING not in english
    assert "--data, --port or --url" in english


def test_one_that_listens_everywhere_is_found_on_this_machine(tmp_path: Path) -> None:
    assert Configuration(tmp_path, bind="0.0.0.0", port=80).url == "http://127.0.0.1:80"


def test_where_one_is_asked_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "singlewindow.toml").write_text('address = "http://elsewhere"\n')
    with pytest.raises(Refusal, match="Unknown settings: address"):
        configuration.load({"data": tmp_path}, {})


def test_who_only_looks_keeps_nobody_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    locking = lock.fcntl.flock

    def busy_once(file: object, how: int) -> None:
        tries.append(how)
        if len(tries) == 1:
            raise BlockingIOError
        locking(file, how)  # type: ignore[arg-type]

    monkeypatch.setattr(lock.fcntl, "flock", busy_once)
    lock.take(tmp_path).close()
    assert len(tries) == 2


def test_a_lock_that_says_little_is_read(tmp_path: Path) -> None:
    with lock.take(tmp_path):
        (tmp_path / "up.lock").write_text("")
        assert lock.holder(tmp_path) == ("", "")
        parsed = argparse.Namespace(url=None, port=None)
        assert calling.reached(parsed, Configuration(tmp_path, port=8001)).url == "http://127.0.0.1:8001"
