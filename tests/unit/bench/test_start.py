"""The bare machine's limit is the same locked wheels by the same pip into empty caches, and a new cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from bench import start


def test_caches_are_empty_and_nothing_of_this_python_is_handed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    given = start.emptied(tmp_path)
    assert given["PIP_CACHE_DIR"] == given["XDG_CACHE_HOME"] == str(tmp_path)
    assert not given.keys() & {"VIRTUAL_ENV", "PYTHONPATH"}
    assert given["PATH"] == os.environ["PATH"]


def test_the_limit_installs_the_lock_and_makes_a_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []
    caches: list[str] = []

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> None:
        ran.append(command)
        caches.append(env["PIP_CACHE_DIR"])

    monkeypatch.setattr(start.subprocess, "run", run)
    monkeypatch.setattr(start, "new_cluster", lambda: 100.0)
    assert start.installed() >= 100.0
    made, filled = ran
    assert made[:3] == [start.PYTHON, "-m", "venv"]
    assert filled[0].startswith(made[3])
    assert filled[-3:] == ["--require-hashes", "-r", str(start.LOCK)]
    assert start.LOCK.is_file()
    assert {Path(cache).parent for cache in caches} == {Path(made[3]).parent}


def test_a_quick_run_downloads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "again", lambda: {"next_start": [3.0, 1.0, 2.0]})
    monkeypatch.setattr(start, "first", lambda: {"first_start": [4.0]})
    monkeypatch.setattr(start, "bare", lambda: 50.0)
    monkeypatch.setattr(start, "installed", lambda: 20.0)
    assert start.medians(quick=True) == {"next_start": 2.0, "first_start": 4.0}
    whole = start.medians(quick=False)
    assert (whole["bare_machine"], whole["limit_bare_machine"]) == (50.0, 20.0)
