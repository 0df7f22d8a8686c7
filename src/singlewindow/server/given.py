"""What people give on the command line, and what is said where it cannot be used."""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from singlewindow.hub.exchange.submission import LONGEST_MESSAGE_ID
from singlewindow.kernel.messages import Actor
from singlewindow.server.accounts import name_of
from singlewindow.server.bounded import MOST_BYTES
from singlewindow.server.refusal import Refusal
from singlewindow.server.usage import unfit

STANDARD_INPUT = Path("-")
LONGEST_LINE = 200  # bytes of a line that is typed rather than given as an argument
LONGEST_NUMBER = 18  # digits that every whole number of the data base has room for


def operator(command: str) -> Actor:
    """Whoever is signed in on the machine and gives this command."""
    return Actor("system", command, name_of(os.geteuid()))


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


def line(text: str) -> str:
    """What was given, or a line of the standard input where that is ``-``.

    What is typed there stands in no list of processes, no history of a shell, no log of sudo.
    """
    if text != str(STANDARD_INPUT):
        return text
    return sys.stdin.buffer.readline(LONGEST_LINE).decode(errors="replace").strip()


def day(text: str) -> date:
    """A day, for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise unfit(f"“{text}”应为日期，如 2026-11-21", f"“{text}” is no date such as 2026-11-21") from None


def number(text: str) -> int:
    """A number that a list or a page shows, for argparse."""
    if not is_number(text):
        raise unfit(f"“{text}”应为编号，如 17", f"“{text}” is no number such as 17")
    return int(text)


def is_number(text: str) -> bool:
    """Whether a text is a number that a table counts to."""
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER


def uuid(text: str) -> UUID:
    """An id that the platform has given, for argparse."""
    try:
        return UUID(text)
    except ValueError:
        raise unfit(
            f"“{text}”应为平台给出的编号（UUID）", f"“{text}” is no id (UUID) that the platform has given"
        ) from None


def url(text: str) -> str:
    """The address of a platform, for argparse; what stands before an @ would be a password."""
    try:
        parts = urlsplit(text)
        fit = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and "@" not in parts.netloc
            and parts.port != 0
        )
    except ValueError:
        fit = False
    if not fit or parts.query or parts.fragment or not text.isprintable():
        raise unfit("应为网址，如 https://sw.example", "give an address such as https://sw.example")
    return text.rstrip("/")


def message_id(text: str) -> str:
    """A message id, for argparse: doors take what a header can carry."""
    most = LONGEST_MESSAGE_ID
    if not (1 <= len(text) <= most and text.isascii() and text.isprintable() and text == text.strip()):
        raise unfit(f"应为 1–{most} 个可打印 ASCII 字符", f"give 1 to {most} printable ASCII characters")
    return text
