"""What programs ask for by a number is looked up by it, however many others have what nobody asked for."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import connection

import plain_django  # noqa: F401 - programs' questions need settings
from database import Database
from singlewindow.hub.coordination import api_queries
from singlewindow.hub.identity.asking import Row

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
FIRM, STRANGER = 7, 9
MANY, FEW = 3_000, 60  # rows of a table; rows that one number leads to, looked at several times
MOST = 20
# A few of many consignments are called, declared by, or loaded in what somebody asks for.
DOSSIERS = """insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at,
                                      viewers)
              select gen_random_uuid(), 'bill', 'sea', case when n %% 900 = 0 then 'NAMED' else 'B' || n end,
                     '', '', '', false, now(), '{7}' from generate_series(1, %s) n"""
KEYS = """insert into sw.identity_key (kind, value, carrier, dossier, viewers)
          select 'declaration', case when right(name, 3) = '001' then 'KEYED' else 'E' || name end, name, id,
                 viewers from sw.dossier"""
OBJECTS = """insert into sw.dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous, since,
                                            viewers)
             select id, 'container', name || '@',
                    case when right(name, 3) = '002' then 'LOADED' else 'C' || name end,
                    '', false, '', false, opened_at, viewers from sw.dossier"""
EVENTS = """insert into sw.gate_event (at, gate, plate, number, seal, passed, out, reasons, key, actor,
                                       viewers)
            select now() - n * interval '1 s', '1', 'P',
                   case when n %% 1000 = 0 then 'BOX' else 'B' || n end,
                   'S', true, true, '[]', 'K', 'A', '{7}' from generate_series(1, %s) n"""
READ = """select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int
            from pg_stat_xact_user_tables
           where relname in ('dossier', 'identity_key', 'dossier_object', 'gate_event')"""


@pytest.fixture
def many(database: Database) -> Database:
    for statement in (DOSSIERS, EVENTS):
        database.execute("postgres", statement, MANY)
    for statement in (KEYS, OBJECTS, "analyze"):
        database.execute("postgres", statement)
    return database


def read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(READ)
        (rows,) = cursor.fetchone()
    return int(rows)


def consignments(number: str, before: object = None) -> list[Row]:
    return api_queries.ask("numbered", "heads", number=number, before=before, most=MOST)


@pytest.mark.parametrize(("number", "found"), [("NAMED", 3), ("KEYED", 2), ("LOADED", 2), ("NONE", 0)])
def test_a_consignment_is_looked_up_by_its_number(
    many: Database, reading: Reading, number: str, found: int
) -> None:
    with reading(FIRM):
        rows = consignments(number)
        assert read() <= FEW
        assert len(rows) == found
        assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), reverse=True)
        assert consignments(number, rows[0]["id"] if rows else None) == rows[1:]
    with reading(STRANGER):
        assert consignments(number) == []


def test_what_happened_to_a_box_is_looked_up_by_its_number(many: Database, reading: Reading) -> None:
    asked = {"before_id": None, "most": MOST}
    with reading(FIRM):
        rows = api_queries.gate_events(number="BOX", before_at=None, **asked)
        assert api_queries.gate_events(number="NONE", before_at=None, **asked) == []
        assert read() <= FEW
        assert [row["number"] for row in rows] == ["BOX"] * 3
        times = [row["at"] for row in rows]
        assert times == sorted(times, reverse=True)
        begin = {"before_at": rows[0]["at"], "before_id": rows[0]["id"], "most": MOST}
        assert api_queries.gate_events(number="BOX", **begin) == rows[1:]
    with reading(STRANGER):
        assert api_queries.gate_events(number="BOX", before_at=None, **asked) == []
