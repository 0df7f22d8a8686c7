"""What tests of telling share: the subscribers run over a story's journal, and what a counterpart reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import zstandard

from integration.hub.coordination.story import AT, ONE, VALUES, Port, said
from singlewindow.connectors.terminal.counterpart import Body
from singlewindow.connectors.terminal.counterpart import Yard as Terminal
from singlewindow.hub.coordination.leaving import leaving, signatures
from singlewindow.hub.exchange.concerned import concerned
from singlewindow.hub.exchange.notices import wires
from singlewindow.hub.exchange.notifying import Notifying
from singlewindow.hub.journal.sequencer import sequence_once
from singlewindow.hub.notice.following import Box
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Order, Outcome
from singlewindow.server import composition, rooms

AGENCIES = ("customs", "quarantine")
CALL = f"2/{VALUES['imo_number']}/{VALUES['voyage_number']}"  # as the story's container keys name it


def notifying(port: Port, leave: Any = leaving) -> Notifying:
    """The subscriber over the shipped connectors, at the story's time."""
    known = composition.registry()
    told = wires(rooms.PACKAGE, known.elements, known.definitions, composition.connectors())
    return Notifying(told, leave, signatures, lambda: port.now, lambda: uuid7(port.now))


async def sequenced(port: Port) -> None:
    async with await port.database.connect("sw_engine") as connection:
        while await sequence_once(connection, clock=lambda: port.now):
            pass


async def told(port: Port, subscriber: Notifying | Box | None = None, limit: int = 10_000) -> int:
    """Number the journal and run a subscriber until nothing more waits; how many batches there were."""
    await sequenced(port)
    made = subscriber or notifying(port)
    batches = 1
    connection = await psycopg.AsyncConnection.connect(port.database.dsn("sw_engine"), autocommit=True)
    async with connection:
        while await made.once(connection, limit):
            batches += 1
    return batches


async def boxed(port: Port, limit: int = 10_000) -> int:
    """Fill the message boxes."""
    return await told(port, Box(concerned), limit)


def messages(port: Port, partner: str = "terminal") -> list[tuple[UUID, dict[str, Any]]]:
    """What waits for a counterpart, in the order in which it goes out."""
    rows = port.rows(
        "select m.id, m.payload from sw.outbox o join sw.message m on m.submission_id = o.submission_id"
        " and m.id = o.message where o.partner = %s and o.state = 0 order by o.seq",
        partner,
    )
    return [(id_, msgspec.json.decode(zstandard.decompress(payload))) for id_, payload in rows]


def lines(port: Port, partner: str = "terminal") -> list[dict[str, Any]]:
    """Every order, release and pass told, in that order."""
    return [
        line
        for _, message in messages(port, partner)
        for kind in ("orders", "releases", "passes")
        for line in message["body"].get(kind, ())
    ]


def terminal_of(port: Port, folder: Path) -> Terminal:
    """The terminal's own system, at the story's time, told nothing yet."""
    return Terminal(folder / "yard.db", lambda: int(port.now.timestamp() * 1000))


async def hear(port: Port, terminal: Terminal) -> None:
    """Tell what waits to be told, and let the terminal take all that it was ever told."""
    await told(port)
    for _, message in messages(port):
        terminal.take(msgspec.convert(message["body"], Body))


def passes(port: Port) -> list[dict[str, Any]]:
    """What the terminal is told of gate passes, as far as it is the same at every run."""
    return [
        {name: value for name, value in line.items() if name not in ("sequence", "time", "since")}
        for line in lines(port)
        if "passVersion" in line
    ]


async def inspected(port: Port, submission: UUID, seconds: float = 1) -> None:
    """Customs and quarantine both order the first container to be inspected."""
    await port.receive(
        *(
            port.answer(
                submission,
                agency,
                Outcome.INSPECT,
                seconds,
                said(agency, Order.INSPECT, ONE, items=[agency]),
            )
            for agency in AGENCIES
        )
    )


async def released(port: Port, submissions: Sequence[UUID], seconds: float = 0) -> None:
    """Both agencies release everything of these."""
    await port.receive(
        *(port.answer(one, agency, Outcome.RELEASED, seconds) for one in submissions for agency in AGENCIES)
    )


__all__ = [
    "AT",
    "CALL",
    "ONE",
    "Port",
    "boxed",
    "hear",
    "inspected",
    "lines",
    "messages",
    "notifying",
    "passes",
    "released",
    "terminal_of",
    "told",
]
