"""A box that is declared on another call is another object: nobody is told whose goods were in it before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from integration.hub.coordination.story import AT, ONE, VALUES, Yard
from integration.hub.coordination.test_claims import join, release
from integration.hub.coordination.test_departing import PARTNERS, out
from integration.hub.dossier.declared import declare, seen

pytestmark = pytest.mark.database
MONTH = timedelta(days=30)
FIRST, LATER = 107, 109
BACK = {
    "voyage_number": "2512E",
    "bill_number": "CQX2512000001",
    "entry_exit_date": f"{date.fromisoformat(VALUES['entry_exit_date']) + MONTH}",
}
BOXES = "select number, key from dossier_object where kind = 'container' and number = '" + ONE + "'"
OWN = (
    ("document", "submission_id"), ("dossier", "name"), ("dossier_object", "key"),
    ("disposition", "subject_key"), ("release", "number"), ("gate_pass", "key"),
)  # fmt: skip


@pytest.fixture
def yard(database: Any) -> Yard:
    return Yard(database).operated()


async def handed_in(yard: Yard, viewer: int, **values: Any) -> UUID:
    """Declared now, by a firm of its own."""
    (id_,) = declare(yard.database, [VALUES | values], [(viewer,)], partners=PARTNERS, at=yard.now)
    await join(yard, id_)
    return id_


async def first_here(yard: Yard) -> UUID:
    submission = await handed_in(yard, FIRST)
    await release(yard, submission)
    return submission


def apart(yard: Yard) -> None:
    """Two objects in two consignments, and neither firm reads a row that the other does."""
    calls = {FIRST: VALUES["voyage_number"], LATER: BACK["voyage_number"]}
    for viewer, voyage in calls.items():
        assert seen(yard.database, viewer, BOXES) == [(ONE, f"{ONE}@2/{VALUES['imo_number']}/{voyage}")]
    for table, column in OWN:
        first, later = (
            {row[0] for row in seen(yard.database, one, f"select {column} from {table}")} for one in calls
        )
        assert first, table
        assert first.isdisjoint(later), table


async def test_what_left_and_comes_back_a_month_later_asks_nobody(yard: Yard) -> None:
    await out(yard, await first_here(yard))
    yard.now = AT + MONTH
    await handed_in(yard, LATER, **BACK)
    apart(yard)
    assert yard.rows("select count(*) from sw.task") == [(0,)]
    assert yard.rows(
        "select until is null from sw.dossier_object where kind = 'container' and number = %s order by since",
        ONE,
    ) == [(False,), (True,)]


async def test_what_is_still_here_when_it_is_declared_again_stays_two(yard: Yard) -> None:
    """Nobody is asked yet which of the two it is: left for later by decision 0007."""
    first = await first_here(yard)
    before = yard.rows("select key, revoked_at, suspended from sw.gate_pass order by key")
    yard.now = AT + MONTH
    later = await handed_in(yard, LATER, **BACK)
    apart(yard)
    assert yard.rows("select count(distinct dossier) from sw.dossier_document") == [(2,)]
    assert {first, later} == {id_ for (id_,) in yard.rows("select id from sw.dossier")}
    standing = "select standing, until from sw.dossier_object where kind = 'container' and number = %s"
    assert yard.rows(standing, ONE) == [("counts", None)] * 2
    assert yard.rows("select key, revoked_at, suspended from sw.gate_pass order by key") == before
