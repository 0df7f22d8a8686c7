"""A request is declined for what its arguments hold, and a fault of ours is not called the asker's."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from singlewindow.hub.coordination.asked import Asked, carried_out
from singlewindow.hub.coordination.declined import Declined
from singlewindow.kernel.messages import Actor

AT = datetime(2026, 11, 22, tzinfo=UTC)
ACTOR = Actor("person", "1", "x", 7)


@asynccontextmanager
async def savepoint() -> Any:
    yield


CURSOR: Any = SimpleNamespace(connection=SimpleNamespace(transaction=savepoint))


def asked(**arguments: Any) -> Asked:
    nothing: Any = None
    return Asked(UUID(int=1), ACTOR, msgspec.json.encode(arguments), nothing, nothing, AT)


async def code(verb: Any, **arguments: Any) -> str:
    """The code of what stood in the way; empty where nothing did."""
    problems = await carried_out(CURSOR, "v", verb, asked(**arguments))
    return problems[0].code if problems else ""


async def nothing(*_: Any) -> None:
    return None


@pytest.mark.parametrize("mark", ["\x0b", "\x00", "\x7f", "\u202e", "\u2028", "\u061c", "\uffff"])
@pytest.mark.parametrize("where", ["place", "deep"])
async def test_text_that_nobody_sees_is_declined_by_its_name(mark: str, where: str) -> None:
    text = f"果园港{mark}B-07"
    given: dict[str, Any] = {"place": text} if where == "place" else {"results": {"seal": ["normal", text]}}
    (problem,) = await carried_out(CURSOR, "v", nothing, asked(**given))
    assert problem.code == "request.unseen"
    assert f"U+{ord(mark):04X}" in problem.text.zh
    assert f"U+{ord(mark):04X}" in problem.text.en


async def test_lines_tabs_and_every_script_are_carried_out() -> None:
    assert await code(nothing, text="第一行\r\n\t第二行 🚢 é") == ""


async def test_a_request_that_cannot_be_read_says_so() -> None:
    async def reading(_: Any, request: Asked) -> None:
        request.read(int)

    assert await code(None) == "request.malformed"
    assert await code(reading, a=1) == "request.malformed"


async def test_a_fault_of_ours_is_not_called_the_askers() -> None:
    async def broken(*_: Any) -> None:
        raise KeyError("ours")

    assert await code(broken) == "request.failed"


async def test_what_is_declined_after_all_stands_beside_what_was_judged() -> None:
    async def after_all(*_: Any) -> Declined:
        return Declined("release.nothing_left", "x", "x")

    async def at_once(*_: Any) -> None:
        raise Declined("appointment.past", "x", "x")

    assert [await code(after_all), await code(at_once)] == ["release.nothing_left", "appointment.past"]


async def test_where_the_data_base_is_away_the_request_waits() -> None:
    async def away(*_: Any) -> None:
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    with pytest.raises(psycopg.OperationalError):
        await code(away)
