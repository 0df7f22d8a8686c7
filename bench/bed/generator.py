"""The load: a process of its own that submits declarations over kept connections and notes the times.

Reads one JSON object from standard input (:class:`Load`), writes one (:class:`Sent`) to the file it names.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvloop

sys.path[:0] = [str(Path(__file__).parent.parent), str(Path(__file__).parent.parent.parent / "src")]

from bed.bodies import Bodies  # noqa: E402

ANSWER_S = 60.0
CONNECTIONS_MOST = 400
HEAD_MOST = 16_384


class Load(msgspec.Struct):
    """What to send: declarations ``first`` onwards, ``count`` of them at most, for ``seconds``.

    Closed loop: ``connections`` requests in flight. Open loop: ``rate`` a second, whatever is answered,
    over ``connections`` at most; 0 is as many as there may be.
    What was sent is written to the file ``into``.
    """

    port: int
    token: str
    first: int
    count: int
    seconds: float
    connections: int = 64
    rate: float = 0.0
    into: str = ""


class Sent(msgspec.Struct):
    """What was acknowledged: submission -> second (wall clock) at which it was due to be sent."""

    due: dict[str, float] = {}
    waited: list[float] = []  # seconds from due to acknowledged
    refused: list[str] = []
    started: float = 0.0
    ended: float = 0.0
    cpu_s: float = 0.0


class Line:
    """One kept connection; one request at a time."""

    def __init__(self, load: Load, sent: Sent) -> None:
        self.load, self.sent = load, sent
        self.reader: asyncio.StreamReader | None = None

    async def open(self) -> None:
        """Connect."""
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.load.port, limit=HEAD_MOST)

    async def submit(self, number: int, body: bytes, due: float) -> None:
        """Send one and note what became of it; anew connected where the door has closed an idle line."""
        if self.reader is None or self.reader.at_eof():
            await self.open()
        head = (
            f"POST /api/v1/submissions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {self.load.token}"
            f"\r\nidempotency-key: bench-{number}\r\ncontent-type: application/json"
            f"\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        async with asyncio.timeout(ANSWER_S):
            status, answer = await self.answer()
        if status != 202:
            self.sent.refused.append(f"{status} {answer[:2000].decode('utf-8', 'replace')}")
            return
        self.sent.due[msgspec.json.decode(answer)["submission_id"]] = due
        self.sent.waited.append(time.time() - due)

    async def answer(self) -> tuple[int, bytes]:
        """Status and body of one response."""
        assert self.reader
        head = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        return int(head.split()[1]), await self.reader.readexactly(length)


async def closed(load: Load, sent: Sent, bodies: Iterator[tuple[int, bytes]]) -> None:
    """Each connection sends its next declaration as soon as the last is acknowledged."""
    until = time.time() + load.seconds

    async def keep_sending(line: Line) -> None:
        for number, body in bodies:
            now = time.time()
            if now >= until or sent.refused:
                return
            await line.submit(number, body, now)

    await asyncio.gather(*(keep_sending(Line(load, sent)) for _ in range(load.connections)))


async def open_loop(load: Load, sent: Sent, bodies: Iterator[tuple[int, bytes]]) -> None:
    """Declarations leave by the clock; a late answer delays no other while a connection is free.

    One that gets no answer ends the load: left out, it would make the waiting times look better.
    """
    idle: asyncio.LifoQueue[Line] = asyncio.LifoQueue()
    for _ in range(load.connections or CONNECTIONS_MOST):
        idle.put_nowait(Line(load, sent))
    started = time.time()
    async with asyncio.TaskGroup() as under_way:
        for place, (number, body) in enumerate(bodies):
            due = started + place / load.rate
            if due >= started + load.seconds:
                break
            await asyncio.sleep(due - time.time())
            under_way.create_task(lend(idle, number, body, due))


async def lend(idle: asyncio.LifoQueue[Line], number: int, body: bytes, due: float) -> None:
    """Submit over the connection that was used last; with none free it waits, which is measured."""
    line = await idle.get()
    try:
        await line.submit(number, body, due)
    finally:
        idle.put_nowait(line)


async def run(load: Load) -> Sent:
    """Make the bodies, then send."""
    make = Bodies().body
    numbers = range(load.first, load.first + load.count)
    bodies = iter([(number, make(number)) for number in numbers])
    sent = Sent(due={}, waited=[], refused=[])
    before = cpu_s()
    sent.started = time.time()
    await (open_loop if load.rate else closed)(load, sent, bodies)
    sent.ended = time.time()
    sent.cpu_s = cpu_s() - before
    return sent


def cpu_s() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=Load)
    Path(given.into).write_bytes(msgspec.json.encode(uvloop.run(run(given))))
