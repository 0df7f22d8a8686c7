"""A forwarder finds the consignments that name it, and of them no more than it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from integration.hub.coordination.story import VALUES
from integration.hub.dossier.declared import joined
from integration.hub.yard_of_many import Consignment, Yard, lot
from singlewindow.hub.identity.directory import Party
from singlewindow.hub.portal import queries as portal
from singlewindow.hub.portal.clearance.matrix import matrix
from singlewindow.hub.portal.clearance.queries import kept_of
from singlewindow.hub.portal.forwarding import queries
from singlewindow.kernel.codes.uscc import check_character
from singlewindow.kernel.messages import Instruction, Order, Outcome, Subject

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
BOX, OTHER = "CQXU2045171", "CQXU3188623"
CALL_HELD = """
insert into sw.disposition
  (dossier, subject_kind, subject_key, number, lot, version, kind, agencies, missing, used, changed_at,
   viewers)
values ('00000000-0000-0000-0000-000000000000', 'conveyance', '2/9999993/2511E', 'DEMO', false, 1, 'held',
        '{}', '{}', '{}', now(), '{}')
on conflict do nothing returning kind
"""
NEWEST_OF_ONE = """
explain select o.id from sw.dossier o
 where o.forwarder = %s and o.forwarder <> '' and o.id < %s order by o.id desc limit 31
"""
OTHERS = """
insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at, viewers)
select gen_random_uuid(), 'bill', '2', n::text, '', '', 'F' || n %% 50, false, now(), '{}'
  from generate_series(1, 5000) n returning id
"""


def code_of(number: int) -> str:
    body = f"91500112MADEN{number:04d}"
    return body + check_character(body)


class Entrusted:
    """Three consignments of three importers: the first and the last name one forwarder, the other another."""

    def __init__(self, yard: Yard) -> None:
        self.yard = yard
        self.first, self.second = (
            yard._party("firm", code_of(n), None, name) for n, name in ((1, "货代一"), (2, "货代二"))
        )
        self.all: list[Consignment] = []

    async def declared(self) -> None:
        boxes = (BOX, "2511E"), (OTHER, "2511E"), (BOX, "2512E")
        for n, (agent, (box, voyage)) in enumerate(
            zip((self.first, self.second, self.first), boxes, strict=True)
        ):
            line = lot(box, f"DM99000{n}", less=False)
            made = await self.yard.declare(
                n, ship_agent_code=agent.code, voyage_number=voyage, containers=line
            )
            self.all.append(made)

    async def answered(self) -> None:
        """The first is to be inspected, the last is released."""
        looked, _, free = self.all
        box = Subject("container", BOX)
        inspect = Instruction("I-1", "customs", Order.INSPECT, box, self.yard.clock, items=("seal",))
        receipt = self.yard.receipt
        await self.yard.answered(
            receipt(looked, "customs", Outcome.INSPECT, inspect),
            *(receipt(one, "terminal", Outcome.NOTED, milestone="moved") for one in self.all),
            *(receipt(free, agency, Outcome.RELEASED) for agency in ("customs", "quarantine", "maritime")),
        )

    def ids(self, *numbers: int) -> list[UUID]:
        return [self.all[n].prepared.submission_id for n in numbers]

    def bill(self, number: int) -> str:
        return self.all[number].prepared.title

    def texts(self, reader: Party) -> str:
        """Everything the functions tell somebody, of every consignment there is."""
        asked = "select json_agg(t)::text from dossiers_told(%s) t"
        with psycopg.connect(self.yard.database.dsn("sw_web")) as connection:
            connection.execute("select set_config('sw.viewers', %s, true)", [f"{{{reader.id}}}"])
            row: Any = connection.execute(asked, [self.ids(0, 1, 2)]).fetchone()
        return row[0] or ""


async def _made(database: Any, answered: bool) -> Entrusted:
    made = Entrusted(Yard(database, 3, seed=20261122))
    await made.declared()
    await (made.answered() if answered else joined(database, made.ids(0, 1, 2)))
    return made


@pytest.fixture
def entrusted(database: Any) -> Entrusted:
    return asyncio.run(_made(database, answered=True))


@pytest.fixture
def unanswered(database: Any) -> Entrusted:
    return asyncio.run(_made(database, answered=False))


def test_each_lists_its_own_and_nobody_elses(entrusted: Entrusted, reading: Reading) -> None:
    for reader, own in ((entrusted.first, (2, 0)), (entrusted.second, (1,))):
        with reading(reader.id):
            found = queries.newest(queries.NEWEST, 30)
            assert sorted(found) == sorted(entrusted.ids(*own))
            told = [line.id for line in queries.told(entrusted.ids(0, 1, 2))]
            assert told == entrusted.ids(*sorted(own)), "in the order asked for"
    for reader in (999, entrusted.all[0].importer.id):
        with reading(reader):
            assert queries.newest(queries.NEWEST, 30) == []
            assert queries.told(entrusted.ids(0, 1, 2)) == []
            assert queries.to_attend() == [] or reader == entrusted.all[0].importer.id


def test_a_line_says_bill_ship_boxes_and_how_they_stand(entrusted: Entrusted, reading: Reading) -> None:
    with reading(entrusted.first.id):
        looked, free = queries.told(entrusted.ids(0, 2))
        (visit,) = queries.to_attend()
    assert (looked.name, looked.conveyance) == (entrusted.bill(0), "DEMO YANGTZE 08 / 2511E")
    assert [box.number for box in looked.boxes] == [BOX]
    assert (looked.state.id, free.state.id) == ("inspect", "released")
    assert [one.name for one in looked.visits] == [BOX]
    assert free.visits == ()
    assert (visit.consignment, visit.when, visit.todo.en) == (
        entrusted.bill(0),
        None,
        "the terminal names time and place",
    )


def test_a_box_that_left_is_gone(entrusted: Entrusted, reading: Reading) -> None:
    entrusted.yard.database.execute("postgres", "update sw.gate_pass set used_at = now() returning key")
    with reading(entrusted.first.id):
        (free,) = queries.told(entrusted.ids(2))
    assert (free.state.id, [box.stand and box.stand.id for box in free.boxes]) == ("gone", ["gone"])


def test_pages_go_on_below_the_last(entrusted: Entrusted, reading: Reading) -> None:
    with reading(entrusted.first.id):
        (first,) = queries.newest(queries.NEWEST, 1)
        (second,) = queries.newest(first, 30)
        assert queries.newest(second, 30) == []
        assert {first, second} == set(entrusted.ids(0, 2))


def test_search_finds_them_by_bill_and_by_container(entrusted: Entrusted, reading: Reading) -> None:
    with reading(entrusted.first.id):
        assert queries.called([entrusted.bill(0)]) == entrusted.ids(0)
        assert sorted(queries.called([BOX])) == sorted(entrusted.ids(0, 2))
        assert queries.called([entrusted.bill(1), OTHER]) == []
        assert portal.find(BOX) == []
    with reading(entrusted.second.id):
        assert queries.called([OTHER]) == entrusted.ids(1)
        assert queries.called([BOX, entrusted.bill(0)]) == []


def test_what_one_is_told_of_otherwise_is_not_found_twice(entrusted: Entrusted, reading: Reading) -> None:
    joined_it = "update sw.dossier set viewers = viewers || %s where id = %s returning id"
    entrusted.yard.database.execute("postgres", joined_it, entrusted.first.id, entrusted.ids(0)[0])
    with reading(entrusted.first.id):
        assert sorted(queries.called([BOX])) == sorted(entrusted.ids(0, 2))
        assert queries.called_besides([BOX]) == entrusted.ids(2)


def test_the_page_of_one_is_there_before_anybody_answered(unanswered: Entrusted, reading: Reading) -> None:
    made = unanswered
    with reading(made.first.id):
        told = portal.followed(made.ids(0)[0])
        assert told is not None
        assert (told["name"], told["conveyance"]) == (made.bill(0), "DEMO YANGTZE 08")
        found = matrix(kept_of(made.ids(0)[0]), made.yard.clock)
        assert found is not None
        assert BOX in [line.number for line in found.lines]
        assert portal.followed(made.ids(1)[0]) is None
        assert kept_of(made.ids(1)[0]) == {"dossiers": []}


def test_nothing_of_goods_seals_or_other_parties_is_told(entrusted: Entrusted) -> None:
    goods = [VALUES["goods"][0][name] for name in ("goods_name", "goods_model", "line_amount")]
    hidden = [*goods, "DM99000", "8482102000"]
    for reader, others in ((entrusted.first, (1,)), (entrusted.second, (0, 2))):
        told, rows = entrusted.texts(reader), " ".join(text for _, text in entrusted.yard.read(reader))
        assert told
        assert [word for word in hidden if word in told or word in rows] == []
        for n, one in enumerate(entrusted.all):
            marks = [f"{one.mark}{place}" for place in range(14)]
            seen = {mark for mark in marks if f'"{mark}"' in told}
            assert seen == (set() if n in others else {entrusted.bill(n)}), one.mark
        assert entrusted.yard.leaks(reader, [entrusted.all[n].mark for n in {0, 1, 2} - set(others)]) == []
        assert json.loads(told)[0].keys() == {
            *("id", "name", "goods", "call", "conveyance", "opened_at", "keys", "numbers")
        }


def test_the_newest_are_read_off_an_index_however_many_there_are(entrusted: Entrusted) -> None:
    database = entrusted.yard.database
    database.execute("postgres", OTHERS)
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        connection.execute("analyze sw.dossier")
        connection.execute("set enable_bitmapscan = off")  # as the function does
        plan = "\n".join(r[0] for r in connection.execute(NEWEST_OF_ONE, ["F7", queries.NEWEST]))
    assert "dossier_forwarder" in plan
    assert "Sort" not in plan


def test_how_the_call_stands_is_read_by_who_forwards_on_it(entrusted: Entrusted, reading: Reading) -> None:
    call = "select subject_key from disposition where subject_kind = 'conveyance'"
    entrusted.yard.database.execute("postgres", CALL_HELD)
    first, elsewhere = entrusted.first.id, entrusted.yard.importers[2].id
    for reader, calls in ((first, ["2/9999993/2511E"]), (elsewhere, []), (999, [])):
        with reading(reader), connection.cursor() as cursor:
            cursor.execute(call)
            assert [row[0] for row in cursor.fetchall()] == calls
