"""The story against a running platform: all of it happens, and where one side stands still it does not."""

from __future__ import annotations

import argparse
import os
import re
import signal

import pytest

from integration.server.test_up import Platform, Start, start
from singlewindow.server import configuration
from singlewindow.server.commands import demo
from singlewindow.server.reply import Reply
from singlewindow.server.story import playing

__all__ = ["start"]
pytestmark = pytest.mark.database


def played(platform: Platform) -> Reply:
    chosen = configuration.load({"data": platform.data, "port": str(platform.port), "demo": True}, {})
    return demo.run(argparse.Namespace(json=True), chosen)


def test_it_happens_and_without_one_counterpart_it_does_not(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = start()
    for _ in range(2):  # the box that left comes back with another call
        whole = played(platform)
        assert whole.code == 0, whole.values["steps"][-1]
    assert len(whole.values["steps"]) == len([*playing.Story(None, "").steps()]) + 1  # type: ignore[arg-type]
    counterpart = re.search(r"counterpart:maritime: .*process (\d+)", platform.words())
    assert counterpart
    monkeypatch.setattr(playing, "STEP_S", 4.0)
    os.kill(int(counterpart[1]), signal.SIGSTOP)
    try:
        broken = played(platform)
    finally:
        os.kill(int(counterpart[1]), signal.SIGCONT)
    assert broken.code == 1
    assert [step["happened"] for step in broken.values["steps"]] == [True, False]
    assert broken.values["steps"][-1]["seen"].endswith("missing maritime")
