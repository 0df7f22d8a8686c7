"""A log stays small and its newest lines stay readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from singlewindow.server import rotation


def test_a_large_log_is_kept_once_and_begun_anew_for_who_has_it_open(tmp_path: Path) -> None:
    log, kept = tmp_path / "web.log", tmp_path / "web.log.1"
    with log.open("a", encoding="ascii", buffering=1) as writer:
        for round_ in ("first", "second", "third"):
            writer.write(f"{round_} line\n")
            rotation.rotate(tmp_path, most=5)
            writer.write("rest\n")
    assert kept.read_text("ascii") == "rest\nthird line\n"
    assert log.read_text("ascii") == "rest\n"
    assert sorted(tmp_path.iterdir()) == [log, kept]


def test_a_small_log_and_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web.log").write_text("1234", "ascii")
    (tmp_path / "note.txt").write_text("123456", "ascii")
    rotation.rotate(tmp_path, most=5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note.txt", "web.log"]


def test_without_room_for_a_copy_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "web.log"
    log.write_text("123456", "ascii")

    def full(_: Path, to: Path) -> None:
        to.write_text("123", "ascii")
        raise OSError("no space left on device")

    monkeypatch.setattr(rotation.shutil, "copy", full)
    rotation.rotate(tmp_path, most=5)
    assert log.read_text("ascii") == "123456"
    assert list(tmp_path.iterdir()) == [log]
