"""Prepare, store, send, answer, apply: the one write path, set by set."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from platform_under_test import AT, context, sample
from singlewindow.hub.exchange import receiving
from singlewindow.hub.exchange.group_commit import GroupCommit
from singlewindow.hub.exchange.ledger import Answer, Ledger
from singlewindow.hub.exchange.receiving import Receiver
from singlewindow.hub.exchange.storing import Conflict, Taken, store
from singlewindow.hub.exchange.submission import Prepared, Refused, prepare
from singlewindow.hub.process import task as process
from singlewindow.kernel.messages import Outcome, Problem, Receipt, Stage, Text
from singlewindow.kernel.receipts import spoilt
from singlewindow.server import rooms

pytestmark = pytest.mark.database
KEEPER = process.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))


async def stored(database: Any, *batch: Prepared) -> list[Taken | Conflict]:
    async with await database.connect("sw_intake") as connection, connection.cursor() as cursor:
        return await store(cursor, batch)


def rows(database: Any, table: str) -> int:
    return database.execute("postgres", f"select count(*) from sw.{table}")[0][0]


async def test_a_submission_leaves_every_row_in_one_transaction(database: Any) -> None:
    prepared = prepare(sample(), context())
    (taken,) = await stored(database, prepared)
    partners = len(prepared.issued)
    assert taken == Taken(prepared.submission_id, "m-1", AT, prepared.digest)
    counts = {
        t: rows(database, t) for t in ("submission", "document", "document_version", "message", "outbox")
    }
    once = {"submission": 1, "document_version": 1}
    assert counts == once | {"document": 1 + partners, "message": partners, "outbox": partners}
    assert rows(database, "journal_entry") == 1 + partners


async def test_each_partner_of_a_batch_is_woken_once_whatever_its_name(database: Any) -> None:
    batch = [prepare(sample(), context(seed=n, message_id=f"m-{n}")) for n in range(2)]
    odd = replace(batch[0].issued[0], partner="o'dd\\")
    batch[0] = replace(batch[0], issued=(odd, *batch[0].issued[1:]))
    async with await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True) as worker:
        await worker.execute("listen outbox")
        await stored(database, *batch)
        woken = [each.payload async for each in worker.notifies(timeout=0.5)]
    assert sorted(woken) == sorted({issued.partner for each in batch for issued in each.issued})


async def test_the_same_again_gets_the_original_receipt_and_writes_nothing(database: Any) -> None:
    first = prepare(sample(), context(seed=1))
    (taken,) = await stored(database, first)
    (again,) = await stored(database, prepare(sample(), context(seed=2)))
    assert isinstance(again, Taken)
    assert (again.submission_id, again.received_at, again.repeated) == (taken.submission_id, AT, True)
    assert rows(database, "submission") == 1


async def test_the_same_id_with_other_content_is_a_conflict(database: Any) -> None:
    await stored(database, prepare(sample(), context(seed=1)))
    (answer,) = await stored(database, prepare(sample(contract_number="OTHER-1"), context(seed=2)))
    assert isinstance(answer, Conflict)
    assert rows(database, "submission") == 1


async def test_repetition_within_one_batch_takes_effect_once(database: Any) -> None:
    batch = [prepare(sample(), context(seed=n)) for n in range(3)]
    answers = await stored(database, *batch)
    assert [a.submission_id for a in answers] == [batch[0].submission_id] * 3
    assert [a.repeated for a in answers] == [False, True, True]


def test_without_a_mandate_nothing_is_prepared() -> None:
    with pytest.raises(Refused) as refused:
        prepare(sample(), context(mandated=False))
    assert [p.code for p in refused.value.problems] == ["no_mandate"]
    assert refused.value.problems[0].field == "consignee_code"


def test_the_same_bytes_with_injected_ids_and_clock_give_the_same_documents() -> None:
    one, two = (prepare(sample(), context(seed=5)) for _ in range(2))
    assert [i.payload for i in one.issued] == [i.payload for i in two.issued]


async def test_one_bad_row_fails_alone(database: Any) -> None:
    committer: GroupCommit[str, str] = GroupCommit(database.dsn("sw_intake"), _store_words)
    running = asyncio.create_task(committer.run())
    answers = await asyncio.gather(*(committer.add(w) for w in ("a", "bad", "c")), return_exceptions=True)
    running.cancel()
    assert answers[0] == "A"
    assert isinstance(answers[1], psycopg.Error)
    assert answers[2] == "C"


async def _store_words(cursor: Any, words: Any) -> list[str]:
    for word in words:
        await cursor.execute("select 1 / (%s <> 'bad')::int", [word])
    return [word.upper() for word in words]


def receipt(about: str, name: str, outcome: Outcome, seconds: int) -> Receipt:
    stage = Stage.TECHNICAL if outcome is Outcome.NOTED else Stage.BUSINESS
    return Receipt(name, about, stage, name, outcome, AT + timedelta(seconds=seconds), facts={"n": name})


async def sent(database: Any) -> Any:
    """One submission stored; its customs document's message id."""
    prepared = prepare(sample(), context())
    await stored(database, prepared)
    return next(str(i.message) for i in prepared.issued if i.partner == "customs")


async def answer(database: Any, *batches: list[Receipt], at: datetime = AT) -> None:
    connection = await psycopg.AsyncConnection.connect(database.dsn("sw_component_customs"), autocommit=True)
    async with connection:
        ledger = Ledger(connection, "customs", "customs")
        for batch in batches:
            await ledger.keep([Answer(str(uuid4()), uuid4().bytes, tuple(batch))], at)


async def apply(database: Any) -> None:
    connection = await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True)
    async with connection:
        receiver = Receiver(uuid4, handlers=(KEEPER.handle,))
        while await receiver.apply(connection):
            pass


def state(database: Any) -> Any:
    return database.execute("postgres", "select state, code from sw.document where partner = 'customs'")[0]


NUMBER = "I20260000000000001"


def numbering(about: str) -> Receipt:
    """The answer that gives a document the partner's own number."""
    return replace(receipt(about, "0", Outcome.ACCEPTED, 0), facts={"unified_number": NUMBER})


def verbs(database: Any) -> set[str]:
    return {verb for (verb,) in database.execute("postgres", "select verb from sw.journal_entry")}


def waiting(database: Any) -> list[Any]:
    """Answers of which something is left: where they stand, and what they wait for."""
    asked = "select state, waits_for from sw.inbox where state = 1 or waits_for is not null"
    return database.execute("postgres", asked)


ANSWERS = [
    ("0", Outcome.NOTED, 0),
    ("L", Outcome.ACCEPTED, 1),
    ("C", Outcome.INSPECT, 2),
    ("P", Outcome.RELEASED, 9),
]


@settings(max_examples=6, deadline=None)
@given(order=st.permutations(ANSWERS + ANSWERS[:2]), cut=st.integers(1, 5))
def test_receipts_in_any_order_and_repeated_give_one_state(
    database_server: Any, order: Any, cut: int
) -> None:
    import database as databases

    with databases.cloned(database_server) as fresh:
        about = asyncio.run(sent(fresh))
        receipts = [receipt(about, name, outcome, seconds) for name, outcome, seconds in order]
        asyncio.run(answer(fresh, receipts[:cut], receipts[cut:]))
        asyncio.run(apply(fresh))
        assert state(fresh) == (int(Outcome.RELEASED), "P")
        assert rows(fresh, "receipt") == len(ANSWERS)


async def test_a_receipt_about_nothing_we_sent_is_journalled_and_stops_nobody(database: Any) -> None:
    about = await sent(database)
    await answer(
        database, [receipt("no-such", "L", Outcome.ACCEPTED, 1), receipt(about, "P", Outcome.RELEASED, 2)]
    )
    await apply(database)
    assert state(database) == (int(Outcome.RELEASED), "P")
    verbs = {v for (v,) in database.execute("postgres", "select verb from sw.journal_entry")}
    assert "receipt.unmatched" in verbs
    assert waiting(database) == [(2, ["no-such"])], "what bars nothing keeps no gate waiting"


async def test_a_poisoned_answer_becomes_a_dead_letter_and_its_neighbours_are_applied(database: Any) -> None:
    about = await sent(database)
    database.execute(
        "sw_engine",
        "insert into inbox (partner, source, digest, raw, receipts, received_at)"
        " values ('customs', 'x', '\\x01', '', 'not zstd', now())",
    )
    await answer(database, [receipt(about, "P", Outcome.RELEASED, 2)])
    await apply(database)
    assert state(database) == (int(Outcome.RELEASED), "P")
    found = database.execute("postgres", "select source, state, attempts from sw.inbox where state = 1")
    assert found == [("x", 1, 1)]


async def test_a_receipt_may_speak_by_the_number_the_partner_gave(database: Any) -> None:
    about = await sent(database)
    numbered = receipt(about, "0", Outcome.ACCEPTED, 0)
    numbered = msgspec.structs.replace(numbered, facts={"unified_number": "I20260000000000001"})
    await answer(database, [numbered])
    await apply(database)
    await answer(database, [receipt("I20260000000000001", "P", Outcome.RELEASED, 5)])
    await apply(database)
    assert state(database) == (int(Outcome.RELEASED), "P")


async def test_such_a_number_and_what_names_it_may_come_together_in_any_order(database: Any) -> None:
    about = await sent(database)
    await answer(database, [receipt(NUMBER, "H", Outcome.HOLD, 5)], [numbering(about)])
    await apply(database)
    assert state(database) == (int(Outcome.HOLD), "H")
    assert waiting(database) == []
    assert "receipt.unmatched" not in verbs(database)


async def test_what_names_a_number_before_anybody_knows_it_bars_gates_and_is_applied_once_it_is_known(
    database: Any,
) -> None:
    about = await sent(database)
    await answer(database, [receipt(NUMBER, "H", Outcome.HOLD, 5)])
    await apply(database)
    assert waiting(database) == [(1, [NUMBER])]
    await answer(database, [numbering(about)])
    await apply(database)
    assert state(database) == (int(Outcome.HOLD), "H")
    assert waiting(database) == []


async def test_a_release_that_names_such_a_number_is_not_lost_either(database: Any) -> None:
    about = await sent(database)
    await answer(database, [receipt(NUMBER, "P", Outcome.RELEASED, 5)])
    await apply(database)
    assert waiting(database) == [(2, [NUMBER])]
    await answer(database, [numbering(about)])
    await apply(database)
    assert state(database) == (int(Outcome.RELEASED), "P")


async def test_one_unread_receipt_of_a_good_file_waits_for_a_person_as_it_would_alone(database: Any) -> None:
    about = await sent(database)
    bad = spoilt(b"<half", about, (Problem("x", Text("读不懂", "cannot be read")),), at=AT)
    await answer(database, [bad, receipt(about, "L", Outcome.ACCEPTED, 2)])
    await apply(database)
    assert state(database) == (int(Outcome.ACCEPTED), "L")
    [(found, problem)] = database.execute("postgres", "select state, problem from sw.inbox")
    assert found == 1
    assert "cannot be read" in problem


async def test_a_hold_under_a_number_used_before_waits_for_a_person_who_is_told(database: Any) -> None:
    party = "insert into sw.party (kind, code, partner, name_zh, name_en)"
    database.execute("postgres", f"{party} values ('agency', 'c', 'customs', '', '') returning id")
    about = await sent(database)
    await answer(database, [receipt(about, "L", Outcome.ACCEPTED, 1)])
    await apply(database)
    await answer(database, [receipt(about, "L", Outcome.HOLD, 1)])
    await apply(database)
    assert waiting(database) == [(1, None)]
    asked = "select viewers from sw.journal_entry where verb = 'receipt.conflict'"
    minders = "select sw.lane_people('customs')"
    assert database.execute("postgres", asked) == database.execute("postgres", minders) != [([],)]


async def test_of_a_file_with_one_bad_receipt_the_others_take_effect(database: Any) -> None:
    about = await sent(database)
    bad = receipt(about, "bad\0id", Outcome.ACCEPTED, 1)
    await answer(database, [bad, receipt(about, "H", Outcome.HOLD, 2)])
    await apply(database)
    assert state(database) == (int(Outcome.HOLD), "H")
    (found,) = database.execute("postgres", "select state, problem from sw.inbox")
    assert found[0] == 1
    assert "bad" in found[1]


async def test_a_number_used_for_something_else_is_journalled(database: Any) -> None:
    about = await sent(database)
    await answer(database, [receipt(about, "L", Outcome.ACCEPTED, 1)])
    await apply(database)
    other = msgspec.structs.replace(receipt(about, "L", Outcome.HOLD, 1))
    await answer(database, [other])
    await apply(database)
    verbs = [v for (v,) in database.execute("postgres", "select verb from sw.journal_entry")]
    assert verbs.count("receipt.conflict") == 1


async def test_a_partner_from_the_future_is_dated_by_our_clock(database: Any) -> None:
    about = await sent(database)
    late = receipt(about, "L", Outcome.ACCEPTED, 10**9)
    await answer(database, [late])
    await apply(database)
    await answer(database, [late], at=AT + timedelta(hours=1))
    await apply(database)
    assert database.execute("postgres", "select at from sw.receipt") == [(AT,)]
    verbs = {v for (v,) in database.execute("postgres", "select verb from sw.journal_entry")}
    assert "receipt.conflict" not in verbs


async def test_of_one_file_the_first_use_of_a_number_counts(database: Any) -> None:
    about = await sent(database)
    first, same = (receipt(about, "L", Outcome.ACCEPTED, 1) for _ in range(2))
    await answer(database, [first, same, msgspec.structs.replace(first, outcome=Outcome.HOLD)])
    await apply(database)
    assert state(database) == (int(Outcome.ACCEPTED), "L")
    assert rows(database, "receipt") == 1
    verbs = [v for (v,) in database.execute("postgres", "select verb from sw.journal_entry")]
    assert (verbs.count("receipt.received"), verbs.count("receipt.conflict")) == (1, 1)


async def test_a_second_receiver_waits_until_the_first_is_gone(database: Any) -> None:
    about = await sent(database)
    await answer(database, [receipt(about, "L", Outcome.ACCEPTED, 1)])
    first = await psycopg.AsyncConnection.connect(database.dsn("sw_engine"), autocommit=True)
    async with first:
        await first.execute(receiving._SQL["alone"])
        second = asyncio.create_task(Receiver(uuid4).run(database.dsn("sw_engine")))
        await asyncio.sleep(0.5)
        assert rows(database, "receipt") == 0
    for _ in range(1200):
        if rows(database, "receipt"):
            break
        await asyncio.sleep(0.05)
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert rows(database, "receipt") == 1
