"""Loopback ports for servers of one machine, out of the way of outgoing connections."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable
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


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
