"""What people give on the command line, and what is said where it cannot be used."""

from __future__ import annotations

import argparse
import os
import pwd
import sys
from datetime import date
from pathlib import Path

from singlewindow.hub.exchange.submission import LONGEST_MESSAGE_ID
from singlewindow.kernel.messages import Actor
from singlewindow.server.bounded import MOST_BYTES
from singlewindow.server.refusal import Refusal

STANDARD_INPUT = Path("-")


def operator(command: str) -> Actor:
    """Whoever is signed in on the machine and gives this command."""
    return Actor("system", command, pwd.getpwuid(os.geteuid()).pw_name)


def bytes_of(path: Path) -> bytes:
    """The content of a file somebody named (``-``: the standard input), no more than any door would take."""
    if path == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or error
        raise Refusal(f"无法读取 {path}：{why}", f"{path} cannot be read: {why}") from error


def day(text: str) -> date:
    """A day, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"“{text}”应为日期，如 2026-11-21 · “{text}” is no date such as 2026-11-21"
        ) from None


def message_id(text: str) -> str:
    """A message id, for argparse: doors take what a header can carry."""
    most = LONGEST_MESSAGE_ID
    if not (1 <= len(text) <= most and text.isascii() and text.isprintable() and text == text.strip()):
        raise argparse.ArgumentTypeError(
            f"应为 1–{most} 个可打印 ASCII 字符 · give 1 to {most} printable ASCII characters"
        )
    return text
