"""An agency behind SFTP: takes files from its OutBox folder and answers with files in its InBox."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic

from singlewindow.rehearsal import sftp
from singlewindow.rehearsal.agency import Desk, M
from singlewindow.rehearsal.ledger import Ledger, Owed, Ready, Taken
from singlewindow.rehearsal.script import Script

LOOK_S = 0.5  # for files that came another way than through the agency's own server
WAIT_S = 1.0
FILE_MOST = 20_000_000
ANSWERS_A_FILE = 100


class Unread(ValueError):
    """This file is nothing the agency can read; what it answers to that."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("unreadable")
        self.answer = answer


class FileDesk(Desk[M], Generic[M], frozen=True, kw_only=True):
    """An agency's own part of such a wire.

    ``read(name, data, now_ms)`` gives a file's messages, and an answer to each that it cannot read; it
    raises ``Unread`` where that is the whole file, also where the data are longer than ``FILE_MOST``.
    ``pack(due, now_ms)`` makes files of what is due: their names and contents.
    """

    read: Callable[[str, bytes, int], tuple[Sequence[M], Sequence[bytes]]]
    pack: Callable[[list[Ready], int], Iterable[tuple[str, bytes]]]


async def serve(
    endpoint: Mapping[str, Any],
    state: Path,
    script: Script,
    desk: FileDesk[Any],
    mishaps: sftp.Mishaps | None = None,
) -> None:
    """Serve until cancelled. A word in ``state/fault`` makes the line fail (see rehearsal.sftp.Mishaps)."""
    sftp.prepare_endpoint(state, endpoint["port"])
    ledger = Ledger(state / "ledger.db")
    agency = FileAgency(desk, ledger, script, sftp.root(state))
    misbehave = mishaps or sftp.Mishaps(state / "fault")
    server = await sftp.listen(state, endpoint["port"], misbehave, agency.news.set)
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(agency.take_in())
            tasks.create_task(agency.hand_out())
    finally:
        server.close()
        ledger.close()


class FileAgency(Generic[M]):
    """One agency at work over the folder that its SFTP server shows."""

    def __init__(self, desk: FileDesk[M], ledger: Ledger, script: Script, folder: Path) -> None:
        self.desk, self.ledger, self.script = desk, ledger, script
        self.outbox, self.inbox, self.failed = (folder / name for name in ("OutBox", "InBox", "FailBox"))
        self.failed.mkdir(exist_ok=True)
        self.news = asyncio.Event()

    async def take_in(self) -> None:
        """Look for files and take each in, until cancelled."""
        while True:
            self.news.clear()
            for path in self.waiting():
                self.take_file(path)
                await asyncio.sleep(0)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self.news.wait()

    def waiting(self) -> list[Path]:
        """Whole files in the OutBox; half-written ones end in ``.tmp``."""
        return sorted(path for path in self.outbox.iterdir() if path.suffix != ".tmp" and path.is_file())

    def take_file(self, path: Path) -> None:
        """Durable first, then the file goes: killed in between, it is read again and changes nothing."""
        now = self.ledger.now_ms()
        with path.open("rb") as file:
            data = file.read(FILE_MOST + 1)
        try:
            messages, unread = self.desk.read(path.stem, data, now)
        except Unread as failure:
            self.ledger.owe([Owed(now, failure.answer)])
            path.replace(self.failed / path.name)
            return
        self._take(messages, unread, now)
        path.unlink()

    def _take(self, messages: Sequence[M], unread: Sequence[bytes], now: int) -> None:
        """The technical answer is owed like the others; to a known message the original one again."""
        first = self.ledger.next_number
        judged = [self._judge(message, number, now) for number, message in enumerate(messages, first)]
        answers = self.ledger.take(judged)
        known = [answer for taken, answer in zip(judged, answers, strict=True) if answer != taken.answer]
        self.ledger.owe([Owed(now, answer) for answer in (*unread, *known)])

    def _judge(self, message: M, number: int, now: int) -> Taken:
        taken = self.desk.judge(self.script, message, number, now)
        return Taken(taken.id, taken.reference, taken.answer, (Owed(now, taken.answer), *taken.owes))

    async def hand_out(self) -> None:
        """Write what is due into the InBox, until cancelled."""
        while True:
            self.write(await self.ledger.wait(WAIT_S, ANSWERS_A_FILE))

    def write(self, due: list[Ready]) -> None:
        """Whole files only; killed before the settling, the same answers come again."""
        if not due:
            return
        for name, body in self.desk.pack(due, self.ledger.now_ms()):
            half = self.inbox / f"{name}.tmp"
            half.write_bytes(body)
            os.replace(half, self.inbox / name)
        self.ledger.settle(due[-1].position)
