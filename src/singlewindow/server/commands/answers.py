"""``singlewindow answers``: answers nobody could read or apply, listed, laid aside and taken up again."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

import psycopg

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.lanes import Unread
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Viewer
from singlewindow.server import given, listing, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

OPERATOR = Viewer((), frozenset({lanes.READ}))
WARNING = (
    "搁置后闸口不再等这些回执；其中若有挂起，平台不知道、不会拦",
    "Gates no longer wait for what is laid aside; should a hold be in it, nothing bars",
)

AGAIN = (
    "它们重新等人处理，各闸口重新等它们；搁置期间已放出的不因此追回",
    "They wait for a person again, and every gate for them; what was let out meanwhile is out",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose answers, and whether to lay some aside."""
    parser.description = (
        "列出、搁置、重新受理无法处理的回执 · answers that cannot be taken: list, lay aside, take up again"
    )
    parser.epilog = " · ".join(WARNING)
    parser.add_argument("--partner", choices=rooms.connectors(), help="只看一家 · one partner only")
    parser.add_argument(
        "--lay-aside", nargs="+", type=given.number, metavar="ID", help="搁置：编号 · lay aside: numbers"
    )
    parser.add_argument(
        "--take-up",
        nargs="+",
        type=given.number,
        metavar="ID",
        help="重新受理：编号 · take up again: numbers",
    )
    parser.add_argument("--aside", action="store_true", help="列出已搁置的 · list those laid aside")
    listing.add_after(parser)
    parser.add_argument("--reason", default="", help="理由（必填）· why it is done (required)")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where a number names no answer that waits, or none laid aside."""
    listing.refuse_after(arguments, bool(arguments.lay_aside or arguments.take_up))
    with psycopg.connect(configuration.dsn(ENGINE)) as connection, connection.cursor() as cursor:
        if arguments.lay_aside and arguments.take_up:
            raise Refusal("搁置和重新受理请分开办", "lay aside, or take up: one at a time")
        if not arguments.lay_aside and not arguments.take_up:
            return _listed(cursor, arguments)
        for problem in services.unfit(arguments.reason):
            raise Refusal(f"--reason：{problem.text.zh}", f"--reason: {problem.text.en}")
        act = services.lay_aside if arguments.lay_aside else services.take_up
        do = partial(act, given.operator("answers"), cursor, reason=arguments.reason, at=now())
        asked = list(dict.fromkeys(arguments.lay_aside or arguments.take_up))
        done = [one for one in asked if do(answer=one)]
    lost = [one for one in asked if one not in done]
    return _laid_aside(done, lost) if arguments.lay_aside else _taken_up(done, lost)


def _listed(cursor: psycopg.Cursor[Any], arguments: argparse.Namespace) -> Reply:
    """The last laid aside come first: behind a number of theirs are smaller ones."""
    partner, after, most = arguments.partner, arguments.after, lanes.MOST_LETTERS
    if arguments.aside:
        before = lanes.LAST if after is None else after
        found = lanes.aside(OPERATOR, cursor, partner, before=before, most=most + 1)
    else:
        found = lanes.unread(OPERATOR, cursor, partner, beyond=after or 0, most=most + 1)
    shown, number = found[:most], lanes.answers_counted(OPERATOR, cursor, partner, aside=arguments.aside)
    next_ = shown[-1].id if found[most:] else None
    return listing.part([_plain(one) for one in shown], _lines(shown, arguments.aside), number, next_)


def _laid_aside(done: list[int], lost: list[int]) -> Reply:
    words = [f"搁置 {len(done)} 件 · {len(done)} laid aside", *(WARNING if done else ())]
    missing = [f"没有等待处理的回执 {one} · no answer {one} waits" for one in lost]
    return Reply({"laid_aside": done, "unknown": lost}, "\n".join([*words, *missing]), int(bool(lost)))


def _taken_up(done: list[int], lost: list[int]) -> Reply:
    words = [f"重新受理 {len(done)} 件 · {len(done)} taken up again", *(AGAIN if done else ())]
    missing = [f"没有已搁置的回执 {one} · no answer {one} is laid aside" for one in lost]
    return Reply({"taken_up": done, "unknown": lost}, "\n".join([*words, *missing]), int(bool(lost)))


def _plain(one: Unread) -> dict[str, object]:
    values = {name: getattr(one, name) for name in Unread.__struct_fields__}
    return values | {"digest": one.digest.hex()}


def _lines(found: list[Unread], aside: bool) -> list[str]:
    if not found:
        return [
            "没有已搁置的回执 · none is laid aside"
            if aside
            else "没有无法处理的回执 · no answer waits for a person"
        ]
    return [
        f"{one.id:>8}  {one.partner:12} {one.aside_at or one.received_at:%Y-%m-%d %H:%M}  "
        f"{f'{one.aside_by}: {one.aside_for}' if aside else one.problem}"
        for one in found
    ]
