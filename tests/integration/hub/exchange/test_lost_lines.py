"""A partner's line that ends while its answers are read or settled: each counts, and counts once."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from integration.hub.exchange.test_ledger import put
from platform_under_test import AT
from singlewindow.hub.exchange.component import Component
from singlewindow.hub.exchange.ledger import Ledger
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.transports.port import Unreachable
from singlewindow.hub.exchange.transports.sftp import Sftp
from singlewindow.rehearsal.sftp import (
    DROP,
    READ,
    REFUSE,
    REMOVE,
    SILENT,
    Mishaps,
    listen,
    prepare_endpoint,
    root,
)
from singlewindow.server import rooms
from singlewindow.server.composition import connectors

pytestmark = pytest.mark.database
SAMPLE = (rooms.PACKAGE / "connectors/customs/samples/positive-technical.xml").read_bytes()
ABOUT = b"S202611180000000017"
TRIES = 60


class Line:
    """Customs' component, and the server in which its answers lie."""

    def __init__(self, database: Any, ledger: Ledger, wire: Sftp, inbox: Path, mishaps: Mishaps) -> None:
        self.database, self.ledger, self.wire, self.inbox = database, ledger, wire, inbox
        self.mishaps = mishaps
        self.component = Component(connectors()["customs"], wire, lambda: AT, uuid4)

    def answer(self) -> str:
        """A message of ours, and the file that answers it; its name."""
        about = str(put(self.database, "customs", str(uuid4())))
        (self.inbox / f"{about}.xml").write_bytes(SAMPLE.replace(ABOUT, about.encode()))
        return f"{about}.xml"

    async def collect(self) -> bool:
        """Whether a round passed without the line being lost."""
        try:
            await self.component.collect_once(self.ledger)
        except Unreachable:
            return False
        return True

    def kept(self) -> list[str]:
        rows = self.database.execute("postgres", "select source from sw.inbox order by source")
        return [source for (source,) in rows]

    async def applied(self) -> list[tuple[str, int]]:
        """The files whose messages have an answer once all kept are applied, and how many each has."""
        dsn = self.database.dsn("sw_engine")
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as engine:
            while await Receiver(uuid4).apply(engine):
                pass
        counted = """select m.message_id || '.xml', count(*)::int from sw.message m
                       join sw.receipt r using (submission_id, document_id) group by 1 order by 1"""
        return self.database.execute("postgres", counted)


@pytest.fixture
async def line(database: Any, tmp_path: Path) -> AsyncIterator[Line]:
    prepare_endpoint(tmp_path, 0)
    mishaps = Mishaps()
    server = await listen(tmp_path, 0, mishaps)
    endpoint = prepare_endpoint(tmp_path, server.get_port())
    wire = Sftp(endpoint | {"connect_timeout_s": 3.0, "operation_timeout_s": 1.5})
    dsn = database.dsn("sw_component_customs")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        ledger = Ledger(connection, "customs", "customs")
        yield Line(database, ledger, wire, root(tmp_path) / "InBox", mishaps)
    await wire.close()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("mishap", [DROP, SILENT])
async def test_of_answers_whose_reading_is_cut_short_nothing_is_kept_and_the_next_look_has_all(
    line: Line, mishap: str
) -> None:
    names = sorted(line.answer() for _ in range(3))
    line.mishaps.plan("", mishap, at=READ)
    assert not await line.collect()
    assert line.kept() == []
    assert await line.collect()
    assert line.kept() == names
    assert await line.applied() == [(name, 1) for name in names]
    assert list(line.inbox.iterdir()) == []


@pytest.mark.parametrize(("mishap", "left"), [(DROP, 1), (SILENT, 0)])
async def test_an_answer_whose_settling_is_lost_is_applied_once(line: Line, mishap: str, left: int) -> None:
    name = line.answer()
    line.mishaps.plan(mishap, at=REMOVE)
    assert not await line.collect()
    assert line.kept() == [name]
    assert len(list(line.inbox.iterdir())) == left
    assert await line.applied() == [(name, 1)]
    assert await line.collect()
    assert await line.applied() == [(name, 1)]
    assert list(line.inbox.iterdir()) == []


async def test_a_line_that_is_lost_again_and_again_loses_and_doubles_no_answer(line: Line) -> None:
    seed = int(os.environ.get("SEED", "20261121"))
    print(f"seed {seed}")
    names = sorted(line.answer() for _ in range(8))
    line.mishaps.by_chance(seed, {DROP: 0.15, REFUSE: 0.2})
    for _ in range(TRIES):
        if await line.collect() and not list(line.inbox.iterdir()):
            break
        await line.applied()
    assert list(line.inbox.iterdir()) == []
    assert await line.applied() == [(name, 1) for name in names]
