"""Counting failures by origin, the revision that grows, and what a person's row says."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import World

pytestmark = pytest.mark.database

COUNTED = """select failures, locked_until > now() + %s::interval from sw.sign_in_failure
 where origin = %s"""
AGO = "update sw.sign_in_failure set since = since - %s::interval, locked_until = locked_until - %s::interval"
HERE, ELSEWHERE, DEVICE = "198.51.100.7", "203.0.113.9", "device 1f00"


def web(world: World, statement: str, *values: object) -> list[tuple[Any, ...]]:
    return world.database.execute("sw_web", statement, *values)


def fail(world: World, times: int, origin: str = HERE, known: bool = False) -> None:
    for _ in range(times):
        web(world, "select sign_in_failed(%s, %s, %s)", world.broker, origin, known)


def barred(world: World, origin: str = HERE, known: bool = False) -> bool:
    return bool(web(world, "select sign_in_barred(%s, %s, %s)", world.broker, origin, known)[0][0])


def counted(world: World, origin: str = HERE, term: str = "14 minutes") -> list[tuple[Any, ...]]:
    return world.database.execute("postgres", COUNTED, term, origin)


def later(world: World, by: str) -> None:
    world.database.execute("postgres", AGO, by, by)


def test_the_fifth_failure_in_a_row_locks_where_it_came_from_and_nowhere_else(world: World) -> None:
    fail(world, 4)
    assert (counted(world), barred(world)) == ([(4, None)], False)
    fail(world, 1)
    assert (counted(world), barred(world)) == ([(5, True)], True)
    assert not barred(world, ELSEWHERE)
    assert not barred(world, DEVICE, known=True)


def test_a_device_is_locked_by_its_own_failures_alone(world: World) -> None:
    fail(world, 5, DEVICE, known=True)
    assert barred(world, DEVICE, known=True)
    assert not barred(world)
    assert counted(world, "anywhere") == []


def test_a_success_starts_the_count_of_its_origin_again(world: World) -> None:
    fail(world, 4)
    web(world, "select sign_in_succeeded(%s, %s)", world.broker, HERE)
    fail(world, 4)
    assert counted(world) == [(4, None)]
    assert counted(world, "anywhere") == [(8, None)]


def test_failures_during_a_lock_count_for_nothing(world: World) -> None:
    fail(world, 5)
    locked = "select failures, locked_until from sw.sign_in_failure order by origin"
    before = world.database.execute("postgres", locked)
    fail(world, 30)
    assert world.database.execute("postgres", locked) == before


@pytest.mark.parametrize(("times", "by"), [(5, "16 minutes"), (4, "61 minutes")], ids=["locked", "not yet"])
def test_when_its_time_is_over_counting_begins_at_one(world: World, times: int, by: str) -> None:
    fail(world, times)
    later(world, by)
    assert not barred(world)
    fail(world, 1)
    assert counted(world) == [(1, None)]


def test_a_hundred_from_anywhere_lock_strangers_out_and_no_device(world: World) -> None:
    for n in range(20):
        fail(world, 5, f"198.51.100.{n}")
    assert counted(world, "anywhere", "59 minutes") == [(100, True)]
    assert barred(world, ELSEWHERE)
    assert not barred(world, DEVICE, known=True)
    fail(world, 3, ELSEWHERE)
    assert counted(world, ELSEWHERE) == []  # so that a lock bounds the rows too
    later(world, "61 minutes")
    assert not barred(world, ELSEWHERE)


def test_one_place_alone_never_locks_strangers_out(world: World) -> None:
    for _ in range(12):  # three hours of it
        fail(world, 20)
        later(world, "15 minutes")
    assert not barred(world, ELSEWHERE)


def test_a_password_given_or_chosen_forgives(world: World) -> None:
    for statement in (
        "select password_given(%s, %s, 'x', now())",
        "select password_chosen(%s, 'x', 'y')",
    ):
        fail(world, 5)
        with world.serving(world.yi) as cursor:
            given = [world.yi, world.broker] if "given" in statement else [world.broker]
            cursor.execute(statement, given)
            assert cursor.fetchone() == (True,)
        assert world.database.execute("postgres", "select * from sw.sign_in_failure") == []


def test_failures_of_nobody_are_not_kept(world: World) -> None:
    web(world, "select sign_in_failed(null, %s, false)", HERE)
    assert world.database.execute("postgres", "select * from sw.sign_in_failure") == []


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
