"""A load for its own sake, and the platform at rest again: for benches that measure what comes after."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bed.generator import Load, Sent
from bed.installation import Platform
from bed.outcome import NotTrueError, numbered, one

HERE = Path(__file__).parent.parent
FASTEST = 1_500  # so many bodies are made for each second of load
QUIET_S, DRAIN_S = 2.0, 120.0
OPEN = "select (select count(*) from sw.outbox) + (select count(*) from sw.inbox where state <> 2)"
RECEIPTS = "select count(*) from sw.receipt"


def loaded(running: Platform, seconds: float, connections: int, first: int = 0, most: int = 0) -> int:
    """Submit for so long, or so many, wait until nothing moves any more; how many were acknowledged."""
    most = most or int(seconds * FASTEST)
    with tempfile.NamedTemporaryFile() as written:
        load = Load(
            running.configuration.port, running.token, first, most, seconds, connections, into=written.name
        )
        command = [sys.executable, "-m", "bed.generator"]
        subprocess.run(command, input=msgspec.json.encode(load), cwd=HERE, check=True, timeout=seconds + 120)
        sent = msgspec.json.decode(Path(written.name).read_bytes(), type=Sent)
    if sent.refused:
        raise NotTrueError(f"refused: {sent.refused[:3]}")
    at_rest(running)
    return len(sent.due)


def at_rest(running: Platform) -> None:
    """Nothing to send, nothing to apply, no receipt for a while, every journal entry numbered."""
    deadline = time.monotonic() + DRAIN_S
    with running.connect() as connection:
        known, since = -1, time.monotonic()
        while one(connection, OPEN) or time.monotonic() - since < QUIET_S:
            if (now := one(connection, RECEIPTS)) != known:
                known, since = now, time.monotonic()
            if time.monotonic() > deadline:
                raise NotTrueError(f"{one(connection, OPEN)} rows still open after {DRAIN_S:g} s")
            time.sleep(0.2)
        numbered(connection)
