"""What a page's form says it mends is looked up before a draft of it begins: others' things are not there."""

from __future__ import annotations

from uuid import UUID

import pytest

from programs import Json, World
from running import declaration
from strangers import Account

pytestmark = [pytest.mark.database, pytest.mark.timeout(300)]
NEVER, OWN = UUID(int=0xEF), UUID(int=0xD1)
DRAFTS = "select count(*) from draft where id = %s"


def sheet(world: World, mends: object) -> Json:
    version = world.broker.get("/definitions/goods_declaration")["version"]
    values = declaration(bill_number="CQXMENDS01")["values"]
    return {"version": 0, "definition": version, "values": values, "mends": str(mends)}


@pytest.mark.parametrize("step", ["save", "submit", "check"])
def test_no_draft_begins_that_mends_what_cannot_be_seen(
    world: World, submission: str, outside: list[Account], step: str
) -> None:
    firm = next(account for account in outside if account.name == "stranger-firm")
    told = [
        firm.ask("POST", f"/declarations/{OWN}/{step}", json=sheet(world, mends))
        for mends in (submission, NEVER)
    ]
    assert [answer.status_code for answer in told] == [404, 404]
    assert world.platform.ask(DRAFTS, OWN) == [(0,)]
