"""``singlewindow replay``: dead letters of a lane, listed, and sent again on somebody's word."""

from __future__ import annotations

import argparse
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row, tuple_row

from singlewindow.hub.exchange.services import MOST, replay
from singlewindow.kernel.clock import now
from singlewindow.server import given, rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.reply import Reply

DEAD = """
select seq, partner, submission_id, message, attempts, problem, viewers
  from outbox
 where state = 1 and (%(partner)s::text is null or partner = %(partner)s)
 order by seq
 limit %(most)s
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose dead letters, and whether to send them again."""
    parser.description = "列出或重发死信 · list dead letters, or send them again"
    parser.add_argument("--partner", choices=rooms.connectors(), help="只看一家 · one partner only")
    parser.add_argument(
        "--send", nargs="+", metavar="SEQ", help="重发：序号，或 all · send again: numbers, or all"
    )


def run(arguments: argparse.Namespace, configuration: Configuration) -> Reply:
    """Exit code 0; 1 where a number names no dead letter."""
    with psycopg.connect(configuration.dsn(ENGINE), row_factory=dict_row) as connection:
        dead = connection.execute(DEAD, {"partner": arguments.partner, "most": MOST}).fetchall()
        if not arguments.send:
            return Reply([_plain(row) for row in dead], "\n".join(_lines(dead)))
        known = {str(row["seq"]): row["seq"] for row in dead}
        asked = list(known) if arguments.send == ["all"] else arguments.send
        seqs = [known[seq] for seq in asked if seq in known]
        with connection.cursor(row_factory=tuple_row) as cursor:
            sent = replay(given.operator("replay"), cursor, seqs=seqs, at=now())
    lost = [seq for seq in asked if seq not in known]
    words = f"重发 {len(sent)} 件 · {len(sent)} sent again"
    missing = [f"没有死信 {seq} · no dead letter {seq}" for seq in lost]
    return Reply(
        {"sent": [one.seq for one in sent], "unknown": lost}, "\n".join([words, *missing]), int(bool(lost))
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _lines(dead: list[dict[str, Any]]) -> list[str]:
    if not dead:
        return ["没有死信 · no dead letters"]
    return [f"{row['seq']:>8}  {row['partner']:12} {row['submission_id']}  {row['problem']}" for row in dead]
