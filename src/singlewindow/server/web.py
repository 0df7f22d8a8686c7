"""The web role: granian's embedded server around the one ASGI application (decision 0002)."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from singlewindow.server import loop
from singlewindow.server.asgi import Application
from singlewindow.server.configuration import Configuration

BACKLOG = 1024
BACKPRESSURE = 1024  # requests in work, open live streams among them; more wait in the kernel's queue


def serve(configuration: Configuration, application: Application) -> None:
    """Answer until SIGTERM or SIGINT."""
    loop.run(answer(configuration, application))


async def answer(configuration: Configuration, application: Application) -> None:
    """Run granian on this event loop, without processes of its own."""
    server = embedded(configuration, application)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
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
        # RSGI costs a request a third less, but keeps from us every header that is not all ASCII, and
        # reads a body piece by piece that broke off as one that ended.
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        log_level=LogLevels.warning,
        log_access=False,
    )
