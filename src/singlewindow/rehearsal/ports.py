"""Loopback ports for servers of one machine: which are free, and when somebody listens."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Iterable
from contextlib import suppress
from random import SystemRandom

LOOPBACK = "127.0.0.1"
# Below the kernel's ephemeral range (32768 on Linux): what is found free now is not
# handed to somebody's outgoing connection before its server listens.
RANGE = range(20_000, 30_000)


def free_port(taken: Collection[int] = (), candidates: Iterable[int] | None = None) -> int:
    """A port of ``RANGE`` nobody listens on and that is not ``taken``; OSError if there is none."""
    for port in candidates or SystemRandom().sample(RANGE, len(RANGE)):
        if port not in taken and _is_free(port):
            return port
    raise OSError(f"no free port between {RANGE.start} and {RANGE.stop - 1} on {LOOPBACK}")


async def listening(port: int, within: float = 20.0) -> None:
    """Wait until somebody accepts connections at the port; TimeoutError if nobody does in so many seconds."""
    async with asyncio.timeout(within):
        while True:
            with suppress(ConnectionRefusedError):
                _, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.close()
                return
            await asyncio.sleep(0.01)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
