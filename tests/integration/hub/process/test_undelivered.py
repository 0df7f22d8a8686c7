"""What a receiver never gets, once laid aside, is its declarant's to mend, until the receiver answers."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from integration.hub.process.test_keeping import BROKER, CUSTOMS, Case, case
from platform_under_test import AT
from singlewindow.hub.exchange import undelivered
from singlewindow.hub.exchange.undelivered import Undelivered
from singlewindow.hub.process.queries import MENDS

__all__ = ["case"]

pytestmark = pytest.mark.database
WHY = "海关系统不收此报文 customs' system takes no such message"
# As somebody who minds the lane does it: the letter is dead, then laid aside.
ASIDE = """with laid as (
  update sw.outbox set state = 2 where partner = %s returning seq)
insert into sw.letter_aside (seq, at, actor_kind, actor_id, actor_name, reason)
select seq, %s, 'person', '7', '接口员', %s from laid returning seq"""
CAME_BACK = "select sw.sent_back(state, phase, state_at) from sw.document where partner = 'customs'"


async def lay_aside(case: Case, partner: str = "customs") -> list[Undelivered]:
    """What the rooms above are handed."""
    case.database.execute("postgres", ASIDE, partner, AT, WHY)
    return await looked(case)


async def looked(case: Case) -> list[Undelivered]:
    found: list[Undelivered] = []

    async def kept(_: object, lost: object) -> None:
        found.extend(lost)  # type: ignore[arg-type]

    handlers = (case.keeper.undelivered, kept)
    dsn = case.database.dsn("sw_engine")
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as connection:
        await undelivered.once(connection, handlers, lambda: AT + timedelta(minutes=1))
    return found


async def test_the_declarant_is_asked_once_to_declare_anew_and_reads_why(case: Case) -> None:
    (lost,) = await lay_aside(case)
    assert (lost.document_id, lost.at, lost.reason) == (case.of("customs"), AT, WHY)
    (line,) = case.work(BROKER).lines
    duty = line.duty
    assert (duty.code, duty.partner, duty.state.en, duty.reason) == (MENDS, "customs", "Not delivered", WHY)
    assert case.matters(CUSTOMS).lines == ()
    assert case.whole() == ("returned", "")
    assert case.database.execute("postgres", CAME_BACK) == [(True,)]
    assert await looked(case) == [], "once"
    assert case.verbs() == ["duty.opened"]


async def test_what_its_receiver_says_after_all_counts_and_closes_what_was_asked(case: Case) -> None:
    await lay_aside(case)
    await case.said("customs", "LJ")
    assert case.work(BROKER).lines == ()
    assert case.whole()[0] == "partly_accepted"
    assert case.database.execute("postgres", CAME_BACK) == [(False,)]


@pytest.mark.parametrize("letters", ["L", "X", "LP"])
async def test_what_was_answered_did_arrive_and_is_not_sent_back(case: Case, letters: str) -> None:
    await case.said("customs", letters)
    before = case.whole()
    assert await lay_aside(case) == []
    assert (case.whole(), case.work(BROKER).lines) == (before, ())
    assert case.database.execute("postgres", CAME_BACK) == [(False,)]


async def test_the_terminals_notice_comes_back_as_well(case: Case) -> None:
    (lost,) = await lay_aside(case, "terminal")
    assert lost.document_id == case.of("terminal")
    assert [line.duty.partner for line in case.work(BROKER).lines] == ["terminal"]
