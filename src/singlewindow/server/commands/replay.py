"""``singlewindow replay``: dead letters of a lane, listed, sent again or laid aside on somebody's word."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from singlewindow.hub.exchange import lanes, services
from singlewindow.hub.exchange.lanes import Letter
from singlewindow.hub.exchange.services import MOST, replay
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Viewer
from singlewindow.server import given, listing, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.refusal import Refusal
from singlewindow.server.reply import Reply

OPERATOR = Viewer((), frozenset({lanes.READ}))
ALL = ["all"]
WARNING = (
    "搁置的通知，对方不由报文得知，请另行告知；搁置的申报单证不再发送，作退单处理，申报方须改单重报，理由其可见",
    (
        "A notice laid aside is not told by message: tell its receiver otherwise; a declaration's document is"
        " never sent again, and its declarant, who reads the reason, has to declare anew"
    ),
)
_SQL = statements_beside(__file__, "replay.sql")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose dead letters, and whether to send them again."""
    parser.description = "列出、重发、搁置死信 · dead letters: list, send again, lay aside"
    parser.epilog = " · ".join(WARNING)
    parser.add_argument("--partner", choices=rooms.connectors(), help="只看一家 · one partner only")
    parser.add_argument(
        "--send", nargs="+", metavar="SEQ", help="重发：序号，或 all · send again: numbers, or all"
    )
    parser.add_argument(
        "--lay-aside", nargs="+", type=given.number, metavar="SEQ", help="搁置：序号 · lay aside: numbers"
    )
    parser.add_argument("--aside", action="store_true", help="列出已搁置的 · list those laid aside")
    parser.add_argument("--reason", default="", help="搁置的理由（必填）· why it is laid aside (required)")
    listing.add_after(parser)


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where a number names no dead letter."""
    listing.refuse_after(arguments, bool(arguments.send or arguments.lay_aside))
    if arguments.send and arguments.lay_aside:
        raise Refusal("重发和搁置请分开办", "send again, or lay aside: one at a time")
    with psycopg.connect(configuration.dsn(ENGINE), autocommit=True) as connection:
        if arguments.lay_aside:
            return _laid_aside(connection, arguments)
        if arguments.aside:
            return _listed_aside(connection, arguments)
        if not arguments.send:
            return _listed(connection, arguments.partner, arguments.after or 0)
        asked = [] if arguments.send == ALL else list(dict.fromkeys(arguments.send))
        of = partial(_named, asked=asked) if asked else _all
        sent = [seq for batch in of(connection, arguments.partner) for seq in _sent(connection, batch)]
    done = {str(seq) for seq in sent}
    lost = [seq for seq in asked if seq not in done]
    words = f"重发 {len(sent)} 件 · {len(sent)} sent again"
    missing = [f"没有死信 {seq} · no dead letter {seq}" for seq in lost]
    return Reply({"sent": sent, "unknown": lost}, "\n".join([words, *missing]), int(bool(lost)))


def _listed(connection: psycopg.Connection[Any], partner: str | None, after: int) -> Reply:
    asked = {"partner": partner, "after": after, "most": MOST + 1}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SQL["listed"], asked).fetchall()
    ((number, _),) = connection.execute(_SQL["counted"], asked)
    dead = found[:MOST]
    next_ = dead[-1]["seq"] if found[MOST:] else None
    return listing.part([_plain(row) for row in dead], _lines(dead), number, next_)


def _laid_aside(connection: psycopg.Connection[Any], arguments: argparse.Namespace) -> Reply:
    for problem in services.unfit(arguments.reason):
        raise Refusal(f"--reason：{problem.text.zh}", f"--reason: {problem.text.en}")
    do = partial(services.lay_letter_aside, given.operator("replay"), reason=arguments.reason, at=now())
    asked = list(dict.fromkeys(arguments.lay_aside))
    with connection.transaction(), connection.cursor() as cursor:
        done = [seq for seq in asked if do(cursor, seq=seq)]
    lost = [seq for seq in asked if seq not in done]
    words = [f"搁置 {len(done)} 件 · {len(done)} laid aside", *(WARNING if done else ())]
    missing = [f"没有死信 {seq} · no dead letter {seq}" for seq in lost]
    return Reply({"laid_aside": done, "unknown": lost}, "\n".join([*words, *missing]), int(bool(lost)))


def _listed_aside(connection: psycopg.Connection[Any], arguments: argparse.Namespace) -> Reply:
    """The last laid aside by number come first: behind a number of theirs are smaller ones."""
    before = lanes.LAST if arguments.after is None else arguments.after
    with connection.transaction(), connection.cursor() as cursor:
        found = lanes.letters_aside(OPERATOR, cursor, arguments.partner, before=before, most=MOST + 1)
        number = lanes.letters_aside_counted(OPERATOR, cursor, arguments.partner)
    shown = found[:MOST]
    said = [
        f"{one.seq:>8}  {one.partner:12} {one.aside_at:%Y-%m-%d %H:%M}  {one.aside_by}: {one.aside_for}"
        for one in shown
    ]
    next_ = shown[-1].seq if found[MOST:] else None
    none = ["没有已搁置的死信 · none is laid aside"]
    return listing.part([_whole(one) for one in shown], said or none, number, next_)


def _whole(one: Letter) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in Letter.__struct_fields__}
    return _plain(values) | {"digest": one.digest.hex()}


def _all(connection: psycopg.Connection[Any], partner: str | None) -> Iterator[list[int]]:
    """Those that are dead now, a thousand at a time; what dies again meanwhile is not taken twice."""
    ((_, last),) = connection.execute(_SQL["counted"], {"partner": partner})
    after = 0
    while batch := _seqs(connection, "next", partner=partner, after=after, last=last, most=MOST):
        yield batch
        after = batch[-1]


def _named(
    connection: psycopg.Connection[Any], partner: str | None, asked: Sequence[str]
) -> Iterator[list[int]]:
    """Those asked for that are dead, a thousand at a time."""
    seqs = [int(seq) for seq in asked if given.is_number(seq)]
    dead = _seqs(connection, "named", partner=partner, seqs=seqs)
    for start in range(0, len(dead), MOST):
        yield dead[start : start + MOST]


def _sent(connection: psycopg.Connection[Any], seqs: Sequence[int]) -> list[int]:
    """Each batch on its own: what was sent again stays so, whatever stops the next."""
    with connection.transaction(), connection.cursor() as cursor:
        return [one.seq for one in replay(given.operator("replay"), cursor, seqs=seqs, at=now())]


def _seqs(connection: psycopg.Connection[Any], name: str, **asked: object) -> list[int]:
    return [seq for (seq,) in connection.execute(_SQL[name], asked)]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _lines(dead: list[dict[str, Any]]) -> list[str]:
    if not dead:
        return ["没有死信 · no dead letters"]
    return [f"{row['seq']:>8}  {row['partner']:12} {row['submission_id']}  {row['problem']}" for row in dead]
