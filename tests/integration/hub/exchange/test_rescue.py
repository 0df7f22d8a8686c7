"""Of a file that cannot be applied as a whole, the good takes effect once; the rest waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from integration.hub.exchange.test_write_path import answer, receipt, sent
from platform_under_test import AT
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.hub.exchange.reasons import WORDS_MOST
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.kernel.messages import Outcome, Receipt

pytestmark = pytest.mark.database
WRONG = "bad\0id"  # which no text of PostgreSQL's can hold


async def apply(database: Any, *handlers: Callable[..., Any]) -> None:
    connection = await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True)
    async with connection:
        while await Receiver(uuid4, handlers).apply(connection):
            pass


def applied(database: Any) -> list[Any]:
    return database.execute("postgres", "select receipt_id, at from sw.receipt order by receipt_id")


def waiting(database: Any) -> list[Any]:
    return database.execute("postgres", "select state, attempts, problem from sw.inbox")


def dated(about: str, name: str, at: datetime) -> Receipt:
    made = receipt(about, name, Outcome.ACCEPTED, 0)
    return Receipt(made.id, about, made.stage, made.code, made.outcome, at)


async def test_what_is_rescued_is_dated_like_everything_else(database: Any) -> None:
    about = await sent(database)
    believed = AT - timedelta(days=3)
    said = {"A": believed, "B": AT + timedelta(days=900), "C": datetime(1970, 1, 1, tzinfo=UTC)}
    file = [
        receipt(about, WRONG, Outcome.ACCEPTED, 1),
        *(dated(about, name, at) for name, at in said.items()),
    ]
    await answer(database, file)
    await apply(database)
    assert applied(database) == [("A", believed), ("B", AT), ("C", AT)]
    entries = database.execute(
        "postgres", "select count(*) from sw.journal_entry where verb = 'receipt.received' and at = %s", AT
    )
    assert entries == [(len(said),)]


async def test_what_one_room_cannot_take_waits_with_its_reason_and_takes_effect_once_it_can(
    database: Any,
) -> None:
    about = await sent(database)
    told: list[str] = []
    broken = True

    async def handle(cursor: Any, fresh: Sequence[Arrived]) -> None:
        if broken and any(one.receipt.id == "H" for one in fresh):
            raise LookupError("no such container")
        told.extend(one.receipt.id for one in fresh)

    names = ("L", "H", "P")
    await answer(database, [receipt(about, name, Outcome.ACCEPTED, n) for n, name in enumerate(names)])
    await apply(database, handle)
    assert [name for name, _ in applied(database)] == ["L", "P"]
    assert waiting(database) == [(1, 1, "H: no such container")]
    broken = False
    await apply(database, handle)
    assert told == ["L", "P"], "nobody asked for it to be applied again"
    database.execute("sw_engine", "update inbox set state = 0, problem = ''")
    await apply(database, handle)
    assert told == ["L", "P", "H"]
    assert [name for name, _ in applied(database)] == ["H", "L", "P"]
    assert [row[0] for row in waiting(database)] == [2]


async def test_while_the_data_base_is_away_nothing_becomes_a_dead_letter(database: Any) -> None:
    about = await sent(database)
    await answer(
        database, [receipt(about, WRONG, Outcome.ACCEPTED, 1), receipt(about, "L", Outcome.ACCEPTED, 2)]
    )

    async def handle(cursor: Any, fresh: Sequence[Arrived]) -> None:
        raise psycopg.errors.AdminShutdown("going down")

    with pytest.raises(psycopg.errors.AdminShutdown):
        await apply(database, handle)
    assert waiting(database) == [(0, 0, "")]
    assert applied(database) == []
    await apply(database)
    assert [name for name, _ in applied(database)] == ["L"]


async def test_many_reasons_are_cut_to_a_bound(database: Any) -> None:
    about = await sent(database)
    await answer(database, [receipt(about, f"{n}{WRONG}", Outcome.ACCEPTED, n) for n in range(40)])
    await apply(database)
    ((standing, attempts, problem),) = waiting(database)
    assert (standing, attempts, len(problem)) == (1, 1, WORDS_MOST)
    assert applied(database) == []
