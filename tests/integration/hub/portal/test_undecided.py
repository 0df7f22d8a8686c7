"""A counterpart that takes a document, says so, and never decides: that one waits, and no other does."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from database import Database
from integration.hub.coordination.story import ONE, TWO, Port
from integration.hub.exchange.test_write_path import KEEPER, stored
from opposite import PATIENCE_S, over_files, over_http
from platform_under_test import context, sample
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange.component import Component
from singlewindow.hub.exchange.ledger import Ledger
from singlewindow.hub.exchange.notifying import goods_only
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.submission import prepare
from singlewindow.hub.portal import consignment, queries
from singlewindow.hub.portal.states import Stand, states
from singlewindow.kernel.clock import now
from singlewindow.kernel.messages import Text
from singlewindow.rehearsal.script import EVEN, Case, Script
from singlewindow.server.composition import connectors

from .declared import BROKER

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
NEVER = Script(cases=[Case("*")])  # taken, and no further step
AT_ONCE = Script(profile=EVEN)
# No consignment of the demonstration's, of which counterparts have scripts of their own.
OURS = {
    "bill_number": "CQWAIT001",
    "bill_of_lading_number": "CQWAIT001",
    "conveyance_name": "WAITING 01",
    "voyage_number": "W001E",
}
# A terminal takes the notice; it releases nothing.
DECIDED = {each: {"released", "closed"} for each in connectors()} | {"terminal": {"accepted"}}
FOR = "select count(*) from sw.receipt where partner = %s"


@pytest.mark.parametrize(
    ("undecided", "free"),
    [
        (None, {ONE, TWO}),
        ("customs", set()),
        ("quarantine", set()),
        ("maritime", {TWO}),  # has a say in what is dangerous alone
        ("border", {ONE, TWO}),  # releases the ship, not what is in it
        ("terminal", {ONE, TWO}),
    ],
)
def test_who_never_decides_holds_up_what_it_must_release_and_nobodys_document(
    database: Database, reading: Reading, tmp_path: Path, undecided: str | None, free: Collection[str]
) -> None:
    submission = asyncio.run(worked(database, tmp_path, undecided))
    with reading(BROKER):
        kept = queries.consignment(submission)
    assert kept
    stands = {one.partner.id: one.stand for one in consignment.view(kept).sent}
    assert stands.keys() == connectors().keys()
    if undecided:
        waiting = states()["waiting"]
        assert stands.pop(undecided) == Stand(waiting, Text("待回执", "Awaiting receipt"), "")
    assert [partner for partner, stand in stands.items() if stand.state.id not in DECIDED[partner]] == []
    assert passes(database) == free


async def worked(database: Database, folder: Path, undecided: str | None) -> UUID:
    """One declaration; who never decides is sent its document first, and asked once more at the end."""
    port = Port(database)
    prepared = prepare(sample(**OURS), context())
    await stored(database, prepared)
    partners = sorted(connectors(), key=lambda one: one != undecided)
    for partner in partners:
        script = NEVER if partner == undecided else AT_ONCE
        await exchanged(port, partner, folder / partner, script)
    if undecided:
        await exchanged(port, undecided, folder / undecided, NEVER)
        assert database.execute("postgres", FOR, undecided) == [(1,)], "the technical receipt"
    return prepared.submission_id


async def exchanged(port: Port, partner: str, state: Path, script: Script) -> None:
    """What waits for a partner goes over its wire, and all that it says comes back and is applied."""
    dsn = port.database.dsn(f"sw_component_{partner}")
    async with (
        opposite(partner, state, script) as wire,
        await psycopg.AsyncConnection.connect(dsn, autocommit=True) as line,
    ):
        component, ledger = Component(connectors()[partner], wire, now, uuid4), Ledger(line, partner, partner)
        await component.dispatch_once(ledger)
        end, heard = time.monotonic() + PATIENCE_S, -1
        while heard < given(state):
            assert time.monotonic() < end, partner
            await component.collect_once(ledger)
            await applied(port)
            ((heard,),) = port.rows(FOR, partner)
            await asyncio.sleep(0.02)


@asynccontextmanager
async def opposite(partner: str, state: Path, script: Script) -> AsyncIterator[Any]:
    """The platform's transport to this counterpart, whatever its wire."""
    if connectors()[partner].manifest.transport.kind == "http":
        async with over_http(partner, state, script) as wire:
            yield wire
    else:
        async with over_files(partner, state, script) as side:
            yield side.wire


def given(state: Path) -> int:
    """How many answers the counterpart has given or will give; one at least, once it has the message."""
    with closing(sqlite3.connect(state / "ledger.db")) as ledger:
        return int(ledger.execute("select coalesce(sum(answers), 1) from received").fetchone()[0])


async def applied(port: Port) -> None:
    """As the worker applies what came back."""
    handlers = (KEEPER.handle, goods_only(Coordination(Means(port.key, now, uuid4)).handle))
    dsn = port.database.dsn("sw_engine")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as engine:
        while await Receiver(uuid4, handlers=handlers).apply(engine):
            pass


def passes(database: Database) -> set[object]:
    """The containers that a gate would let out."""
    rows = database.execute("postgres", "select number from sw.gate_pass where revoked_at is null")
    return {number for (number,) in rows}
