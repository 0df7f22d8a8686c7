"""Logs tell what failed and where, and nothing of the rows it failed on."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import psycopg
import pytest
import structlog

from singlewindow.server import logs
from singlewindow.server.tracebacks import terse
from unit.server.test_children import ended

SECRET = "长江某某进出口有限公司"
SAID = f"""duplicate key value violates "x"
DETAIL:  Key (name)=({SECRET}
{SECRET}) exists.
CONTEXT:  COPY, "{SECRET}\""""


def fail() -> None:
    try:
        raise psycopg.errors.UniqueViolation(SAID)
    except psycopg.Error as error:
        raise RuntimeError("not stored") from error


def test_of_what_a_database_said_the_first_line_is_kept() -> None:
    with pytest.raises(RuntimeError) as failed:
        fail()
    grouped = ExceptionGroup("tasks", [ValueError("a"), failed.value])
    for error in (failed.value, grouped):
        said = terse(error)
        assert SECRET not in said
        assert 'UniqueViolation: duplicate key value violates "x"' in said
        assert "not stored" in said
        assert "in fail" in said


def test_both_logs_keep_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.configure()
        fail()
    except RuntimeError:
        structlog.get_logger("z").exception("not taken")
        line = logs.Line(logs.FORMAT)
        line_said = line.format(logging.LogRecord("n", logging.ERROR, "p", 1, "x", (), sys.exc_info()))
    finally:
        structlog.configure(**before)
    for said in (capsys.readouterr().out, line_said):
        assert "UniqueViolation" in said
        assert SECRET not in said


def test_a_role_that_fails_keeps_to_it(tmp_path: Path) -> None:
    def work() -> None:
        sys.stderr = os.fdopen(2, "w", closefd=False)  # as it is where nobody captures it
        fail()

    assert ended(work, tmp_path / "role.log") == 1
    said = (tmp_path / "role.log").read_text("utf-8")
    assert "RuntimeError: not stored" in said
    assert SECRET not in said
