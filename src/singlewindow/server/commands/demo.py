"""``singlewindow demo``: the story in the terminal, against the running platform."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Text
from singlewindow.server.calling import add_place, line, reached
from singlewindow.server.commands import journal
from singlewindow.server.configuration import Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply
from singlewindow.server.story.judging import NotHappenedError
from singlewindow.server.story.playing import Story
from singlewindow.server.story.systems import Systems


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where the platform is, which runs in demo mode."""
    parser.description = "演示全程：一次录入到卡口放行 · the story, from one entry to the gate"
    add_place(parser)


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0 if every step happened, 1 at the first that did not."""
    with line() as opened:
        story = Story(Systems(reached(arguments, configuration), opened), f"{now():%y%m%d%H%M%S}")
        verified = Text("日志可核验", "The journal verifies"), lambda: _verified(configuration)
        steps = [*story.steps(), verified]
        told: list[dict[str, Any]] = []
        for number, (text, step) in enumerate(steps, 1):
            told.append(_told(number, len(steps), text, step, quiet=arguments.json))
            if not told[-1]["happened"]:
                break
    happened = len(told) == len(steps) and told[-1]["happened"]
    verdict = "全程走通 · the whole story happened" if happened else "未走通 · a step did not happen"
    return Reply({"happened": happened, "steps": told}, verdict, 0 if happened else 1)


def _told(number: int, count: int, text: Text, step: Callable[[], str], quiet: bool) -> dict[str, Any]:
    begun = time.monotonic()
    if not quiet:
        print(f"[{number:2}/{count}] {text.zh} · {text.en} …", end="", flush=True)
    try:
        seen, happened = step(), True
    except (NotHappenedError, Refusal, psycopg.Error, ValueError, LookupError) as error:
        seen, happened = str(error), False
    seconds = time.monotonic() - begun
    if not quiet:
        print(
            f"\r[{number:2}/{count}] {'✓' if happened else '✗'} {text.zh} · {text.en}  {seconds:.1f} s\n"
            f"        {seen}"
        )
        sys.stdout.flush()
    return {"zh": text.zh, "en": text.en, "happened": happened, "seen": seen, "seconds": round(seconds, 2)}


def _verified(configuration: Configuration) -> str:
    reply = journal.run(
        argparse.Namespace(action="verify", positions=[], key=[], checkpoint=[]), configuration
    )
    if reply.code:
        raise NotHappenedError(reply.text)
    return f"{reply.values['size']} 条 · entries"
