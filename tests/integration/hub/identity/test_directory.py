"""The directory read from the data base, kept alive, and tokens issued and revoked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from singlewindow.hub.identity import seed, tokens
from singlewindow.hub.identity.directory import STALE_AFTER, LiveDirectory, StaleDirectoryError, load
from singlewindow.kernel.messages import Actor

from .conftest import PASSWORD, World

pytestmark = pytest.mark.database

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
TOKEN = tokens.new_token(lambda count: b"\x07" * count)
SECRETS = {name: tokens.new_token() for name in seed.token_names()} | {"token": TOKEN}


def administrator(world: World) -> Actor:
    return Actor("person", "1", "管理员", world.yi)


def issued(world: World, scope: str = "declarations.submit") -> int | None:
    with world.serving(world.yi) as cursor:
        given = {"name": "system", "scopes": [scope], "valid_to": None}
        return tokens.issue(administrator(world), cursor, **given, at=AT, token=TOKEN)


async def test_parties_are_found_by_code_and_partner(world: World) -> None:
    async with await world.database.connect("sw_intake") as connection:
        directory = await load(connection)
    firm, agency = directory.by_code("91500112MADEM0A1XL"), directory.by_partner("customs")
    assert firm is not None
    assert (firm.id, firm.name.zh) == (world.jia, "甲")
    assert agency is not None
    assert agency.id == world.customs
    assert directory.by_code("") is None


async def test_a_token_lives_until_it_is_revoked_and_the_journal_tells_both(world: World) -> None:
    number = issued(world)
    assert number is not None
    async with await world.database.connect("sw_intake") as connection:
        before = await load(connection)
    found = tokens.bearer(f"Bearer {TOKEN}", before, AT)
    assert found is not None
    assert found[0].party == world.yi
    assert found[1].permissions == {"declarations.submit"}
    with world.serving(world.yi) as cursor:
        assert tokens.revoke(administrator(world), cursor, token=number, at=AT)
        assert not tokens.revoke(administrator(world), cursor, token=number, at=AT)
    async with await world.database.connect("sw_intake") as connection:
        after = await load(connection)
    assert after.revision > before.revision
    assert tokens.bearer(f"Bearer {TOKEN}", after, AT) is None
    verbs = world.database.execute("sw_engine", "select verb, viewers from journal_entry order by id")
    assert verbs == [("token.issued", [world.yi]), ("token.revoked", [world.yi])]


def test_a_scope_that_is_no_permission_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match=r"everything\.do"):
        issued(world, "everything.do")


async def test_the_live_directory_follows_changes_and_then_fails_closed(world: World) -> None:
    clock = [AT]
    reachable = [True]

    @asynccontextmanager
    async def connect():  # type: ignore[no-untyped-def]
        if not reachable[0]:
            raise psycopg.OperationalError("gone")
        async with await world.database.connect("sw_intake") as connection:
            yield connection

    live = LiveDirectory(connect, lambda: clock[0])
    with pytest.raises(StaleDirectoryError):
        _ = live.current
    await live.refresh()
    first = live.current
    await live.refresh()
    assert live.current is first
    issued(world)
    await live.refresh()
    assert live.current.token(tokens.digest(TOKEN), AT) is not None
    reachable[0] = False
    clock[0] += STALE_AFTER
    with pytest.raises(psycopg.OperationalError):
        await live.refresh()
    assert live.current.party(world.yi) is not None
    clock[0] += timedelta(microseconds=1)
    with pytest.raises(StaleDirectoryError):
        _ = live.current


def test_the_demonstration_is_seeded_once(world: World) -> None:
    for table in ("membership", "person", "party"):
        world.database.execute("postgres", f"delete from sw.{table}")
    tables = ("party", "person", "membership", "mandate", "api_token", "journal_entry")
    count = "select " + ", ".join(f"(select count(*) from {table})" for table in tables)
    counts = []
    for _ in range(2):
        with psycopg.connect(world.database.dsn("sw_engine")) as connection:
            seed.seed(connection, lambda: AT, PASSWORD, SECRETS)
        counts.append(world.database.execute("sw_engine", count))
    assert counts[0] == counts[1] == [(9, 16, 16, 1, 7, 49)]
    roles = world.database.execute("sw_engine", "select count(*) from membership where roles = '{}'")
    assert roles == [(0,)]


async def test_the_seeded_broker_may_declare_for_the_importer(world: World) -> None:
    for table in ("membership", "person", "party"):
        world.database.execute("postgres", f"delete from sw.{table}")
    with psycopg.connect(world.database.dsn("sw_engine")) as connection:
        seed.seed(connection, lambda: AT, PASSWORD, SECRETS)
    async with await world.database.connect("sw_engine") as connection:
        directory = await load(connection)
    broker, importer = directory.by_code("91500105MADEM0Y2X3"), directory.by_code("91500112MADEM0A1XL")
    assert broker is not None
    assert importer is not None
    mandate = directory.may_declare(broker.id, importer.id, "goods_declaration", date(2026, 11, 21))
    assert mandate is not None
    assert directory.may_declare(importer.id, broker.id, "goods_declaration", date(2026, 11, 21)) is None
    assert tokens.bearer(f"bearer {TOKEN}", directory, AT) is not None
