"""The web role: granian's embedded server around the one ASGI application (decision 0002)."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from singlewindow.server.asgi import Application
from singlewindow.server.configuration import Configuration

BACKLOG = 1024
BACKPRESSURE = 512  # requests in work; more wait in the kernel's queue
STOP_SECONDS = 5.0


def serve(configuration: Configuration, application: Application) -> None:
    """Answer until SIGTERM or SIGINT."""
    import uvloop

    uvloop.run(answer(configuration, application))


async def answer(configuration: Configuration, application: Application) -> None:
    """Run granian on this event loop, without processes of its own."""
    server = embedded(configuration, application)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, server.stop)
    await server.serve()


def embedded(configuration: Configuration, application: Application) -> Any:
    """granian takes a target by name and a loader for it; ours is at hand already."""
    from granian.constants import HTTPModes, Interfaces
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
        log_access=False,
    )
