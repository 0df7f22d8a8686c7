"""The web role: granian's embedded server around the one ASGI application (decision 0002)."""

from __future__ import annotations

import asyncio
import resource
import signal
from typing import Any

from singlewindow.server import loop
from singlewindow.server.asgi import Application
from singlewindow.server.configuration import Configuration

BACKLOG = 1024
# Connections, idle ones and live streams among them: once so many are open, nobody else is served.
MOST_CONNECTIONS = 8192
BESIDE = 512  # files that are no such connections: of the data base, logs, libraries
HEAD_S = 10  # from a connection's beginning, or its last answer, until the head of a request is there


def serve(configuration: Configuration, application: Application) -> None:
    """Answer until SIGTERM or SIGINT."""
    loop.run(answer(configuration, application))


async def answer(configuration: Configuration, application: Application) -> None:
    """Run granian on this event loop, without processes of its own."""
    server = embedded(configuration, application)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    await server.serve()


def connections() -> int:
    """How many connections are taken: as bounded, or as this process may open files."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + BESIDE
    if now != resource.RLIM_INFINITY and now < wanted:
        now = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    if now == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(now - BESIDE, now // 2))  # where files are few, half of them


def embedded(configuration: Configuration, application: Application) -> Any:
    """The server with our bounds; imported here, for only the web process needs it."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
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
        backpressure=connections(),
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_S * 1000),
        log_level=LogLevels.warning,
        log_access=False,
    )
