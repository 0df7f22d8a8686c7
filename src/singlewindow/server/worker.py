"""The worker role: the registered tasks side by side; the first to fail ends the process."""

from __future__ import annotations

import asyncio

from singlewindow.server import registry
from singlewindow.server.configuration import Configuration


async def run(configuration: Configuration, stop: asyncio.Event) -> None:
    """Every task until asked to stop; the first failure cancels the others."""
    async with asyncio.TaskGroup() as group:
        for name, path in registry.WORKER_TASKS.items():
            group.create_task(registry.resolve(path)(configuration, stop), name=name)
