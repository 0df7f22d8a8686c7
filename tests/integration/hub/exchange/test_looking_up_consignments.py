"""What notices say of a consignment is looked up by the consignment, however many came by the same ship."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from singlewindow.hub.dossier import carrying
from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.hub.journal.statements import statements_beside

pytestmark = pytest.mark.database
ASKED = 100
EACH = 4  # index entries: the dossier, its conveyance, and room for a second
DOSSIERS = """insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at,
                                      viewers)
              select gen_random_uuid(), 'bill', 'sea', 'B' || n, 'SHIP/001', '', '', false, now(), '{1}'
                from generate_series(1, 3000) n"""
OBJECTS = """insert into sw.dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous, since,
                                            viewers)
             select d.id, o.kind, o.key, o.number, '', false, '', false, d.opened_at, d.viewers
               from sw.dossier d
              cross join lateral (values ('conveyance', d.call, 'SHIP'),
                                         ('container', 'BOX' || d.name || '@' || d.call, 'BOX' || d.name))
                                 as o (kind, key, number)"""
READ = """select pg_stat_force_next_flush(), coalesce(sum(idx_tup_read), 0)::int
            from pg_stat_user_indexes where schemaname = 'sw'"""
ASKS = statements_beside(carrying.__file__, "sql/carrying.sql")


@pytest.fixture
def one_voyage(database: Any) -> list[Any]:
    """Of three thousand consignments of one call, in tables that nobody has counted yet, a hundred."""
    database.execute("postgres", DOSSIERS)
    database.execute("postgres", OBJECTS)
    wanted = "select dossier, key from sw.dossier_object where kind = 'container' limit %s"
    return database.execute("postgres", wanted, ASKED)


@pytest.mark.parametrize(("query", "by"), [("consignments", 0), ("first", 1)])
def test_a_voyage_is_not_walked_for_a_consignment(
    database: Any, one_voyage: list[Any], query: str, by: int
) -> None:
    with psycopg.connect(database.dsn("sw_engine"), autocommit=True, options=LOOK_UPS) as engine:
        before = engine.execute(READ).fetchone()[1]
        rows = engine.execute(ASKS[query], [[row[by] for row in one_voyage]]).fetchall()
        engine.execute(READ)
        entries = engine.execute(READ).fetchone()[1] - before
    assert len(rows) == ASKED
    if query == "consignments":
        assert {(call, name) for _, _, call, name in rows} == {("SHIP/001", "SHIP")}
    else:
        assert set(rows) == {(key, dossier) for dossier, key in one_voyage}
    assert ASKED <= entries <= EACH * ASKED
