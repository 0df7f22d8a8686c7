"""What the worker does, each task until asked to stop."""

from __future__ import annotations

import asyncio

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
    await until(stop, Receiver(new_id, handlers=(keeper.handle,)).run(configuration.dsn(ENGINE)))
