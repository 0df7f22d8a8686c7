"""The web role: granian's embedded server around the one ASGI application (decision 0002)."""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import Any

from singlewindow.server import logs
from singlewindow.server.asgi import Application
from singlewindow.server.configuration import Configuration

BACKLOG = 1024
# A declaration makes some thousand objects and no cycle: looked for at every 700, they took a twentieth.
COLLECTIONS = (10_000, 20, 20)
BACKPRESSURE = 1024  # requests in work, open live streams among them; more wait in the kernel's queue


def serve(configuration: Configuration, application: Application) -> None:
    """Answer until SIGTERM or SIGINT."""
    import uvloop

    logs.configure()
    gc.set_threshold(*COLLECTIONS)
    uvloop.run(answer(configuration, application))


async def answer(configuration: Configuration, application: Application) -> None:
    """Run granian on this event loop, without processes of its own."""
    server = embedded(configuration, application)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def embedded(configuration: Configuration, application: Application) -> Any:
    """The server with our bounds; imported here, for only the web process needs it."""
    from granian.constants import HTTPModes, Interfaces
    from granian.log import LogLevels
    from granian.server.embed import Server

    return Server(
        application,
        address=configuration.bind,
        port=configuration.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        log_level=LogLevels.warning,
        log_access=False,
    )
