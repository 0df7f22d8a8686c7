"""Each check of coordination holds of what the platform did, and fails of one row that it did not write."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

import database as databases
from chaos import coordination_proofs as proofs
from chaos.coordination_proofs import Check, prove_coordination, reading
from integration.hub.coordination.story import ONE, Yard
from integration.hub.coordination.test_gate import beat, out
from integration.hub.exchange.telling import boxed, inspected, released
from singlewindow.hub.process import task
from singlewindow.kernel.messages import Outcome
from singlewindow.server import rooms

pytestmark = pytest.mark.database


def copied(table: str, where: str = "true", **changed: str) -> str:
    """One more row like one there is, with some of its values replaced."""
    return (
        f"insert into {table} overriding user value"
        f" select (jsonb_populate_record(null::{table}, to_jsonb(one) || '{json.dumps(changed)}')).*"
        f" from {table} one where {where} limit 1"
    )


ANOTHER = str(UUID(int=7))
ORDER = copied("inspection_order", id=ANOTHER, dossier=ANOTHER, number="CY-2")
RELEASE = copied("release", "revoked_at is null", id=ANOTHER, number="FX-2")
PASS = """
insert into gate_pass (key, number, seals, releases, dossiers, version, issued_at, valid_until, operators,
                       viewers)
  select key || '-2', number, seals, releases, dossiers, version, issued_at, valid_until, operators, viewers
    from gate_pass where revoked_at is null limit 1"""
AGAIN = """alter table notice drop constraint notice_pkey;
  insert into notice select * from notice fetch first 1 row only"""
TAMPERINGS: list[tuple[Check, str]] = [
    (
        proofs.dispositions_are_what_was_ordered,
        "update disposition set kind = 'released' where kind = 'held'",
    ),
    (
        proofs.dispositions_are_what_was_ordered,
        "update disposition set agencies = '{}' where agencies <> '{}'",
    ),
    (proofs.dispositions_are_what_was_ordered, "delete from disposition where kind = 'joint_inspection'"),
    (proofs.dispositions_are_what_was_ordered, "delete from instruction where agency = 'quarantine'"),
    (proofs.orders_are_one_a_subject, ORDER),
    (proofs.releases_are_one_a_container, RELEASE),
    (proofs.releases_are_one_a_container, "update release set revoked_at = null"),
    (proofs.releases_are_one_a_container, "update release set revoked_at = issued_at"),
    (proofs.passes_rest_on_releases, PASS),
    (proofs.passes_rest_on_releases, "update gate_pass set revoked_at = null"),
    (proofs.passes_rest_on_releases, "update gate_pass set releases = '{FX0}'"),
    (proofs.passes_rest_on_releases, "delete from gate_pass where used_at is null"),
    (proofs.releases_are_told_once, RELEASE),
    (proofs.releases_are_told_once, "delete from release where revoked_at is not null"),
    (proofs.releases_are_told_once, "update release set revoked_at = issued_at"),
    (proofs.releases_are_told_once, copied("journal_entry", "verb = 'release.issued'")),
    (proofs.duties_are_opened_once, copied("journal_entry", "verb = 'duty.opened'")),
    (proofs.duties_are_opened_once, "delete from duty"),
    (proofs.duties_are_opened_once, "update duty set done_at = since"),
    (proofs.gates_let_out_once, copied("gate_event", "out", id=ANOTHER)),
    (proofs.gates_let_out_once, "update gate_pass set used_at = null"),
    (proofs.gates_let_out_once, "delete from milestone"),
    (proofs.people_were_told_once, AGAIN),
    (proofs.people_were_told_once, "delete from notice where position = (select max(position) from notice)"),
    (proofs.people_were_told_once, "update notice set party = -party"),
]


@pytest.fixture(scope="module")
def dsn(database_server: Any) -> Iterator[str]:
    """A port in which one consignment is looked into, one has half left, and one was released and is held."""
    with databases.cloned(database_server) as fresh:
        asyncio.run(worked(Yard(fresh)))
        yield fresh.dsn("postgres")


async def worked(yard: Yard) -> None:
    looked_into, leaving, held = (
        yard.declare(bill_number=f"PROOF-{n}", voyage_number=f"{n}E") for n in range(3)
    )
    await inspected(yard, looked_into)
    await asked_of(yard, yard.answer(looked_into, "customs", Outcome.INSPECT))
    await released(yard, [leaving])
    await beat(yard)
    assert out(yard, container=ONE).passed
    await beat(yard)
    await released(yard, [held])
    await yard.receive(yard.answer(held, "customs", Outcome.HOLD, 5))
    await boxed(yard)


async def asked_of(yard: Yard, *arrived: Any) -> None:
    """What an answer asks of people."""
    keeper = task.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
    async with await yard.database.connect("sw_engine") as connection, connection.cursor() as cursor:
        await keeper.handle(cursor, arrived)


async def test_what_the_platform_did_passes_every_check(dsn: str) -> None:
    await prove_coordination(dsn)
    async with reading(dsn) as cursor:
        for table in (
            "inspection_order",
            "release",
            "gate_pass",
            "duty",
            "gate_event",
            "milestone",
            "notice",
        ):
            await cursor.execute(f"select count(*) from {table}")
            assert (await cursor.fetchall())[0][0] > 0, table


@pytest.mark.parametrize(("check", "tampering"), TAMPERINGS)
async def test_a_row_that_nobody_should_have_written_fails_its_check(
    dsn: str, check: Check, tampering: str
) -> None:
    async with reading(dsn) as cursor:
        await check(cursor)
        await cursor.execute(tampering)
        with pytest.raises(AssertionError):
            await check(cursor)


def test_every_check_is_shown_to_fail() -> None:
    assert {check for check, _ in TAMPERINGS} == set(proofs.CHECKS)
