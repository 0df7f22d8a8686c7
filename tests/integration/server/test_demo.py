"""The story against a running platform: all of it happens, and where one side stands still it does not."""

from __future__ import annotations

import argparse
import os
import re
import signal

import psycopg
import pytest

from integration.server.test_up import Platform, Start, start
from singlewindow.server import configuration
from singlewindow.server.calling import line
from singlewindow.server.commands import demo
from singlewindow.server.configuration import Configuration
from singlewindow.server.reply import Reply
from singlewindow.server.story import playing
from singlewindow.server.story.systems import Account, Systems

__all__ = ["start"]
pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]


def told(platform: Platform) -> Configuration:
    return configuration.load({"data": platform.data, "port": str(platform.port), "demo": True}, {})


def played(platform: Platform) -> Reply:
    """Nobody says on which port: the data folder knows."""
    asked = argparse.Namespace(json=True, url=None, port=None)
    return demo.run(asked, configuration.load({"data": platform.data, "demo": True}, {}))


def take_its_right(platform: Platform, account: Account) -> None:
    """From now on the program may do nothing; it is waited until the platform knows."""
    with line() as opened, psycopg.connect(told(platform).dsn("postgres")) as connection:
        systems = Systems(told(platform), opened)
        name = systems.get(account, "/me")["name"]
        connection.execute("update sw.api_token set scopes = '{}' where name = %s", [name])
        connection.commit()
        platform.wait_for(lambda: not systems.get(account, "/me")["scopes"], "the right is still there")


def test_it_does_not_happen_by_whom_may_not(start: Start) -> None:
    platform = start()
    take_its_right(platform, Account.GATE)
    forbidden = played(platform)
    assert forbidden.code == 1
    last = forbidden.values["steps"][-1]
    assert last["en"] == "The gate refuses the box not released"
    assert "or you may not see it" in last["seen"]


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
