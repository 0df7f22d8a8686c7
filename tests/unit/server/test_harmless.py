"""What others wrote does nothing to a terminal and forges no line of a log."""

from __future__ import annotations

import io
import json
import logging
import time
from types import SimpleNamespace
from typing import Any

import pytest
import structlog

from singlewindow.server import cli, logs
from singlewindow.server.harmless import harmless
from singlewindow.server.refusal import REFUSED, Refusal
from singlewindow.server.reply import Reply

EVIL = "箱号\x1b]0;x\x07\x9b2J\u202e\r\x7f"


@pytest.mark.parametrize("text", ["", "一行\n二行\t三", "<b>&amp;é✓"])
def test_what_everybody_can_see_stays(text: str) -> None:
    assert harmless(text) == text


def test_what_would_act_is_spelled_out() -> None:
    assert harmless(EVIL) == "箱号\\u001b]0;x\\u0007\\u009b2J\\u202e\\u000d\\u007f"


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_command_prints_a_partners_words_harmlessly(
    form: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    module = SimpleNamespace(add_arguments=lambda _: None, run=lambda *_: Reply({"problem": EVIL}, EVIL))
    monkeypatch.setattr(cli, "module_of", lambda _: module)
    assert cli.main(["answers", "--data", str(tmp_path), *form]) == 0
    said = capsys.readouterr().out
    assert not set(EVIL) & set("\x1b\x07\x9b\u202e\r\x7f") & set(said)
    if form:
        assert json.loads(said) == {"problem": EVIL}


def test_a_refusal_is_printed_harmlessly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    def refuse(*_: Any) -> Reply:
        raise Refusal(EVIL, EVIL)

    monkeypatch.setattr(cli, "module_of", lambda _: SimpleNamespace(add_arguments=lambda _: None, run=refuse))
    assert cli.main(["answers", "--data", str(tmp_path)]) == REFUSED
    assert "\x1b" not in capsys.readouterr().err


def test_a_log_has_one_line_an_event() -> None:
    record = logging.LogRecord(
        "n", logging.INFO, "p", 1, "Not Found: %s", (f"/a\n2026 INFO n forged{EVIL}",), None
    )
    said = logs.Line(logs.FORMAT).format(record)
    assert "\n" not in said
    assert "\x1b" not in said


def test_tracebacks_keep_their_lines_and_nothing_else() -> None:
    def fail() -> None:
        raise ValueError(EVIL)

    try:
        fail()
    except ValueError as error:
        told = (type(error), error, error.__traceback__)
    said = logs.Line(logs.FORMAT).format(logging.LogRecord("n", logging.ERROR, "p", 1, "x", (), told))
    assert said.count("\n") > 1
    assert "\x1b" not in said


def test_the_other_log_says_it_harmlessly_too(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        structlog.get_logger("x").info("not taken", message_id=f"a\n{EVIL}", other=EVIL.replace("\r", ""))
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert "\u202e" not in said


class Full(io.StringIO):
    """A file on a full disk."""

    def flush(self) -> None:
        raise OSError("no space left on device")


def test_a_full_disk_ends_no_work_that_would_log(monkeypatch: pytest.MonkeyPatch) -> None:
    before, full = structlog.get_config(), Full()
    monkeypatch.setattr("sys.stdout", full)
    try:
        logs.configure()
        structlog.get_logger("y").warning("data base away")
    finally:
        structlog.configure(**before)
    assert "data base away" in full.getvalue()


def test_lines_say_the_time_of_the_world_whatever_zone_the_process_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = logging.LogRecord("n", logging.INFO, "p", 1, "x", (), None)
    record.created, record.msecs = 1_795_312_800.25, 250.0
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        said = logs.Line(logs.FORMAT).format(record)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert said.startswith("2026-11-22T02:00:00.250Z INFO")
