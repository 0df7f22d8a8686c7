"""Who is told which parties are registered, and what of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from singlewindow.hub.identity import registering

from .conftest import World

pytestmark = pytest.mark.database

AT = datetime.now(UTC)
NUMBER = "11010519491231002X"  # the example of GB 11643
REGISTERED = "insert into party (kind, code, name_zh, name_en) values (%s, %s, '某', 'Mou') returning id"


@pytest.fixture
def operator(world: World) -> int:
    """Who runs the platform; and an individual is registered."""
    world.database.execute("sw_engine", REGISTERED, "individual", NUMBER)
    return int(world.database.execute("sw_engine", REGISTERED, "platform", "12500000MADEM0P1X2")[0][0])


def found(world: World, reader: int, **asked: Any) -> list[registering.Listed]:
    with world.serving(reader) as cursor:
        return registering.parties(cursor, **asked, at=AT)


def test_the_operator_finds_every_party_by_kind_by_code_and_page_by_page(world: World, operator: int) -> None:
    every = found(world, operator)
    assert {one.kind for one in every} == {"firm", "agency", "individual", "platform"}
    assert {one.id for one in found(world, operator, kind="firm")} == {world.jia, world.yi}
    assert [one.id for one in found(world, operator, code="customs")] == [world.customs]
    pages = [found(world, operator, most=1, after=one.id)[0] for one in every[:-1]]
    assert [every[0], *pages] == every


def test_of_a_citizens_number_the_end_is_shown_and_nothing_is_found_by_it(
    world: World, operator: int
) -> None:
    [somebody] = found(world, operator, kind="individual")
    assert somebody.code == f"…{NUMBER[-4:]}"
    assert found(world, operator, code=NUMBER) == []


def test_nobody_else_is_told_of_any(world: World, operator: int) -> None:
    assert [found(world, party) for party in (world.jia, world.customs)] == [[], []]
