"""Dead letters are listed, sent again on somebody's word, and that word is journalled."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from platform_under_test import AT, context, sample
from singlewindow.hub.exchange.ledger import Ledger
from singlewindow.hub.exchange.storing import store
from singlewindow.hub.exchange.submission import prepare
from singlewindow.server.commands import replay

pytestmark = pytest.mark.database


async def bury_one(database: Any) -> None:
    async with await database.connect("sw_intake") as connection, connection.cursor() as cursor:
        await store(cursor, [prepare(sample(), context())])
    database.execute("postgres", "update sw.outbox set ready_at = now()")
    lane = await psycopg.AsyncConnection.connect(database.dsn("sw_component_customs"), autocommit=True)
    async with lane:
        ledger = Ledger(lane, "customs", "customs")
        await ledger.bury(await ledger.claim(1, uuid4(), AT), f"refused {uuid4()}")


def asked(database: Any, *send: str, partner: str | None = None) -> Any:
    given = argparse.Namespace(send=list(send), partner=partner)
    return replay.run(given, database.configuration)


def test_what_is_dead_is_listed_and_sent_again_once(database: Any) -> None:
    asyncio.run(bury_one(database))
    (dead,) = asked(database).values
    assert dead["partner"] == "customs"
    assert asked(database, partner="quarantine").values == []
    reply = asked(database, "all")
    assert (reply.code, reply.values["sent"]) == (0, [dead["seq"]])
    assert asked(database).values == []
    verbs = database.execute("postgres", "select verb from sw.journal_entry where verb = 'message.replayed'")
    assert len(verbs) == 1


def test_a_number_that_names_no_dead_letter_is_said(database: Any) -> None:
    reply = asked(database, "12345")
    assert (reply.code, reply.values) == (1, {"sent": [], "unknown": ["12345"]})
