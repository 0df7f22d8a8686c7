"""``singlewindow lanes``: how each counterpart's lane fares; pause, resume or try some on somebody's word."""

from __future__ import annotations

import argparse
from datetime import datetime
from functools import partial

import psycopg

from singlewindow.hub.exchange import lanes, operating, services
from singlewindow.hub.exchange.lanes import Lane
from singlewindow.kernel.clock import ZONE, now
from singlewindow.kernel.messages import Viewer
from singlewindow.server import given, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

OPERATOR = Viewer((), frozenset({lanes.READ}))
MINUTES = 15
SHOWN = tuple(name for name in Lane.__struct_fields__ if name != "minutes")
SAID = {
    "pause": ("已暂停", "paused", "已暂停，或从未启动", "is paused already, or never ran"),
    "resume": ("已恢复", "resumed", "未暂停，或已停止对接", "is not paused, or is disconnected"),
    "disconnect": (
        "已停止对接",
        "disconnected",
        "已停止对接，或从未启动",
        "is disconnected already, or never ran",
    ),
    "connect": ("已恢复对接", "connected again", "未停止对接", "is not disconnected"),
    "probe": (
        "正在试发",
        "tried now",
        "应答（或已暂停），回执也取得到",
        "answers, or is paused, and its answers are fetched",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, with which partners' lanes, and why."""
    parser.description = (
        "查看、暂停、恢复通道，立即试发，停止或恢复对接"
        " · see lanes, pause or resume them, try a partner that is away, disconnect one for good"
    )
    parser.add_argument("act", nargs="?", choices=SAID, help="不给则列出 · without it they are listed")
    parser.add_argument(
        "partners", nargs="*", metavar="PARTNER", help=f"哪几家 · which: {', '.join(rooms.connectors())}"
    )
    parser.add_argument(
        "--reason", default="", help="理由；立即试发以外必填 · why; required for all but probe"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where a lane was not as the act needs it."""
    _check(arguments)
    with psycopg.connect(configuration.dsn(ENGINE)) as connection, connection.cursor() as cursor:
        if not arguments.act:
            found = lanes.lanes(OPERATOR, cursor, now(), MINUTES)
            return Reply([_plain(one) for one in found], "\n".join(map(_line, found)))
        act = getattr(operating, arguments.act)
        why = {} if arguments.act == "probe" else {"reason": arguments.reason}
        do = partial(act, given.operator("lanes"), cursor, at=now(), **why)
        asked = list(dict.fromkeys(arguments.partners))
        done = [one for one in asked if do(partner=one)]
    zh, en, not_zh, not_en = SAID[arguments.act]
    other = [one for one in asked if one not in done]
    words = [f"{one} {zh} · {en}" for one in done] + [f"{one} {not_zh} · {not_en}" for one in other]
    return Reply({"done": done, "not_done": other}, "\n".join(words), int(bool(other)))


def _check(arguments: argparse.Namespace) -> None:
    unknown = [one for one in arguments.partners if one not in rooms.connectors()]
    if unknown:
        raise Refusal(f"没有这样的对端：{'、'.join(unknown)}", f"no such partner: {', '.join(unknown)}")
    if arguments.act and not arguments.partners:
        raise Refusal("请写明是哪一家", "say which partner")
    if arguments.act and arguments.act != "probe":
        for problem in services.unfit(arguments.reason):
            raise Refusal(f"--reason：{problem.text.zh}", f"--reason: {problem.text.en}")


def _plain(one: Lane) -> dict[str, object]:
    return {name: getattr(one, name) for name in SHOWN}


def _line(one: Lane) -> str:
    what = f"{one.partner:12} {one.breaker or '-':7} {one.waiting:>6} {one.dead + one.unread:>4}"
    if one.paused_at and one.disconnected:
        return f"{what}  停止对接 · disconnected {_when(one.paused_at)} {one.paused_by}: {one.paused_for}"
    if one.paused_at:
        what += f"  暂停 · paused {_when(one.paused_at)} {one.paused_by}: {one.paused_for}"
    elif one.failures:
        what += f"  {one.problem}"
    if since := one.unheard_since(now()):
        what += f"  收不到回执 · answers not fetched since {_when(since)}"
    return f"{what}: {one.fetch_problem}" if one.fetch_failures else what


def _when(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"
