"""Documents of one consignment meet in one dossier; things that carry many never join two."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import database as databases
from integration.hub.dossier.declared import AT, CALL, container, declare, joined, seen
from singlewindow.hub.dossier.claiming import WHOSE

pytestmark = pytest.mark.database
BILL = CALL | {"bill_number": "CQX1", "containers": [container("CQXU2045171")]}


def count(database: Any, table: str) -> int:
    return database.execute("postgres", f"select count(*) from sw.{table}")[0][0]


DOCUMENTS = [
    BILL | {"carrier_code": "DYZ"},
    BILL | {"entry_number": "801020261000000001"},
    BILL | {"carrier_code": "DYZ", "pre_entry_number": "P1"},
    {
        "transport_mode": "2",
        "bill_number": "cqx 1",
        "entry_number": "801020261000000001",
        "pre_entry_number": "P1",
    },
]


@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(4)), cut=st.integers(0, 4), again=st.booleans())
def test_documents_in_any_order_and_grouping_give_one_dossier(
    database_server: Any, order: list[int], cut: int, again: bool
) -> None:
    with databases.cloned(database_server) as fresh:
        ids = declare(fresh, [DOCUMENTS[n] for n in order])
        groups = [ids[:cut], ids[cut:], *([ids] if again else [])]
        asyncio.run(joined(fresh, *groups))
        assert count(fresh, "dossier") == 1
        assert count(fresh, "dossier_document") == 4
        assert count(fresh, "shared_object") == 2
        assert count(fresh, "task") == 0


def boxes_of(bill: int) -> list[dict[str, str]]:
    """The first five hundred bills share a box by tens; each of the others has two of its own."""
    if bill < 500:
        return [container(f"CQXL{bill // 10:07d}", lot=True)]
    return [container(f"CQXU{bill:07d}"), container(f"CQXJ{bill:07d}")]


async def test_three_thousand_bills_of_one_voyage_stay_three_thousand(database: Any) -> None:
    many = [CALL | {"bill_number": f"B{n}", "containers": boxes_of(n)} for n in range(3000)]
    ids = declare(database, many, viewers=[(n + 10,) for n in range(3000)])
    print("seed 7")
    chance = random.Random(7)
    chance.shuffle(ids)
    edges = [0, *sorted(chance.sample(range(1, 3000), 6)), 3000]
    await joined(database, *(ids[start:end] for start, end in pairwise(edges)), ids[:200])
    assert count(database, "dossier") == 3000
    assert count(database, "dossier_document") == 3000
    assert count(database, "shared_object") == 1 + 50 + 2 * 2500
    assert count(database, "task") == 0
    shared = "select count(*), sum(counting), sum(whole), bool_or(contested) from sw.claimed_container"
    assert database.execute("postgres", shared) == [(50, 500, 0, False)]
    for n in [*chance.sample(range(500), 25), *chance.sample(range(500, 3000), 25)]:
        assert seen(database, n + 10, "select name from dossier") == [(f"B{n}",)]
        own = "select number from dossier_object where kind = 'container' order by number desc"
        assert seen(database, n + 10, own) == [(box["container_number"],) for box in boxes_of(n)]
        told = "select distinct dossier from objects_told(array(select id from dossier))"
        assert seen(database, n + 10, told) == seen(database, n + 10, "select id from dossier")


async def test_a_shared_container_shows_nobody_anothers_goods(database: Any) -> None:
    lots = [
        CALL | {"bill_number": f"LOT{n}", "containers": [container("CQXU2045171", lot=True)]}
        for n in range(12)
    ]
    await joined(database, declare(database, lots, viewers=[(20 + n,) for n in range(12)]))
    assert count(database, "dossier") == 12
    assert database.execute("postgres", "select count(*) from sw.shared_object where kind = 'container'") == [
        (1,)
    ]
    for n in range(12):
        assert seen(database, 20 + n, "select name from dossier") == [(f"LOT{n}",)]
        assert seen(database, 20 + n, "select count(*) from dossier_object where kind = 'container'") == [
            (1,)
        ]
        assert seen(database, 20 + n, "select count(*) from shared_object") == [(2,)]
        assert seen(database, 20 + n, "select value from identity_key") == [(f"2/LOT{n}",)]
    assert seen(database, 99, "select count(*) from shared_object") == [(0,)]
    assert count(database, "task") == 0


async def test_a_stranger_who_names_the_number_gets_a_dossier_of_his_own_and_a_task(database: Any) -> None:
    await joined(database, *([one] for one in declare(database, [BILL, BILL], viewers=[(7,), (66,)])))
    assert seen(database, 66, "select count(*) from dossier") == [(1,)]
    assert seen(database, 7, "select count(*) from dossier_document") == [(1,)]
    assert seen(database, 66, "select kind from task order by kind") == [
        ("container_claimed_twice",),
        ("contradicts_dossier",),
    ]
    assert seen(database, 7, "select kind from task") == [("container_claimed_twice",)]
    dossiers = database.execute(
        "postgres", "select count(distinct dossier) from sw.task where kind <> %s", WHOSE
    )
    assert dossiers == [(2,)], "each is asked about its own"


@settings(max_examples=4, deadline=None)
@given(order=st.permutations(range(4)), cut=st.integers(0, 4))
def test_a_shared_agent_alone_opens_nothing_to_the_other_principal(
    database_server: Any, order: list[int], cut: int
) -> None:
    """Two parts each of two importers' goods by one broker, who wrote one's number for the other's."""
    with databases.cloned(database_server) as fresh:
        boxes = [container(f"CQXU204517{n // 2}") for n in range(4)]
        parts = [BILL | {"package_count": f"{n}", "gross_mass": "9", "containers": [boxes[n]]} for n in order]
        ids = declare(fresh, parts, viewers=[((7, 8), (7, 9))[n // 2] for n in order])
        asyncio.run(joined(fresh, ids[:cut], ids[cut:], ids))
        for importer in (8, 9):
            own = f"select count(*), bool_and(viewers = '{{7,{importer}}}') from"
            assert seen(fresh, importer, f"{own} dossier") == [(1, True)]
            assert seen(fresh, importer, f"{own} dossier_document") == [(2, True)]
            assert seen(fresh, importer, f"{own} dossier_object where kind = 'container'") == [(1, True)]
            tasks = "select count(*) from task where dossier not in (select id from dossier)"
            assert seen(fresh, importer, tasks) == [(0,)]
        assert seen(fresh, 7, "select kind from task") == [("contradicts_dossier",)]


async def test_a_strangers_document_of_another_kind_joins_without_reading(database: Any) -> None:
    (ours,) = declare(database, [BILL], viewers=[(7,)])
    (theirs,) = declare(database, [BILL], viewers=[(66,)], kind="manifest_bill")
    await joined(database, [ours], [theirs])
    assert count(database, "dossier") == 1
    assert seen(database, 66, "select count(*) from dossier") == [(0,)]
    assert seen(database, 66, "select count(*) from dossier_document") == [(1,)]


async def test_a_document_that_ties_two_dossiers_makes_a_task_and_merges_nothing(database: Any) -> None:
    ids = declare(
        database,
        [
            CALL | {"bill_number": "A1"},
            {"transport_mode": "2", "entry_number": "E1"},
            CALL | {"bill_number": "A1", "entry_number": "E1"},
        ],
    )
    await joined(database, *([one] for one in ids))
    assert count(database, "dossier") == 2
    rows = database.execute("postgres", "select kind, text_zh <> '', text_en <> '' from sw.task")
    assert rows == [("ties_dossiers", True, True)] * 2


async def test_the_journal_tells_of_submissions_nobody_answered(database: Any) -> None:
    from uuid import uuid4

    from singlewindow.hub.dossier.following import done, waiting
    from singlewindow.hub.journal.append import append
    from singlewindow.hub.journal.entry import entry
    from singlewindow.kernel.messages import Actor

    (submission,) = declare(database, [BILL])
    actor = Actor("system", "test", "test")
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        made = [
            entry(at=AT, actor=actor, verb=verb, subject_kind="submission", subject_id=uuid4(),
                  submission_id=submission, content={}, viewers=[7])
            for verb in ("submission.accepted", "document.issued")
        ]  # fmt: skip
        await append(cursor, made)
        await cursor.execute(
            "insert into journal_position select row_number() over (order by id) - 1, id, leaf"
            " from journal_entry"
        )
        assert await waiting(cursor) == ([submission], 1)
        await done(cursor, 1)
        assert await waiting(cursor) == ([], None)


async def test_what_is_numbered_late_is_read_late_and_once(database: Any) -> None:
    from uuid import uuid4

    from singlewindow.hub.dossier.following import done, waiting
    from singlewindow.hub.journal.append import append
    from singlewindow.hub.journal.entry import entry
    from singlewindow.kernel.messages import Actor

    early, late = uuid4(), uuid4()
    actor = Actor("system", "test", "test")
    number = "insert into journal_position select %s, id, leaf from journal_entry where submission_id = %s"
    async with await database.connect("sw_engine") as connection, connection.cursor() as cursor:
        made = [
            entry(at=AT, actor=actor, verb="submission.accepted", subject_kind="submission",
                  subject_id=submission, submission_id=submission, content={}, viewers=[7])
            for submission in (late, early)
        ]  # fmt: skip
        await append(cursor, made)
        await cursor.execute(number, [0, early])
        assert await waiting(cursor) == ([early], 0)
        await done(cursor, 0)
        await cursor.execute(number, [1, late])
        assert await waiting(cursor) == ([late], 1)
        await done(cursor, 1)
        assert await waiting(cursor) == ([], None)
