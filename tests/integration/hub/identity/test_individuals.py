"""An individual has a broker declare for them, and is nobody's broker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from singlewindow.hub.identity import mandates
from singlewindow.hub.identity.declined import Declined
from singlewindow.hub.identity.directory import load
from singlewindow.kernel.codes import citizen, uscc
from singlewindow.kernel.messages import Actor

from .conftest import World

pytestmark = pytest.mark.database

AT = datetime.now(UTC)
TODAY = AT.date()
BROKER = "91500105MADEM0Y2X3"
BOTH = "110105199001010299"  # a well-formed number of a person and code of a firm


@pytest.fixture
def somebody(world: World) -> int:
    statement = (
        "insert into party (kind, code, name_zh, name_en) values ('individual', %s, '某', 'Mou') returning id"
    )
    return int(str(world.database.execute("sw_engine", statement, BOTH)[0][0]))


def offered(world: World, principal: int, agent: str) -> int:
    given: dict[str, Any] = {"agent": agent, "scope": "goods_declaration"}
    days = {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=30)}
    with world.serving(principal) as cursor:
        actor = Actor("person", "1", "某", principal)
        return mandates.offer(actor, cursor, **given, **days, today=TODAY, at=AT)


async def test_a_broker_declares_for_an_individual_under_their_mandate(world: World, somebody: int) -> None:
    number = offered(world, somebody, BROKER)
    with world.serving(world.yi) as cursor:
        mandates.accept(Actor("person", str(world.broker), "乙某", world.yi), cursor, mandate=number, at=AT)
    async with await world.database.connect("sw_intake") as connection:
        known = await load(connection)
    assert known.may_declare(world.yi, somebody, "goods_declaration", TODAY)
    assert known.may_declare(somebody, somebody, "goods_declaration", TODAY)


def test_nobody_gives_an_individual_a_mandate(world: World, somebody: int) -> None:
    assert citizen.check(BOTH) is None
    assert uscc.check(BOTH) is None
    with pytest.raises(Declined) as declined:
        offered(world, world.jia, BOTH)
    assert [problem.code for problem in declined.value.problems] == ["accounts.agent_unknown"]
