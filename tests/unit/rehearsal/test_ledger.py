"""The counterparts' ledger: once for ever, in order, and nothing lost to a kill."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from singlewindow.rehearsal.ledger import Ledger, Owed, Ready, Taken, wall_ms

LONG_S = 60.0  # to wait for what comes at once


class Clock:
    def __init__(self) -> None:
        self.ms = 1_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock):
    ledger = Ledger(tmp_path / "ledger.db", clock)
    yield ledger
    ledger.close()


def taken(name: str, *owes: Owed) -> Taken:
    return Taken(name, f"ref-{name}", f"answer to {name}".encode(), owes)


def test_a_repeated_id_gets_the_original_answer_and_takes_effect_once(ledger: Ledger) -> None:
    ledger.take([taken("a", Owed(0, b"one"))])
    again = Taken("a", "ref-a", b"another answer", (Owed(0, b"two"),))
    assert ledger.take([again, taken("b"), again]) == [b"answer to a", b"answer to b", b"answer to a"]
    assert ledger.received == 2
    assert [ready.body for ready in ledger.ready()] == [b"one"]


def test_how_many_different_answers_a_message_gets_is_kept_after_they_were_given(
    ledger: Ledger, tmp_path: Path
) -> None:
    twice = [Owed(0, b"one"), Owed(0, b"one"), Owed(0, b"two")]
    ledger.take([taken("a", *twice), taken("b"), taken("c", Owed(0, b"answer to c"))])
    ledger.settle(99)
    assert ledger.outstanding == 0
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as kept:
        assert dict(kept.execute("select id, answers from received")) == {"a": 3, "b": 1, "c": 1}


def test_numbers_are_never_given_twice_even_around_repeated_messages(ledger: Ledger, tmp_path: Path) -> None:
    first = ledger.next_number
    ledger.take([taken("a"), taken("b")])
    ledger.take([taken("a"), taken("c")])  # c is at place 1 of this batch
    assert ledger.next_number == first + 4
    assert Ledger(tmp_path / "ledger.db").next_number == first + 4


def test_answers_fall_due_in_the_order_of_their_time(ledger: Ledger, clock: Clock) -> None:
    ledger.take([taken("a", Owed(1_500, b"late"), Owed(1_200, b"sooner"), Owed(1_000, b"now"))])
    assert [ready.body for ready in ledger.ready()] == [b"now"]
    clock.ms = 2_000
    assert ledger.ready() == [Ready(1, b"now"), Ready(2, b"sooner"), Ready(3, b"late")]


def test_ready_repeats_until_settled_and_then_forgets(ledger: Ledger) -> None:
    ledger.take([taken("a", *(Owed(0, b"%d" % n) for n in range(5)))])
    assert ledger.ready(limit=2) == ledger.ready(limit=2) == [Ready(1, b"0"), Ready(2, b"1")]
    ledger.settle(2)
    ledger.settle(1)
    assert (ledger.settled, ledger.outstanding) == (2, 3)
    assert ledger.ready(limit=1) == [Ready(3, b"2")]
    assert ledger.ready(limit=1, after=4) == [Ready(5, b"4")]


def test_what_lies_between_two_settled_stretches_stays(ledger: Ledger) -> None:
    ledger.take([taken("a", *(Owed(0, b"%d" % n) for n in range(6)))])
    ledger.settle(1)
    ledger.settle(5, after=2)
    assert [ready.position for ready in ledger.ready()] == [2, 6]
    ledger.settle(2, after=1)
    assert (ledger.settled, [ready.position for ready in ledger.ready()]) == (5, [6])


def test_settling_beyond_the_end_cannot_swallow_later_answers(ledger: Ledger) -> None:
    ledger.take([taken("a", Owed(0, b"one"))])
    ledger.settle(99)
    ledger.take([taken("b", Owed(0, b"two"))])
    assert ledger.ready() == [Ready(2, b"two")]


def test_an_answer_nobody_asked_for(ledger: Ledger) -> None:
    ledger.owe([Owed(0, b"recalled")])
    assert [ready.body for ready in ledger.ready()] == [b"recalled"]


async def test_waiting_ends_at_once_when_something_falls_due(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.db")
    waiting = asyncio.create_task(ledger.wait(LONG_S))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(LONG_S / 2):
        ledger.take([taken("a", Owed(0, b"now"), Owed(wall_ms() + 60, b"soon"))])
        assert [ready.body for ready in await waiting] == [b"now"]
        ledger.settle(1)
        assert [ready.body for ready in await ledger.wait(LONG_S)] == [b"soon"]
    ledger.close()


async def test_waiting_is_bounded(ledger: Ledger) -> None:
    async with asyncio.timeout(LONG_S):
        assert await ledger.wait(0.05) == []


SOURCES = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
WRITER = """
import sys
from pathlib import Path
from singlewindow.rehearsal.ledger import Ledger, Owed, Taken
ledger = Ledger(Path(sys.argv[1]))
for batch in range(1_000_000):
    ids = [f"{batch}-{n}" for n in range(20)]
    ledger.take([Taken(id, id, id.encode(), (Owed(0, id.encode()),)) for id in ids])
    print(batch, flush=True)
"""


def test_killing_the_process_loses_nothing_it_answered_for(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=SOURCES) as writer:
        assert writer.stdout
        for _ in range(30):
            last = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        last = max([last, *(int(line) for line in writer.stdout.read().splitlines() if line)])
    ledger = Ledger(path)
    promised = [f"{batch}-{n}" for batch in range(last + 1) for n in range(20)]
    kept = [ready.body.decode() for ready in ledger.ready(limit=10_000_000)]
    assert kept[: len(promised)] == promised
    assert ledger.received == len(kept)  # a batch is there with all it owes, or not at all
    ledger.close()
