"""``singlewindow replay``: dead letters of a lane, listed, and sent again on somebody's word."""

from __future__ import annotations

import argparse
import os
import pwd
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from singlewindow.hub.journal.append import COPY, copied
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Actor
from singlewindow.server import rooms
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.reply import Reply

MOST = 1_000
DEAD = """
select seq, partner, submission_id, message, attempts, problem, viewers
  from outbox
 where state = 1 and (%(partner)s::text is null or partner = %(partner)s)
 order by seq
 limit %(most)s
"""
AGAIN = """
update outbox set state = 0, attempts = 0, ready_at = now(), problem = ''
 where state = 1 and seq = any (%(seqs)s)
returning seq, partner, submission_id, message, viewers
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
        sent = connection.execute(AGAIN, {"seqs": seqs}).fetchall()
        _tell(connection, sent)
    lost = [seq for seq in asked if seq not in known]
    words = f"重发 {len(sent)} 件 · {len(sent)} sent again"
    missing = [f"没有死信 {seq} · no dead letter {seq}" for seq in lost]
    return Reply(
        {"sent": [row["seq"] for row in sent], "unknown": lost}, "\n".join([words, *missing]), int(bool(lost))
    )


def _tell(connection: psycopg.Connection[Any], sent: list[dict[str, Any]]) -> None:
    """Who had it sent again stands in the journal; the components are woken in the same commit."""
    actor = Actor("system", "replay", pwd.getpwuid(os.geteuid()).pw_name)
    entries = [
        entry(
            at=now(),
            actor=actor,
            verb="message.replayed",
            subject_kind="message",
            subject_id=UUID(str(row["message"])),
            submission_id=UUID(str(row["submission_id"])),
            content={"partner": row["partner"], "seq": str(row["seq"])},
            viewers=row["viewers"],
        )
        for row in sent
    ]
    with connection.cursor() as cursor:
        if entries:
            with cursor.copy(COPY) as copy:
                copy.write(copied(entries))
        for partner in sorted({row["partner"] for row in sent}):
            cursor.execute("select pg_notify('outbox', %s)", [partner])


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}


def _lines(dead: list[dict[str, Any]]) -> list[str]:
    if not dead:
        return ["没有死信 · no dead letters"]
    return [f"{row['seq']:>8}  {row['partner']:12} {row['submission_id']}  {row['problem']}" for row in dead]
