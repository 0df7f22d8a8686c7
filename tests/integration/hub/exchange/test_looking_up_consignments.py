"""What notices say of a consignment is looked up by the consignment, however many came by the same ship."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
import pytest

from singlewindow.hub.coordination import barring
from singlewindow.hub.exchange import noticed
from singlewindow.hub.journal.looking_up import LOOK_UPS
from singlewindow.hub.journal.statements import statements_beside

pytestmark = pytest.mark.database
ASKED = 100
EACH = 4  # index entries: the dossier, its conveyance, and room for a second
DOSSIERS = """insert into sw.dossier (id, goods, mode, name, call, terminal, forwarder, dangerous, opened_at,
                                      viewers)
              select gen_random_uuid(), 'bill', 'sea', 'B' || n, 'SHIP/001', '', '', false, now(), '{1}'
                from generate_series(1, 3000) n"""
CONVEYANCES = """insert into sw.dossier_object (dossier, kind, key, number, seal, lot, lines, dangerous,
                                                since, viewers)
                 select id, 'conveyance', call, 'SHIP', '', false, '', false, opened_at, viewers
                   from sw.dossier"""
READ = """select pg_stat_force_next_flush(), coalesce(sum(idx_tup_read), 0)::int
            from pg_stat_user_indexes where schemaname = 'sw'"""
NOTICES = statements_beside(noticed.__file__, "sql/notifying.sql")["consignments"]
BARRING = statements_beside(barring.__file__, "sql/barring.sql")["boxes"]


@pytest.fixture
def one_voyage(database: Any) -> list[Any]:
    """Three thousand consignments of one call, in tables that nobody has counted yet."""
    database.execute("postgres", DOSSIERS)
    database.execute("postgres", CONVEYANCES)
    return [id_ for (id_,) in database.execute("postgres", f"select id from sw.dossier limit {ASKED}")]


@pytest.mark.parametrize(
    ("statement", "named"), [(NOTICES, {}), (BARRING, {"containers": True})], ids=["notices", "barring"]
)
def test_a_voyage_is_not_walked_for_a_consignment(
    database: Any, one_voyage: list[Any], statement: Any, named: Mapping[str, bool]
) -> None:
    asked = [[str(id_) for id_ in one_voyage], one_voyage] if named else [one_voyage]
    with psycopg.connect(database.dsn("sw_engine"), autocommit=True, options=LOOK_UPS) as engine:
        before = engine.execute(READ).fetchone()[1]
        rows = engine.execute(statement, asked).fetchall()
        engine.execute(READ)
        entries = engine.execute(READ).fetchone()[1] - before
    assert len(rows) == ASKED
    assert {row[-2] if named else row[-1] for row in rows} == {"SHIP"}
    assert ASKED <= entries <= EACH * ASKED
