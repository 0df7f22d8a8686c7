"""The story's command ends well only if every step happened, and stops at the first that did not."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from singlewindow.kernel.messages import Text
from singlewindow.server import configuration
from singlewindow.server.commands import demo
from singlewindow.server.refusal import Refusal
from singlewindow.server.story.judging import NotHappenedError


def played(monkeypatch: pytest.MonkeyPatch, folder: Path, *steps: Callable[[], str]) -> Any:
    class Story:
        def __init__(self, *_: object) -> None: ...

        def steps(self) -> Iterator[tuple[Text, Callable[[], str]]]:
            yield from ((Text("步", "step"), step) for step in steps)

    monkeypatch.setattr(demo, "Story", Story)
    monkeypatch.setattr(demo, "_verified", lambda _: "verified")
    chosen = configuration.load({"data": folder, "demo": True}, {})
    return demo.run(argparse.Namespace(json=True, url=None, port=None), chosen)


def done() -> str:
    return "seen"


def test_every_step_happened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    reply = played(monkeypatch, tmp_path, done, done)
    assert reply.code == 0
    assert [step["seen"] for step in reply.values["steps"]] == ["seen", "seen", "verified"]


@pytest.mark.parametrize(
    "fault",
    [
        NotHappenedError("missing maritime"),
        Refusal("无应答", "does not answer"),
        psycopg.OperationalError("gone"),
        KeyError("documents"),
    ],
    ids=lambda fault: type(fault).__name__,
)
def test_the_first_that_did_not_happen_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: Exception
) -> None:
    after: list[str] = []

    def fails() -> str:
        raise fault

    reply = played(monkeypatch, tmp_path, done, fails, lambda: after.append("ran") or "")
    assert reply.code == 1
    assert not reply.values["happened"]
    assert [step["happened"] for step in reply.values["steps"]] == [True, False]
    assert str(fault) in reply.values["steps"][-1]["seen"]
    assert after == []
