"""``singlewindow answers``: answers nobody could read or apply, listed, and laid aside on somebody's word."""

from __future__ import annotations

import argparse

import psycopg

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.lanes import Unread
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Viewer
from singlewindow.server import given, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

OPERATOR = Viewer((), frozenset({lanes.READ}))
WARNING = (
    "搁置后闸口不再等这些回执；其中若有暂扣，平台不知道、不会拦",
    "Gates no longer wait for what is laid aside; should a hold be in it, nothing bars",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose answers, and whether to lay some aside."""
    parser.description = "列出或搁置无法处理的回执 · list answers that cannot be taken, or lay them aside"
    parser.epilog = " · ".join(WARNING)
    parser.add_argument("--partner", choices=rooms.connectors(), help="只看一家 · one partner only")
    parser.add_argument(
        "--lay-aside", nargs="+", type=int, metavar="ID", help="搁置：编号 · lay aside: numbers"
    )
    parser.add_argument("--reason", default="", help="搁置的理由（必填）· why they are laid aside (required)")


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where a number names no answer that waits."""
    with psycopg.connect(configuration.dsn(ENGINE)) as connection, connection.cursor() as cursor:
        if not arguments.lay_aside:
            found = lanes.unread(OPERATOR, cursor, arguments.partner)
            return Reply([_plain(one) for one in found], "\n".join(_lines(found)))
        for problem in services.unfit(arguments.reason):
            raise Refusal(f"--reason：{problem.text.zh}", f"--reason: {problem.text.en}")
        asked = list(dict.fromkeys(arguments.lay_aside))
        done = [one for one in asked if _lay_aside(cursor, one, arguments.reason)]
    lost = [one for one in asked if one not in done]
    words = [f"搁置 {len(done)} 件 · {len(done)} laid aside", *(WARNING if done else ())]
    missing = [f"没有等待处理的回执 {one} · no answer {one} waits" for one in lost]
    return Reply({"laid_aside": done, "unknown": lost}, "\n".join([*words, *missing]), int(bool(lost)))


def _lay_aside(cursor: psycopg.Cursor[tuple[object, ...]], id_: int, reason: str) -> bool:
    return services.lay_aside(given.operator("answers"), cursor, answer=id_, reason=reason, at=now())


def _plain(one: Unread) -> dict[str, object]:
    values = {name: getattr(one, name) for name in ("id", "partner", "source", "problem", "again")}
    return values | {"received_at": one.received_at, "digest": one.digest.hex()}


def _lines(found: list[Unread]) -> list[str]:
    if not found:
        return ["没有无法处理的回执 · no answer waits for a person"]
    return [f"{one.id:>8}  {one.partner:12} {one.received_at:%Y-%m-%d %H:%M}  {one.problem}" for one in found]
