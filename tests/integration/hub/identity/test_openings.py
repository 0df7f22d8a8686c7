"""Counting failures, the revision that grows, and what a person's row says."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import World

pytestmark = pytest.mark.database

LOCKED = "select failures, locked_until > now() + interval '14 minutes' from sign_in_record('yi')"


def web(world: World, statement: str, *values: object) -> list[tuple[Any, ...]]:
    return world.database.execute("sw_web", statement, *values)


def fail(world: World, times: int) -> None:
    for _ in range(times):
        web(world, "select sign_in_failed(%s)", world.broker)


def test_the_fifth_failure_in_a_row_locks(world: World) -> None:
    fail(world, 4)
    assert web(world, LOCKED) == [(4, None)]
    fail(world, 1)
    assert web(world, LOCKED) == [(5, True)]


def test_a_success_starts_the_count_again(world: World) -> None:
    fail(world, 4)
    web(world, "select sign_in_succeeded(%s)", world.broker)
    fail(world, 4)
    assert web(world, LOCKED) == [(4, None)]


def test_failures_during_a_lock_do_not_lengthen_it(world: World) -> None:
    fail(world, 5)
    before = web(world, "select locked_until from sign_in_record('yi')")
    fail(world, 3)
    assert web(world, "select locked_until from sign_in_record('yi')") == before


def test_after_a_lock_has_run_out_counting_begins_at_one(world: World) -> None:
    fail(world, 5)
    world.database.execute("postgres", "update sw.person set locked_until = now() - interval '1 second'")
    fail(world, 1)
    assert web(world, "select failures, locked_until from sign_in_record('yi')") == [(1, None)]


def revision(world: World) -> int:
    return int(str(world.database.execute("sw_intake", "select identity_revision()")[0][0]))


@pytest.mark.parametrize(
    "change",
    [
        "update party set name_en = 'Other' where code = 'customs'",
        "delete from membership",
        """insert into api_token (hash, party_id, name, scopes)
        select sha256('x'), min(id), 'n', '{}' from party""",
        """insert into mandate (principal, agent, scope, valid_from, valid_to)
        select min(id), max(id), 's', '2026-01-01', '2026-01-02' from party""",
        "update person set active = false",
    ],
)
def test_the_revision_grows_with_every_change(world: World, change: str) -> None:
    before = revision(world)
    world.database.execute("sw_engine", change)
    assert revision(world) == before + 1


def test_the_revision_does_not_grow_with_failed_sign_ins(world: World) -> None:
    before = revision(world)
    fail(world, 3)
    assert revision(world) == before


def test_an_inactive_person_has_no_row(world: World) -> None:
    assert len(web(world, "select * from person_parties(%s)", world.broker)) == 1
    world.database.execute("sw_engine", "update person set active = false")
    assert web(world, "select * from person_parties(%s)", world.broker) == []


def test_a_person_without_parties_is_known_by_name_only(world: World) -> None:
    world.database.execute("sw_engine", "delete from membership")
    rows = web(world, "select name, party, roles from person_parties(%s)", world.broker)
    assert rows == [("乙某", None, None)]


def test_people_of_an_agency_read_for_the_agency_merged_into_it_from_that_day_on(world: World) -> None:
    engine = world.database.execute
    engine("sw_engine", "update membership set party_id = %s, roles = '{officer}'", world.customs)
    merged = (
        "insert into party (kind, code, name_zh, name_en, merged_into, merged_from)"
        " values ('agency', %s, 'x', 'x', %s, now()::date + %s) returning id"
    )
    past = engine("sw_engine", merged, "ciq", world.customs, -10)[0][0]
    engine("sw_engine", merged, "later", world.customs, 10)
    rows = web(world, "select party, roles from person_parties(%s)", world.broker)
    assert rows == [(world.customs, ["officer"]), (past, ["officer"])]


def test_a_ring_of_merged_agencies_ends(world: World) -> None:
    world.database.execute(
        "sw_engine", "update party set merged_into = id, merged_from = '2020-01-01' where id = %s", world.yi
    )
    rows = web(world, "select distinct party from person_parties(%s)", world.broker)
    assert rows == [(world.yi,)]
