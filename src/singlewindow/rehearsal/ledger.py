"""What a counterpart has received and still owes, kept so that killing its process loses nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

_TABLES = """
create table if not exists received (
  number integer primary key, id text not null unique, reference text not null, answer blob not null,
  answers integer not null);
create table if not exists owed (seq integer primary key, due_ms integer not null, body blob not null);
create index if not exists owed_due on owed (due_ms, seq);
create table if not exists ready (position integer primary key autoincrement, body blob not null);
create table if not exists settled (one integer primary key check (one = 1), position integer not null);
"""
_KNOWN_AT_ONCE = 500  # ids in one `in (…)`; SQLite takes at least 999 parameters


class Owed(Struct, frozen=True):
    """An answer still to be given: the bytes of one receipt, and when it falls due."""

    due_ms: int
    body: bytes


class Taken(Struct, frozen=True):
    """One message as a counterpart took it: its answer at once and the answers it owes for it."""

    id: str
    reference: str
    answer: bytes
    owes: tuple[Owed, ...] = ()

    @property
    def answers(self) -> int:
        """How many different ones it gets, kept for good: by it others prove that none of them was lost."""
        return len({self.answer, *(owed.body for owed in self.owes)})


class Ready(Struct, frozen=True):
    """A due answer at its place in the order of delivery."""

    position: int
    body: bytes


def wall_ms() -> int:
    """Milliseconds since 1970: due times must survive a restart, so they are wall time."""
    return time.time_ns() // 1_000_000


class Ledger:
    """One SQLite file; one commit a call; a message id takes effect once, for ever.

    Readers of :meth:`ready` get due answers in a fixed order of positions until they settle them.
    WAL without a sync per commit outlives the process, which is what is rehearsed; not the machine.
    """

    def __init__(self, path: Path, clock_ms: Callable[[], int] = wall_ms) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._clock_ms = clock_ms
        self._news = asyncio.Event()
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(_TABLES)
        self._next = 1 + int(self._one("select coalesce(max(number), 0) from received"))

    @property
    def next_number(self) -> int:
        """Message ``i`` of the next :meth:`take` is numbered ``next_number + i``; for declaration numbers."""
        return self._next

    def now_ms(self) -> int:
        """This counterpart's present, in the unit of due times."""
        return self._clock_ms()

    def take(self, messages: Sequence[Taken]) -> list[bytes]:
        """Keep what is new; the answer to each message, the original one where its id is known."""
        answers = self._known([message.id for message in messages])
        rows, now = [], self._clock_ms()
        ready: list[tuple[bytes]] = []
        later: list[tuple[int, bytes]] = []
        for number, message in enumerate(messages, self._next):
            if message.id in answers:
                continue
            answers[message.id] = message.answer
            rows.append((number, message.id, message.reference, message.answer, message.answers))
            for owed in message.owes:
                if owed.due_ms <= now:
                    ready.append((owed.body,))
                else:
                    later.append((owed.due_ms, owed.body))
        if rows:
            self._write(rows, ready, later)
        return [answers[message.id] for message in messages]

    def owe(self, answers: Sequence[Owed]) -> None:
        """Owe something nobody asked for, such as a receipt for a decision taken later."""
        self._write([], [], [(owed.due_ms, owed.body) for owed in answers])

    def ready(self, limit: int = 100, after: int | None = None) -> list[Ready]:
        """Due answers after a position, else after the settled one; the same ones until settled."""
        self._ripen()
        rows = self._db.execute(
            "select position, body from ready where position > ? order by position limit ?",
            (self.settled if after is None else max(after, self.settled), limit),
        )
        return [Ready(position, body) for position, body in rows]

    async def wait(self, seconds: float, limit: int = 100, after: int | None = None) -> list[Ready]:
        """:meth:`ready` as soon as there is something, at the latest (then empty) after ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            self._news.clear()
            found, left = self.ready(limit, after), end - time.monotonic()
            if found or left <= 0:
                return found
            try:
                async with asyncio.timeout(min(left, self._until_next())):
                    await self._news.wait()
            except TimeoutError:
                continue

    def settle(self, position: int, after: int = 0) -> None:
        """The other side keeps everything up to here, from after a position: forget it. Twice is once."""
        position = min(position, self._last())
        with self._db:
            self._db.execute("begin immediate")
            self._db.execute("delete from ready where position > ? and position <= ?", (after, position))
            self._db.execute(
                "insert into settled select 1, coalesce((select min(position) - 1 from ready), ?) where true"
                " on conflict (one) do update set position = max(position, excluded.position)",
                (self._last(),),
            )

    @property
    def settled(self) -> int:
        """The position up to which the other side has acknowledged everything."""
        return int(self._one("select coalesce(max(position), 0) from settled"))

    @property
    def received(self) -> int:
        """How many different messages have taken effect."""
        return int(self._one("select count(*) from received"))

    @property
    def outstanding(self) -> int:
        """How many answers are owed or not yet settled."""
        return int(self._one("select (select count(*) from owed) + (select count(*) from ready)"))

    def close(self) -> None:
        """Close the file; everything answered for is already in it."""
        self._db.close()

    def _known(self, ids: Sequence[str]) -> dict[str, bytes]:
        known: dict[str, bytes] = {}
        for start in range(0, len(ids), _KNOWN_AT_ONCE):
            some = ids[start : start + _KNOWN_AT_ONCE]
            marks = ",".join("?" * len(some))
            known.update(self._db.execute(f"select id, answer from received where id in ({marks})", some))  # noqa: S608 - only question marks
        return known

    def _write(
        self,
        rows: Sequence[tuple[int, str, str, bytes, int]],
        ready: Sequence[tuple[bytes]],
        later: Sequence[tuple[int, bytes]],
    ) -> None:
        with self._db:
            self._db.execute("begin immediate")
            self._db.executemany("insert into received values (?, ?, ?, ?, ?)", rows)
            self._db.executemany("insert into ready (body) values (?)", ready)
            self._db.executemany("insert into owed (due_ms, body) values (?, ?)", later)
        if rows:
            self._next = rows[-1][0] + 1
        self._news.set()

    def _ripen(self) -> None:
        now = self._clock_ms()
        if not self._one("select exists (select 1 from owed where due_ms <= ?)", now):
            return
        with self._db:
            self._db.execute("begin immediate")
            self._db.execute(
                "insert into ready (body) select body from owed where due_ms <= ? order by due_ms, seq",
                (now,),
            )
            self._db.execute("delete from owed where due_ms <= ?", (now,))

    def _until_next(self) -> float:
        due = self._one("select min(due_ms) from owed")
        return 3600.0 if due is None else max(0.001, (int(due) - self._clock_ms()) / 1000)

    def _last(self) -> int:
        return int(self._one("select coalesce(max(seq), 0) from sqlite_sequence where name = 'ready'"))

    def _one(self, query: str, *parameters: int) -> int:
        return self._db.execute(query, parameters).fetchone()[0]  # type: ignore[no-any-return]
