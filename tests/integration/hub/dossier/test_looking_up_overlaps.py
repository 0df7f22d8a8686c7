"""Whether a container comes with two ships is looked up by its number, however many others count."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from singlewindow.hub.dossier import overlapping
from singlewindow.hub.journal.columns import texts, uuids
from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.hub.journal.statements import statements_beside

pytestmark = pytest.mark.database
ASKED = 100
EACH = 5  # index entries: the box of the dossier beside its ship, the boxes of that number, and room for one
DOSSIERS = """insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at,
                                      viewers)
              select gen_random_uuid(), 'bill', 'sea', 'B' || n, 'SHIP/' || n, '', '', false, now(), '{1}'
                from generate_series(1, 3000) n"""
# Every container counts and comes in on one day; two of a hundred consignments come in the same.
OBJECTS = """insert into sw.dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous, since,
                                            viewers, due)
             select d.id, o.kind, o.key, o.number, '', false, '', false, d.opened_at, d.viewers, o.due
               from sw.dossier d
              cross join lateral (values
                ('conveyance', d.call, 'SHIP', null::date),
                ('container', 'BOX' || d.name || '@' || d.call,
                 'BOX' || regexp_replace(d.name, '^B(..)01$', 'B\\102'), date '2026-11-20'))
                as o (kind, key, number, due)"""
TASKS = """insert into sw.task (kind, dossier, about, text_zh, text_en, made_at, viewers)
           select 'container_overlaps', dossier, number, 'x', 'x', now(), viewers
             from sw.dossier_object where kind = 'container' limit %s"""
READ = """select pg_stat_force_next_flush(), coalesce(sum(idx_tup_read), 0)::int
            from pg_stat_user_indexes where schemaname = 'sw' and relname = 'dossier_object'"""
ASKS = statements_beside(overlapping.__file__, "sql/overlapping.sql")


@pytest.fixture
def many(database: Any) -> Any:
    """Three thousand containers of as many calls, in tables that nobody has counted yet."""
    database.execute("postgres", DOSSIERS)
    database.execute("postgres", OBJECTS)
    return database


def read_by(database: Any, statement: str, values: dict[str, Any]) -> tuple[list[Any], int]:
    """What a statement of the worker finds, and how many index entries of what is in dossiers it reads."""
    with psycopg.connect(database.dsn("sw_engine"), autocommit=True, options=LOOK_UPS) as engine:
        before = engine.execute(READ).fetchone()[1]
        rows = engine.execute(ASKS[statement], values).fetchall()
        engine.execute(READ)
        return rows, engine.execute(READ).fetchone()[1] - before


def test_a_container_is_compared_with_those_of_its_number(many: Any) -> None:
    wanted = "select key, dossier from sw.dossier_object where kind = 'container' order by number limit %s"
    keys, dossiers = zip(*many.execute("postgres", wanted, ASKED), strict=True)
    values = {"keys": texts(keys), "dossiers": uuids(dossiers), "days": overlapping.back_after()}
    rows, entries = read_by(many, "overlapping", values)
    assert rows
    assert {number for _, number, _, _ in rows} < {f"BOXB{n}02" for n in range(10, 30)}
    assert ASKED <= entries <= EACH * ASKED


def test_what_is_asked_is_ended_by_number_too(many: Any) -> None:
    many.execute("postgres", TASKS, ASKED)
    rows, entries = read_by(many, "over", {"days": overlapping.back_after(), "at": "2026-11-21T00:00:00Z"})
    assert rows
    assert ASKED <= entries <= EACH * ASKED
