"""How tests stand opposite a counterpart: over its real wire, at its desk, or beside its process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from singlewindow.hub.exchange.transports.http import HttpTransport
from singlewindow.hub.exchange.transports.port import Unreachable
from singlewindow.hub.exchange.transports.sftp import Sftp
from singlewindow.kernel.messages import Receipt
from singlewindow.rehearsal import sftp
from singlewindow.rehearsal.file_agency import FileAgency
from singlewindow.rehearsal.ledger import Ledger
from singlewindow.rehearsal.ports import free_port, listening
from singlewindow.rehearsal.script import MIXED, PROMPT, Script

PATIENCE_S = 10.0
SERVE = """
import asyncio, sys
from importlib import import_module
from pathlib import Path
from singlewindow.rehearsal.script import Script
counterpart = import_module(sys.argv[1])
state = Path(sys.argv[2])
endpoint = counterpart.prepare_endpoint(state, int(sys.argv[3]))
asyncio.run(counterpart.serve(endpoint, state, Script(int(sys.argv[4]), profile=sys.argv[5])))
"""


class Clock:
    """Milliseconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1_763_712_000_000

    def __call__(self) -> int:
        return self.now


@asynccontextmanager
async def serving(connector: str, state: Path, script: Script) -> AsyncIterator[dict[str, Any]]:
    """The counterpart in this process, on a port of its own; its endpoint."""
    counterpart = import_module(f"singlewindow.connectors.{connector}.counterpart")
    port = free_port()
    endpoint = counterpart.prepare_endpoint(state, port)
    server = asyncio.create_task(counterpart.serve(endpoint, state, script))
    try:
        await listening(port)
        yield endpoint
    finally:
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)


@asynccontextmanager
async def over_http(connector: str, state: Path, script: Script) -> AsyncIterator[HttpTransport]:
    """The platform's transport to a counterpart behind HTTP."""
    async with serving(connector, state, script) as endpoint:
        wire = HttpTransport(endpoint | {"wait_ms": 200})
        try:
            yield wire
        finally:
            await wire.close()


class FileSide:
    """The platform's side of a wire of files: what it has read so far, settled as soon as it is kept."""

    def __init__(self, connector: str, endpoint: dict[str, Any]) -> None:
        self.codec = import_module(f"singlewindow.connectors.{connector}.codec")
        self.wire = Sftp(endpoint)
        self.receipts: list[Receipt] = []
        self.files = 0

    async def send(self, name: str, body: bytes) -> None:
        """Try until it has arrived."""
        for _ in range(200):
            try:
                await self.wire.send(name, body)
            except Unreachable:
                await asyncio.sleep(0.05)
            else:
                return
        raise AssertionError(f"{name} never arrived")

    async def read_until(self, enough: Callable[[list[Receipt]], bool]) -> list[Receipt]:
        """Everything read so far, once it is enough."""
        end = time.monotonic() + PATIENCE_S
        while not enough(self.receipts):
            assert time.monotonic() < end, Counter(receipt.code for receipt in self.receipts)
            try:
                for inbound in await self.wire.fetch():
                    self.receipts += self.codec.decode(inbound.data)
                    self.files += 1
                    await self.wire.settle(inbound)
            except Unreachable:
                pass
            await asyncio.sleep(0.02)
        return self.receipts


@asynccontextmanager
async def over_files(connector: str, state: Path, script: Script) -> AsyncIterator[FileSide]:
    """The platform's side opposite a counterpart behind SFTP."""
    async with serving(connector, state, script) as endpoint:
        side = FileSide(connector, endpoint)
        try:
            yield side
        finally:
            await side.wire.close()


def started(
    connector: str, state: Path, port: int, seed: int, profile: str = MIXED
) -> subprocess.Popen[bytes]:
    """The counterpart as a process of its own, which may be killed."""
    counterpart = f"singlewindow.connectors.{connector}.counterpart"
    command = [sys.executable, "-c", SERVE, counterpart, str(state), str(port), str(seed), profile]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


async def killed_again_and_again(
    connector: str,
    state: Path,
    batch: Callable[[range], bytes],
    due: Callable[[Script, range], set[tuple[str, str]]],
) -> list[Receipt]:
    """Six files of 20 messages, and the counterpart killed behind every other: it answers all, once."""
    seed = int(os.environ.get("SEED", "20261121"))
    print(f"seed {seed}")
    port = free_port()
    prepare = import_module(f"singlewindow.connectors.{connector}.counterpart").prepare_endpoint
    side = FileSide(connector, prepare(state, port) | {"operation_timeout_s": 2.0})
    process = started(connector, state, port, seed)
    try:
        for number in range(6):
            await side.send(f"b-{number}.xml", batch(range(number * 20, number * 20 + 20)))
            if number % 2:
                process.send_signal(signal.SIGKILL)
                process.wait()
                process = started(connector, state, port, seed)
        expected = due(Script(seed), range(120))
        receipts = await side.read_until(lambda found: len({r.id for r in found}) >= len(expected))
    finally:
        process.kill()
        process.wait()
        await side.wire.close()
    assert {(receipt.about, receipt.code) for receipt in receipts} == expected
    assert len({receipt.id for receipt in receipts}) == len(expected)
    return receipts


def at_desk(connector: str, state: Path) -> FileAgency[Any]:
    """An agency of files that works when told, promptly, at one instant."""
    counterpart = import_module(f"singlewindow.connectors.{connector}.counterpart")
    counterpart.prepare_endpoint(state, 0)
    ledger = Ledger(state / "ledger.db", lambda: 1_795_000_000_000)
    return FileAgency(counterpart.DESK, ledger, Script(profile=PROMPT), sftp.root(state))


def answers_to(node: FileAgency[Any], decode: Callable[[bytes], list[Receipt]], body: bytes) -> list[Receipt]:
    """What it answers to one file at once."""
    (node.outbox / "in").write_bytes(body)
    node.take_file(node.outbox / "in")
    node.write(node.ledger.ready())
    found: list[Receipt] = []
    for path in sorted(node.inbox.iterdir()):
        found += decode(path.read_bytes())
        path.unlink()
    return found
