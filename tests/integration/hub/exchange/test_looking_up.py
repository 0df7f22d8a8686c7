"""What a claim looks at grows with what it takes, and not with what waits or was sent before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from planned import looked_at
from singlewindow.hub.exchange.ledger import _SQL, LOOK_UPS

pytestmark = pytest.mark.database
TAKEN = 100
STEPS = 25  # of the plan, through which each row taken passes at most once
SENT = """insert into sw.message (submission_id, id, document_id, version, partner, kind, definition_version,
                                  message_id, reference, digest, payload, created_at, viewers)
          select pg_temp.named(n), pg_temp.named(n * 10 + p), pg_temp.named(n * 10 + p), 1, partner, 'k', '1',
                 n::text, 'W', sha256('x'), %s, now(), '{1}'
            from generate_series(%s::int, %s::int) n,
                 unnest('{customs,quarantine,border,terminal}'::text[]) with ordinality t (partner, p)"""
WAITING = """insert into sw.outbox (submission_id, message, partner, order_key, ready_at, viewers)
             select submission_id, id, partner, message_id, now(), viewers from sw.message"""


@pytest.fixture
def many(database: Any) -> Any:
    """Twelve thousand messages waiting, in a table not counted yet and one counted while nothing waited."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as owner:
        owner.execute("""create function pg_temp.named(n bigint) returns uuid language sql as
                         $$ select lpad(to_hex(n), 32, '0')::uuid $$""")
        owner.execute(SENT, (bytes(6000), 1, 3000))
        owner.execute(WAITING)
        owner.execute("delete from sw.outbox where seq < 12000")
        owner.execute("vacuum sw.outbox")  # believed empty from now on
        owner.execute("delete from sw.outbox")
        owner.execute(WAITING)
    return database


def claimed(database: Any) -> int:
    given = {"partner": "customs", "most": TAKEN, "lease_s": 60.0, "batch": uuid4(), "alone": False}
    given["at"] = datetime(2026, 11, 21, 9, tzinfo=UTC)
    with psycopg.connect(
        database.dsn("sw_component_customs"), autocommit=True, options=LOOK_UPS
    ) as component:
        return looked_at(component, _SQL["claim"], given)


def test_a_claim_looks_at_what_it_takes_alone(many: Any) -> None:
    assert TAKEN <= claimed(many) <= STEPS * TAKEN
    assert many.execute("postgres", "select count(*) from sw.outbox where token > 0") == [(TAKEN,)]


def test_nor_does_it_walk_over_what_was_sent_since_the_tables_were_counted(many: Any) -> None:
    many.execute("postgres", "delete from sw.outbox where order_key::int <= 2800")
    assert TAKEN <= claimed(many) <= STEPS * TAKEN
