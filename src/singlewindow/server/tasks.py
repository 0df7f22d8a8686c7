"""What the worker does, each task until asked to stop."""

from __future__ import annotations

import asyncio

from singlewindow.hub.coordination import working
from singlewindow.hub.coordination.deciding import Means
from singlewindow.hub.coordination.receiving import Coordination
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.journal import sequencer
from singlewindow.hub.process import task as process
from singlewindow.kernel.clock import now
from singlewindow.kernel.crypto.signing import SigningKey
from singlewindow.server import rooms
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
    handlers = (keeper.handle, Coordination(means(configuration)).handle)
    await until(stop, Receiver(new_id, handlers=handlers).run(configuration.dsn(ENGINE)))


async def coordinate(configuration: Configuration, stop: asyncio.Event) -> None:
    """Give every submission its dossier, do what people asked for, keep gates current."""
    await until(stop, working.run(configuration.dsn(ENGINE), means(configuration)))


def means(configuration: Configuration) -> Means:
    """What coordination decides with: the platform's key, the time, new identifiers."""
    return Means(SigningKey.from_pem(configuration.signing_key.read_bytes()), now, new_id)
