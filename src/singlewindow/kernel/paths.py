"""Where something stands in a document: ``goods[2].hs_code``, lines counted from 0."""

from __future__ import annotations

import re

_PATH = re.compile(r"((?:\w+\[\d{1,6}\]\.)*)(.*)", re.ASCII | re.DOTALL)
_LINE = re.compile(r"(\w+)\[(\d+)\]")


def divided(path: str) -> tuple[str, str]:
    """A path's line, ``goods[2].``, and what is named there; "" for the top."""
    found = _PATH.fullmatch(path)
    return (found[1], found[2]) if found else ("", path)


def steps(line: str) -> list[tuple[str, int]]:
    """The groups that lead to a line, each with the number of the line in it."""
    return [(group, int(number)) for group, number in _LINE.findall(line)]
