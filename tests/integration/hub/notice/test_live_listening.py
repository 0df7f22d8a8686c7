"""One listening connection feeds every stream, and its loss is noticed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from database import Database
from singlewindow.hub.notice.live import MANY, Bounds, Live
from singlewindow.kernel.messages import Viewer

pytestmark = pytest.mark.database
ONE, TWO = "019a9d5e-7c10-7a4e-9c31-000000000001", "019a9d5e-7c10-7a4e-9c31-000000000002"
SOON_S = 20.0  # for what comes at once, on a machine that does much else
QUICK = Bounds(heartbeat_s=0.2, gather_s=0.01, session_s=0.3, retry_s=0.05)


class Browser:
    """One open stream: its status, and the events as they come."""

    def __init__(self, live: Live) -> None:
        self.parts: asyncio.Queue[bytes] = asyncio.Queue()
        self.leaving = asyncio.Event()
        self.status = 0
        scope = {"type": "http", "method": "GET", "path": "/live", "headers": []}
        self.task = asyncio.ensure_future(live(scope, self.receive, self.send))

    async def receive(self) -> Any:
        await self.leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        await self.parts.put(message.get("body", b""))

    async def event(self, within: float = SOON_S) -> bytes:
        async with asyncio.timeout(within):
            while True:
                part = await self.parts.get()
                if part.startswith(b"event: change\ndata: "):
                    return part.removeprefix(b"event: change\ndata: ").strip()

    async def close(self) -> None:
        self.leaving.set()
        await asyncio.wait_for(self.task, SOON_S)


@contextlib.asynccontextmanager
async def listening(dsn: str, viewer: Viewer | None = None, bounds: Bounds = QUICK) -> AsyncIterator[Any]:
    who = {"viewer": viewer or Viewer((7,))}

    async def authenticate(_: Any) -> Viewer | None:
        return who["viewer"]

    live = Live(dsn, authenticate, bounds)
    browser = Browser(live)
    await asyncio.wait_for(live.listening.wait(), SOON_S)
    assert await browser.event() == MANY
    try:
        yield live, browser, who
    finally:
        await browser.close()
        await live.close()


def notify(database: Database, submissions: list[Any]) -> None:
    payload = msgspec.json.encode({"position": 1, "submissions": submissions}).decode()
    database.execute("sw_engine", "select pg_notify('journal', %s)", payload)


async def test_a_browser_hears_of_its_own_submissions(database: Database) -> None:
    async with listening(database.dsn("sw_web")) as (_, browser, _):
        notify(database, [[TWO, [9]]])
        notify(database, [[ONE, [7, 9]]])
        assert msgspec.json.decode(await browser.event()) == [ONE]


async def test_a_quiet_stream_beats(database: Database) -> None:
    async with listening(database.dsn("sw_web")) as (_, browser, _):
        async with asyncio.timeout(SOON_S):
            while (part := await browser.parts.get()) != b": still here\n\n":
                assert not part.startswith(b"event")


async def test_a_lost_listener_comes_back_and_tells_everybody_to_look(database: Database) -> None:
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where query ~* '^(listen|select 1)'"
    async with listening(database.dsn("sw_web")) as (_, browser, _):
        database.execute("postgres", kill)
        assert await browser.event() == MANY
        notify(database, [[ONE, [7]]])
        assert msgspec.json.decode(await browser.event()) == [ONE]


async def test_a_listener_that_falls_silent_is_noticed_within_five_seconds(
    database: Database, tmp_path: Path
) -> None:
    frozen = asyncio.Event()
    async with proxy(database.dsn("sw_web"), tmp_path, frozen) as dsn:
        bounds = Bounds(heartbeat_s=0.2, gather_s=0.01, retry_s=0.05, check_s=0.5, answer_s=1.0)
        async with listening(dsn, bounds=bounds) as (live, _, _):
            frozen.set()
            for _ in range(600):
                if not live.listening.is_set():
                    break
                await asyncio.sleep(0.05)
            assert not live.listening.is_set()
    assert Bounds().check_s + Bounds().answer_s < 5


async def test_a_stream_ends_with_its_session(database: Database) -> None:
    async with listening(database.dsn("sw_web")) as (live, browser, who):
        who["viewer"] = None
        await asyncio.wait_for(browser.task, SOON_S)
        assert browser.status == 200
        assert not live.clients


async def test_a_stream_ends_at_once_when_its_person_signs_out(database: Database) -> None:
    patient = Bounds(heartbeat_s=30.0, gather_s=0.01, session_s=60.0, retry_s=0.05)
    async with listening(database.dsn("sw_web"), Viewer((7,), person=5), patient) as (live, browser, who):
        database.execute("sw_web", "select pg_notify('journal', %s)", '{"again": [4]}')
        await asyncio.sleep(0.2)
        assert live.clients, "somebody else's"
        who["viewer"] = None
        database.execute("sw_web", "select pg_notify('journal', %s)", '{"again": [5]}')
        await asyncio.wait_for(browser.task, SOON_S)
        assert not live.clients


async def test_a_stream_goes_on_with_the_rights_that_are_left(database: Database) -> None:
    patient = Bounds(heartbeat_s=30.0, gather_s=0.01, session_s=60.0, retry_s=0.05)
    both = Viewer((7, 9), person=5)
    async with listening(database.dsn("sw_web"), both, patient) as (_, browser, who):
        who["viewer"] = Viewer((7,), person=5)
        database.execute("sw_web", "select pg_notify('journal', %s)", '{"again": [5]}')
        notify(database, [[TWO, [9]]])
        await asyncio.sleep(0.2)
        notify(database, [[TWO, [9]]])
        notify(database, [[ONE, [7]]])
        seen = [*msgspec.json.decode(await browser.event())]
        while ONE not in seen:
            seen = [*msgspec.json.decode(await browser.event())]
        assert seen == [ONE]


async def test_a_closed_browser_leaves_nothing_behind(database: Database) -> None:
    async with listening(database.dsn("sw_web")) as (live, browser, _):
        await browser.close()
        assert not live.clients


@contextlib.asynccontextmanager
async def proxy(dsn: str, folder: Path, frozen: asyncio.Event) -> AsyncIterator[str]:
    """The database through a wire that, once frozen, neither carries nor closes."""
    place = conninfo_to_dict(dsn)
    port = place.get("port", 5432)
    moving: list[asyncio.Task[None]] = []
    ends: list[asyncio.StreamWriter] = []

    async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            if frozen.is_set():
                await asyncio.sleep(3600)
            target.write(data)
            await target.drain()
        target.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if str(place["host"]).startswith("/"):
            opened = asyncio.open_unix_connection(f"{place['host']}/.s.PGSQL.{port}")
        else:
            opened = asyncio.open_connection(str(place["host"]), int(port))
        back, forth = await opened
        ends.extend((writer, forth))
        moving.extend((asyncio.create_task(carry(reader, forth)), asyncio.create_task(carry(back, writer))))

    server = await asyncio.start_unix_server(serve, folder / f".s.PGSQL.{port}")
    try:
        yield make_conninfo(**{**place, "host": str(folder)})
    finally:
        for task in moving:
            task.cancel()
        await asyncio.gather(*moving, return_exceptions=True)
        for end in ends:
            end.close()
            with contextlib.suppress(OSError):
                await end.wait_closed()
        server.close()
        await server.wait_closed()
