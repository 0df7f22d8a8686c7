"""Lists that a command shows a part of: how many of how many, and how one goes on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from singlewindow.server.given import number
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

AFTER = "接着列出这个编号之后的 · go on behind this number"


def add_after(parser: argparse.ArgumentParser) -> None:
    """Where a list goes on."""
    parser.add_argument("--after", type=number, metavar="NUMBER", help=AFTER)


def refuse_after(arguments: argparse.Namespace, acting: bool) -> None:
    """What is done is done to what is named, not to a part of a list."""
    if acting and arguments.after is not None:
        raise Refusal("--after 只用于列出", "--after is for listing alone")


def part(items: Sequence[dict[str, Any]], lines: Sequence[str], of: int, next_: int | None) -> Reply:
    """``of`` there are in all; more follow behind the number ``next_``, where there is one."""
    values = {"items": items, "shown": len(items), "of": of, "next": next_}
    more = f"显示 {len(items)} 件，共 {of} 件；接着看请加 --after {next_}"
    said = f"{more} · {len(items)} of {of} shown; go on with --after {next_}"
    return Reply(values, "\n".join([*lines, *([said] if next_ is not None else [])]))
