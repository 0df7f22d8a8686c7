"""The limit: the same bytes through what cannot be avoided, and nothing else.

A bare HTTP listener group-commits raw bodies by COPY; a process a partner forwards messages encoded
beforehand in batches of 100 by the platform's own transports and group-commits the raw answers. There
is no check, no projection, no journal, no row-level security, no lease.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import uvloop
from psycopg import AsyncConnection, AsyncCursor

sys.path[:0] = [str(Path(__file__).parent.parent.parent / "src")]

from bed.bodies import sample  # noqa: E402
from bed.scratch import Task  # noqa: E402
from singlewindow.hub.exchange.connector import Connector  # noqa: E402
from singlewindow.hub.exchange.group_commit import GroupCommit  # noqa: E402
from singlewindow.hub.exchange.transports.port import Inbound, Unreachable  # noqa: E402
from singlewindow.kernel.messages import Envelope  # noqa: E402
from singlewindow.server import composition  # noqa: E402
from singlewindow.server.children import die_with_parent  # noqa: E402
from singlewindow.server.registry import TRANSPORTS, resolve  # noqa: E402

TABLES = """
create table body (n bigint generated always as identity, content bytea not null);
create table answer (n bigint generated always as identity, partner text not null, content bytea not null);
"""
BATCH = 100


async def keep_bodies(cursor: AsyncCursor[Any], bodies: Sequence[bytes]) -> list[None]:
    """The whole group in one COPY."""
    async with cursor.copy("copy body (content) from stdin") as copy:
        for body in bodies:
            await copy.write_row((body,))
    return [None] * len(bodies)


class Front(asyncio.Protocol):
    """One connection: as little HTTP as the generator speaks."""

    def __init__(self, committer: GroupCommit[bytes, None], committed: Any) -> None:
        self.committer, self.committed, self.data = committer, committed, b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, rest = self.data.partition(b"\r\n\r\n")
        if end and len(rest) >= int(head.split(b"content-length: ")[1].split(b"\r\n")[0]):
            self.data = b""
            self.task = asyncio.ensure_future(self.keep(rest))

    async def keep(self, body: bytes) -> None:
        await self.committer.add(body)
        number = self.committed()
        answer = b'{"submission_id": "%s"}' % str(UUID(int=number)).encode()
        self.transport.write(b"HTTP/1.1 202 Accepted\r\ncontent-length: %d\r\n\r\n" % len(answer) + answer)


def forward(task: Task, partner: str, messages: list[bytes], released: int) -> None:
    """One partner's process; it ends with the one that listens."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent(os.getppid())
    uvloop.run(Forwarder(task, partner, messages, released).run())


class Forwarder:
    """Sends as many messages as bodies were kept, and keeps what comes back."""

    def __init__(self, task: Task, partner: str, messages: list[bytes], released: int) -> None:
        self.task, self.partner, self.messages, self.released = task, partner, messages, released
        self.connector: Connector = composition.connectors()[partner]
        kind = resolve(TRANSPORTS[self.connector.manifest.transport.kind])
        self.transport = kind(task.endpoints[partner])
        self.wake, self.open = asyncio.Event(), 0

    async def run(self) -> None:
        """Both directions until killed."""
        asyncio.get_running_loop().add_reader(self.released, self.more)
        async with (
            await AsyncConnection.connect(self.task.dsn, autocommit=True) as sending,
            await AsyncConnection.connect(self.task.dsn, autocommit=True) as fetching,
        ):
            await asyncio.gather(self.send(sending), self.collect(fetching))

    def more(self) -> None:
        """One byte a body."""
        self.open += len(os.read(self.released, 65_536))
        self.wake.set()

    async def send(self, connection: AsyncConnection[Any]) -> None:
        done = 0
        while True:
            self.wake.clear()
            if done == self.open:
                await self.wake.wait()
            some = self.messages[done : min(self.open, done + BATCH)]
            body = self.connector.codec.pack(some, str(UUID(int=done)), datetime.now(UTC))
            await self.keep(connection, await self.transport.send(f"{self.partner}-{done}", body))
            done += len(some)

    async def collect(self, connection: AsyncConnection[Any]) -> None:
        while True:
            try:
                found = await self.transport.fetch()
            except Unreachable:
                found = []
            await self.keep(connection, found)
            for inbound in found:
                await self.transport.settle(inbound)
            if not found:
                await asyncio.sleep(self.connector.manifest.schedule.fetch_ms / 1000)

    async def keep(self, connection: AsyncConnection[Any], found: list[Inbound]) -> None:
        for inbound in found:
            statement = "insert into answer (partner, content) values (%s, %b)"
            await connection.execute(statement, [self.partner, inbound.data])


def encoded(partner: str, count: int) -> list[bytes]:
    """Messages of one partner that differ in their ids."""
    connector, registry = composition.connectors()[partner], composition.registry()
    definition = registry.current("goods_declaration")
    at = datetime.now(UTC)
    checked = registry.checks[definition.id, definition.version](sample()["values"], at.date())
    document = registry.principal[partner].project(checked.document)
    sender, receiver = connector.manifest.sender, connector.manifest.receiver
    return [
        connector.codec.encode(document, Envelope(str(UUID(int=n)), sender, receiver, at, f"W{n:018d}"))
        for n in range(count)
    ]


async def front(task: Task, pipes: list[int]) -> None:
    """Listen until killed; each kept body is one byte to every forwarder."""
    committer: GroupCommit[bytes, None] = GroupCommit(task.dsn, keep_bodies, most=400)
    taken = 0

    def committed() -> int:
        nonlocal taken
        taken += 1
        for pipe in pipes:
            os.write(pipe, b".")
        return taken

    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Front(committer, committed), "127.0.0.1", task.port)
    await committer.run()


def main() -> None:
    task = msgspec.json.decode(sys.stdin.buffer.read(), type=Task)
    pipes = []
    for partner in task.endpoints:
        read, write = os.pipe()
        work = (task, partner, encoded(partner, task.count), read)
        multiprocessing.get_context("fork").Process(target=forward, args=work, daemon=True).start()
        pipes.append(write)
    uvloop.run(front(task, pipes))


if __name__ == "__main__":
    main()
