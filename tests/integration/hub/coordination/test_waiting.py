"""Requests that wait: of a party only so many, what may bar first, and gates wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from integration.hub.coordination.story import AT, ONE, Yard
from integration.hub.coordination.test_claims import release
from integration.hub.coordination.test_departing import at_gate, declared, yard
from singlewindow.hub.coordination import acting, facts, services
from singlewindow.hub.coordination.declined import TooManyWaiting
from singlewindow.hub.coordination.services import Chosen
from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Order, Subject

__all__ = ["yard"]

pytestmark = pytest.mark.database
AT_ONCE = 50  # requests that one tick carries out
DONE, WAITING = 3_000, 40
NOWHERE = UUID(int=7)
CARRIED_OUT = """insert into sw.coordination_request select (jsonb_populate_record(r, jsonb_build_object(
    'id', gen_random_uuid(), 'applied_at', now()))).* from sw.coordination_request r, generate_series(1, %s)
    returning 1"""
GIVEN = " where verb = 'instruction.given' order by id"
READ = """select pg_stat_force_next_flush(), coalesce(sum(idx_tup_read), 0)::int
            from pg_stat_user_indexes where schemaname = 'sw' and relname = 'coordination_request'"""


@contextmanager
def asking(yard: Yard, office: str) -> Iterator[psycopg.Cursor[Any]]:
    with yard.web(yard.party[office]) as connection, connection.cursor() as cursor:
        yield cursor


def renewals(yard: Yard, number: int, at: datetime = AT) -> None:
    """So many, under fresh keys, of what is not there."""
    with asking(yard, "importer") as cursor:
        for _ in range(number):
            services.renew_release(yard.actor("importer"), cursor, request=uuid4(), at=at, dossier=NOWHERE)


def orders(
    yard: Yard, office: str, order: Order, number: int = 1, dossier: UUID = NOWHERE, at: datetime = AT
) -> None:
    with asking(yard, office) as cursor:
        for _ in range(number):
            services.issue_instruction(
                yard.actor(office), cursor, request=uuid4(), at=at, dossier=dossier, agency=office,
                instruct=order, subject=Subject("container", ONE),
            )  # fmt: skip


def waiting(yard: Yard, office: str) -> int:
    ((number,),) = yard.rows(
        "select count(*) from sw.coordination_request where applied_at is null and actor_party = %s",
        yard.party[office],
    )
    return int(number)


async def test_a_party_has_only_so_much_waiting_and_keeps_nobody_else_out(yard: Yard) -> None:
    most = facts.requests_waiting()
    renewals(yard, most)
    with pytest.raises(TooManyWaiting) as refused:
        renewals(yard, 1)
    problem = refused.value.problem
    assert str(most) in problem.text.zh
    assert str(most) in problem.text.en
    assert problem.remedy is not None
    orders(yard, "customs", Order.HOLD)
    assert (waiting(yard, "importer"), waiting(yard, "customs")) == (most, 1)
    await yard.work()
    renewals(yard, 1)


def test_what_may_bar_has_room_of_its_own_and_several_are_taken_whole_or_not(yard: Yard) -> None:
    most, several = facts.requests_waiting(), facts.released_at_once()
    orders(yard, "customs", Order.RELEASE, most - several + 1)
    chosen = [Chosen(NOWHERE, Subject("container", f"BOX{number}"), "0-0") for number in range(several)]
    asked = {"together": uuid4(), "at": AT, "agency": "customs", "basis": "法", "text": "放行"}
    with pytest.raises(TooManyWaiting), asking(yard, "customs") as cursor:
        services.release_together(yard.actor("customs"), cursor, chosen=chosen, **asked)
    with asking(yard, "customs") as cursor:
        services.release_together(yard.actor("customs"), cursor, chosen=chosen[:-1], **asked)
    with pytest.raises(TooManyWaiting):
        orders(yard, "customs", Order.RELEASE)
    orders(yard, "customs", Order.HOLD, most)
    with pytest.raises(TooManyWaiting):
        orders(yard, "customs", Order.DENY)
    assert waiting(yard, "customs") == 2 * most


async def test_a_hold_is_carried_out_before_what_others_asked_for_earlier(yard: Yard) -> None:
    submission = await declared(yard)
    await release(yard, submission)
    renewals(yard, 3 * AT_ONCE)
    orders(yard, "customs", Order.HOLD, dossier=submission, at=AT + timedelta(seconds=1))
    await yard.work()
    assert waiting(yard, "customs") == 0
    assert at_gate(yard) == ["G-22", "G-21"]


async def test_a_hold_does_not_overtake_what_its_own_agency_asked_for_before(yard: Yard) -> None:
    submission = await declared(yard)
    renewals(yard, 3 * AT_ONCE)
    for second, order in enumerate((Order.RELEASE, Order.HOLD), 1):
        orders(yard, "customs", order, dossier=submission, at=AT + timedelta(seconds=second))
    orders(yard, "customs", Order.RELEASE, at=AT + timedelta(seconds=3))
    await yard.work()
    said = "select convert_from(content, 'UTF8')::json ->> 'order' from sw.journal_entry" + GIVEN
    assert yard.rows(said) == [("release",), ("hold",)]
    assert yard.dispositions()[ONE] == "held"
    assert waiting(yard, "customs") == 1, "what was asked for since waits its turn"


async def test_gates_do_not_trust_more_than_what_may_bar_and_waits(yard: Yard) -> None:
    await release(yard, await declared(yard))
    late = AT + facts.gate_bound() + timedelta(seconds=30)
    orders(yard, "quarantine", Order.HOLD, AT_ONCE + 1)
    yard.now = late
    await yard.work()
    assert (waiting(yard, "quarantine"), at_gate(yard)) == (1, ["G-40"])
    renewals(yard, AT_ONCE + 1)
    await yard.work()
    assert waiting(yard, "importer") > 0, "what bars nothing keeps no gate shut"
    assert at_gate(yard) == []


@pytest.mark.parametrize("statement", ["waiting", "pulse"])
def test_what_was_carried_out_before_is_not_walked_through(yard: Yard, statement: str) -> None:
    orders(yard, "customs", Order.HOLD, WAITING)
    yard.rows(CARRIED_OUT, DONE // WAITING)
    asked = statements_beside(acting.__file__, "sql/acting.sql")[statement]
    with psycopg.connect(yard.database.dsn("sw_engine"), autocommit=True, options=LOOK_UPS) as engine:
        before = engine.execute(READ).fetchone()[1]
        engine.execute(asked, {"at": AT} if statement == "pulse" else None)
        engine.execute(READ)
        entries = engine.execute(READ).fetchone()[1] - before
    assert 0 < entries <= 4 * WAITING
