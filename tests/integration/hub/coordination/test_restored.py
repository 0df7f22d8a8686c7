"""What was given out between a backup and the loss is not given out a second time after a restore."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from integration.hub.coordination.story import ONE, Yard, said
from integration.hub.exchange.telling import CALL, hear, lines, released, terminal_of
from singlewindow.connectors.terminal.counterpart import Body
from singlewindow.kernel.messages import Order, Outcome

pytestmark = pytest.mark.database
COUNTED = ("release_number", "inspection_number")
BACKED_UP = 1_000  # the number of the last release and order in the backup
A_SECOND, MARGIN_S = 1_000, 86_400


def restored(database: Any, ago: timedelta) -> list[int]:
    """A backup that was begun so long ago comes back; the next number of each kind."""
    for name in COUNTED:
        database.execute("postgres", f"select setval('sw.{name}', {BACKED_UP})")
    database.execute("postgres", "select sw.restored(%s)", datetime.now(UTC) - ago)
    return [following(database, name) for name in COUNTED]


def following(database: Any, name: str) -> int:
    return int(database.execute("sw_engine", f"select nextval('sw.{name}')")[0][0])


def test_numbers_begin_beyond_all_that_can_have_been_given_out_since_the_backup(database: Any) -> None:
    lost = 12 * 3600 * A_SECOND  # as many a second as the bound says, from the backup to the loss
    first = restored(database, timedelta(hours=13))
    assert all(number > BACKED_UP + lost for number in first)
    again = restored(database, timedelta(hours=15))  # the same backup, as the restored one was lost too
    assert all(now > then + 3600 * A_SECOND for now, then in zip(again, first, strict=True))


def test_a_clock_that_was_ahead_takes_no_numbers_back(database: Any) -> None:
    assert all(number > BACKED_UP + MARGIN_S * A_SECOND for number in restored(database, timedelta(hours=-5)))


@pytest.mark.parametrize("role", ["sw_web", "sw_intake", "sw_engine", "sw_component_terminal"])
def test_nobody_moves_numbers_on_but_who_restores(database: Any, role: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute(role, "select sw.restored(now())")


async def test_an_order_after_a_restore_beats_what_the_terminal_was_told_before_the_loss(
    database: Any, tmp_path: Path
) -> None:
    yard = Yard(database)
    submission, terminal = yard.declare(), terminal_of(yard, tmp_path)
    await released(yard, [submission])
    await hear(yard, terminal)
    (freed,) = [line for line in lines(yard) if "releaseNumber" in line and ONE in str(line["containers"])]
    last = int(freed["sequence"]) + 100_000  # told again later, at a position that went with the disk
    terminal.take(msgspec.convert({"releases": [freed | {"sequence": str(last)}]}, Body))
    assert terminal.may_leave(ONE, CALL)
    database.execute("postgres", "select sw.restored(now() - interval '13 hours')")
    hold = said("quarantine", Order.HOLD, ONE)
    await yard.receive(yard.answer(submission, "quarantine", Outcome.HOLD, 60, hold))
    await hear(yard, terminal)
    assert not terminal.may_leave(ONE, CALL)
    told = [int(line["sequence"]) for line in lines(yard)]
    assert told[-1] > last
    assert max(told) < 10**18, "as many digits as the notice has"
    positions = yard.rows("select count(*), max(position) from sw.journal_position")
    assert positions[0][0] == positions[0][1] + 1, "the record itself has no gap"
