"""What the worker does, each task until asked to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from singlewindow.hub.coordination import gathering, working
from singlewindow.hub.coordination.departing import Departures
from singlewindow.hub.coordination.leaving import leaving, signatures
from singlewindow.hub.coordination.means import Means
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange import burying, unheard
from singlewindow.hub.exchange.concerned import concerned
from singlewindow.hub.exchange.notifying import Notifying, goods_only
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.identity import forgetting
from singlewindow.hub.journal import sequencer
from singlewindow.hub.notice.following import Box
from singlewindow.hub.process import task as process
from singlewindow.kernel.clock import now
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.server import composition, rooms
from singlewindow.server.component import until
from singlewindow.server.configuration import ENGINE, Configuration
from singlewindow.server.doors import new_id


async def sequence(configuration: Configuration, stop: asyncio.Event) -> None:
    """Number the journal, sign its checkpoints, tell browsers."""
    signer = SigningKey.from_pem(configuration.signing_key.read_bytes())
    await sequencer.run(configuration.dsn(ENGINE), clock=now, signer=signer, stop=stop)


async def receive(configuration: Configuration, stop: asyncio.Event) -> None:
    """Apply what partners answered."""
    keeper = process.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
    given = means(configuration)
    coordination = Coordination(given)
    heard = (keeper.handle, goods_only(coordination.handle), notifying().handle, Departures(given).handle)
    lost = (keeper.undelivered, coordination.undelivered)
    await until(stop, Receiver(new_id, handlers=heard, undelivered=lost).run(configuration.dsn(ENGINE)))


async def coordinate(configuration: Configuration, stop: asyncio.Event) -> None:
    """Give every submission its dossier, do what people asked for, keep gates current."""
    dsn, given = configuration.dsn(ENGINE), means(configuration)
    await until(stop, _side_by_side(working.run(dsn, given), gathering.run(dsn, given)))


async def notify(configuration: Configuration, stop: asyncio.Event) -> None:
    """Tell counterparts of orders and releases."""
    await until(stop, notifying().run(configuration.dsn(ENGINE)))


async def fill_boxes(configuration: Configuration, stop: asyncio.Event) -> None:
    """Fill people's message boxes; tell of dead letters, and of partners that are not heard."""
    dsn = configuration.dsn(ENGINE)
    work = (Box(concerned).run(dsn), burying.run(dsn, now), unheard.run(dsn, now))
    await until(stop, _side_by_side(*work))


async def forget(configuration: Configuration, stop: asyncio.Event) -> None:
    """Forget answers whose keys are promised no longer."""
    await until(stop, forgetting.run(configuration.dsn(ENGINE), now))


async def _side_by_side(*work: Coroutine[Any, Any, None]) -> None:
    async with asyncio.TaskGroup() as group:
        for one in work:
            group.create_task(one)


def notifying() -> Notifying:
    """Who is told what by message, as shipped."""
    return Notifying(composition.wires(), leaving, signatures, now, new_id)


def means(configuration: Configuration) -> Means:
    """What coordination decides with: the platform's key, the time, new identifiers."""
    return Means(SigningKey.from_pem(configuration.signing_key.read_bytes()), now, new_id)
