"""What the rooms hang into the composition: one line each, as ``module:name``, resolved when needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Run after every migration, in this order, as sw_engine: (connection, configuration) -> None.
# Each is safe to repeat.
LOADERS: tuple[str, ...] = (
    "singlewindow.server.loaders:definitions",
    "singlewindow.server.loaders:code_lists",
    "singlewindow.server.loaders:subscribers",
    "singlewindow.server.loaders:shares",
)
DEMO_LOADERS: tuple[str, ...] = ("singlewindow.server.loaders:demonstration",)

# Run side by side in the worker: async (configuration, stop: asyncio.Event) -> None.
WORKER_TASKS: dict[str, str] = {
    "sequencer": "singlewindow.server.tasks:sequence",
    "receiver": "singlewindow.server.tasks:receive",
    "coordination": "singlewindow.server.tasks:coordinate",
    "notifying": "singlewindow.server.tasks:notify",
    "notice": "singlewindow.server.tasks:fill_boxes",
    "forgetting": "singlewindow.server.tasks:forget",
}

# Path prefix, or method and exact path -> (configuration) -> ASGI application, an asynchronous
# context manager if it must open things.
NATIVE: dict[str, str] = {
    "POST /api/v1/submissions": "singlewindow.server.doors:Doors",
    "/live": "singlewindow.server.live:live",
    "/static/": "singlewindow.server.static:application",
}

# Django middleware after our own, and URL modules under their prefix.
MIDDLEWARE: tuple[str, ...] = (
    "singlewindow.hub.exchange.api_manner.in_manner",
    "singlewindow.server.unread.refused",
    "singlewindow.hub.identity.sessions.Identity",
    "singlewindow.server.api.faults",
)
URLS: tuple[tuple[str, str], ...] = (
    ("", "singlewindow.hub.identity.urls"),
    ("", "singlewindow.hub.documents.urls"),
    ("", "singlewindow.hub.portal.urls"),
)

# Kind in a connector's manifest -> transport class taking the endpoint.
TRANSPORTS: dict[str, str] = {
    "http": "singlewindow.hub.exchange.transports.http:HttpTransport",
    "sftp": "singlewindow.hub.exchange.transports.sftp:Sftp",
}

# (configuration) -> lines printed after "ready" in demo mode: who may sign in.
DEMO_ACCOUNTS: str = "singlewindow.server.loaders:accounts"


def resolve(path: str) -> Any:
    """The object that ``module:name`` names."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)
