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
from singlewindow.server.refusal import Refusal

pytestmark = pytest.mark.database
COPIES = """
with copied as (
  insert into sw.message
  select m.submission_id, gen_random_uuid(), m.document_id, m.version, m.partner, m.kind,
         m.definition_version, m.message_id || n, m.reference, m.digest, m.payload, m.created_at, m.viewers
    from sw.outbox o
    join sw.message m on m.submission_id = o.submission_id and m.id = o.message
   cross join generate_series(1, %s) n
   where o.state = 1
  returning submission_id, id, partner, reference, viewers
)
insert into sw.outbox (submission_id, message, partner, order_key, state, ready_at, problem, viewers)
select submission_id, id, partner, reference, 1, now(), 'refused', viewers from copied
"""


async def bury_one(database: Any) -> None:
    async with await database.connect("sw_intake") as connection, connection.cursor() as cursor:
        await store(cursor, [prepare(sample(), context())])
    database.execute("postgres", "update sw.outbox set ready_at = now()")
    lane = await psycopg.AsyncConnection.connect(database.dsn("sw_component_customs"), autocommit=True)
    async with lane:
        ledger = Ledger(lane, "customs", "customs")
        await ledger.bury(await ledger.claim(1, uuid4(), AT), f"refused {uuid4()}")


def asked(database: Any, *send: str, partner: str | None = None, after: int | None = None) -> Any:
    given = argparse.Namespace(send=list(send), partner=partner, after=after, lay_aside=None, aside=False)
    return replay.run(given, database.configuration)


def alike(database: Any, number: int) -> list[int]:
    """So many dead letters of customs in all: copies of the one there is."""
    database.execute("postgres", COPIES, number - 1)
    return [
        seq
        for (seq,) in database.execute("postgres", "select seq from sw.outbox where state = 1 order by seq")
    ]


def test_what_is_dead_is_listed_and_sent_again_once(database: Any) -> None:
    asyncio.run(bury_one(database))
    listed = asked(database).values
    (dead,) = listed["items"]
    assert (listed["shown"], listed["of"], listed["next"]) == (1, 1, None)
    assert dead["partner"] == "customs"
    assert asked(database, partner="quarantine").values["items"] == []
    reply = asked(database, "all")
    assert (reply.code, reply.values["sent"]) == (0, [dead["seq"]])
    assert asked(database).values["items"] == []
    verbs = database.execute("postgres", "select verb from sw.journal_entry where verb = 'message.replayed'")
    assert len(verbs) == 1


def test_a_number_that_names_no_dead_letter_is_said(database: Any) -> None:
    reply = asked(database, "12345")
    assert (reply.code, reply.values) == (1, {"sent": [], "unknown": ["12345"]})


def test_all_of_thousands_are_sent_again_batch_by_batch(
    database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "MOST", 40)
    asyncio.run(bury_one(database))
    seqs = alike(database, 101)
    first = asked(database)
    assert [row["seq"] for row in first.values["items"]] == seqs[:40]
    assert (first.values["shown"], first.values["of"], first.values["next"]) == (40, 101, seqs[39])
    assert first.text.endswith(f"40 of 101 shown; go on with --after {seqs[39]}")
    last = asked(database, after=seqs[79])
    assert [row["seq"] for row in last.values["items"]] == seqs[80:]
    assert (last.values["of"], last.values["next"]) == (101, None)
    assert "--after" not in last.text
    named = asked(database, str(seqs[-1]), "x")
    assert named.values == {"sent": [seqs[-1]], "unknown": ["x"]}, "a number behind the first page is found"
    assert asked(database, "all", partner="quarantine").values["sent"] == []
    reply = asked(database, "all")
    assert (reply.code, reply.values["sent"]) == (0, seqs[:-1])
    assert "100 sent again" in reply.text
    told = database.execute(
        "postgres", "select count(*) from sw.journal_entry where verb = 'message.replayed'"
    )
    assert told == [(101,)]


def test_what_is_sent_is_named_and_no_part_of_a_list(database: Any) -> None:
    with pytest.raises(Refusal, match="--after is for listing"):
        asked(database, "all", after=7)
