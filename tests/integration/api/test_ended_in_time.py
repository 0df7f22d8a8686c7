"""A request waits so long for others in the data base; what reads long by right is not ended."""

from __future__ import annotations

import psycopg
import pytest

from programs import World
from singlewindow.hub.identity import refusals
from singlewindow.hub.journal.looking_up import LONGEST_S
from singlewindow.server import live

pytestmark = pytest.mark.database


def test_a_list_that_somebody_locks_is_refused_in_words(unnoted: World) -> None:
    with psycopg.connect(unnoted.platform.configuration.dsn("postgres")) as other:
        other.execute("lock table sw.gate_event in access exclusive mode")
        answer = unnoted.terminal.ask("GET", "/gate/passages?container=CQXU2045171")
    assert (answer.status, answer.headers["Retry-After"]) == (503, refusals.AGAIN_S)
    (problem,) = answer.json["problems"]
    assert problem["code"] == refusals.TOO_LONG.code
    assert all(str(LONGEST_S) in problem["text"][language] for language in ("zh", "en"))
    assert unnoted.terminal.ask("GET", "/gate/passages?container=CQXU2045171").status == 200


async def test_whose_a_stream_is_is_asked_in_time(world: World) -> None:
    async with live.LiveUpdates(world.platform.configuration) as streams:
        assert streams.pool is not None
        async with streams.pool.connection() as connection:
            row = await (await connection.execute("show statement_timeout")).fetchone()
    assert row == (f"{LONGEST_S}s",)


def test_nothing_but_requests_is_ended_in_time(world: World) -> None:
    for role in ("sw_owner", "sw_engine", "sw_intake", "postgres"):
        with psycopg.connect(world.platform.configuration.dsn(role)) as connection:
            assert connection.execute("show statement_timeout").fetchone() == ("0",)
