"""A child ends as a child, whatever its log can hold."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from singlewindow.server.children import fork
from singlewindow.server.supervisor import say

ESCAPED, WORKED = 99, 7
WITHIN_S = 20.0


def ended(body: Callable[[], None], log: Path) -> int:
    """The child's exit code; one that came back from its fork ends here and says so."""
    parent = os.getpid()
    try:
        child = fork(body, log)
    finally:
        if os.getpid() != parent:
            os._exit(ESCAPED)
    deadline = time.monotonic() + WITHIN_S
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.returncode is not None
    return child.returncode


def work() -> None:
    sys.stdout = os.fdopen(1, "w", closefd=False)  # as it is where nobody captures it
    print("said, and not written yet")
    raise SystemExit(WORKED)


def test_on_a_full_disk_a_child_does_not_go_on_as_its_parent() -> None:
    assert ended(work, Path("/dev/full")) == WORKED


def test_a_child_works_without_its_log(tmp_path: Path) -> None:
    assert ended(work, tmp_path / "no such folder" / "web.log") == WORKED


def test_the_platform_does_not_end_because_nobody_can_read_its_news(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []

    def full(line: str, **_: object) -> None:
        lines.append(line)
        raise OSError("no space left on device")

    monkeypatch.setattr("builtins.print", full)
    say("worker: ended")
    assert lines == ["worker: ended"]
