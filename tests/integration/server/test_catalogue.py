"""The catalogue, listed: what pages and components may touch is protected, or stated here to be public."""

from __future__ import annotations

from contextlib import ExitStack

import psycopg
import pytest

from database import Database
from singlewindow.server import rooms
from singlewindow.server.configuration import component_role
from singlewindow.server.database import MOST_CONNECTIONS

pytestmark = pytest.mark.database

# Nobody's data: facts that the platform publishes, hashes, positions. Each is a decision.
PUBLIC = {
    "code": "code lists, published",
    "code_list": "code lists, published",
    "definition": "definitions of documents, published",
    "data_element": "the dictionary, published",
    "subscription": "who receives which kind of document: published rules",
    "coordination_pulse": "one instant",
    "journal_checkpoint": "signed roots, made to be given away",
    "journal_position": "positions and hashes",
    "journal_tile": "hashes",
    "django_migrations": "names of migrations",
    "session": "digests of keys that only browsers have, with signed contents",
}
OPEN = """
select c.relname from pg_class c
where c.relnamespace = 'sw'::regnamespace and c.relkind in ('r', 'p')
  and not (c.relrowsecurity and c.relforcerowsecurity)
  and exists (select from pg_roles r where (r.rolname = 'sw_web' or starts_with(r.rolname, 'sw_component'))
              and has_any_column_privilege(r.oid, c.oid, 'select'))
order by 1
"""
VIEWS = """
select relname, coalesce(array_to_string(reloptions, ','), '') from pg_class
where relnamespace = 'sw'::regnamespace and relkind in ('v', 'm')
  and exists (select from pg_roles r where (r.rolname = 'sw_web' or starts_with(r.rolname, 'sw_component'))
              and has_any_column_privilege(r.oid, pg_class.oid, 'select'))
"""
BLANKET = """
select c.relname, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
where c.relnamespace = 'sw'::regnamespace and pg_get_expr(p.polqual, p.polrelid) = 'true'
  and p.polroles <> array['sw_owner'::regrole::oid]
"""
WRITABLE = """
select c.relname from pg_class c
where c.relnamespace = 'sw'::regnamespace and c.relkind in ('r', 'p')
  and (has_table_privilege('sw_web', c.oid, 'update') or has_table_privilege('sw_web', c.oid, 'truncate')
       or has_table_privilege('sw_web', c.oid, 'trigger'))
order by 1
"""
SAMPLED = """
select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'sw'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
  and coalesce(a.attstattarget, -1) <> 0
  and (a.attname = 'viewers' or a.atttypid in ('bytea'::regtype, 'jsonb'::regtype))
"""


def names(database: Database, statement: str) -> set[str]:
    return {str(row[0]) for row in database.execute("postgres", statement)}


def test_what_pages_and_components_read_is_guarded_or_stated_to_be_public(database: Database) -> None:
    assert names(database, OPEN) - PUBLIC.keys() == set()


def test_the_listing_finds_a_table_that_somebody_forgot(database: Database) -> None:
    database.execute("postgres", "create table sw.forgotten (what text)")
    assert "forgotten" not in names(database, OPEN), "nobody may read it yet"
    database.execute("postgres", "grant select on sw.forgotten to sw_web")
    assert "forgotten" in names(database, OPEN)


def test_views_read_with_the_rights_of_their_reader(database: Database) -> None:
    views = dict(database.execute("postgres", VIEWS))  # type: ignore[arg-type]
    assert "shared_object" in views
    assert {name for name, said in views.items() if "security_invoker=true" not in str(said)} == set()


def test_no_policy_lets_everybody_read_everything(database: Database) -> None:
    """But how the lanes to partners are, which is nobody's secret; the owner's are openings of functions."""
    assert names(database, BLANKET) <= {"lane"}


def test_a_page_changes_no_row_as_a_whole(database: Database) -> None:
    """It may use columns it was given, and append; the rest goes through the doors and the worker."""
    assert names(database, WRITABLE) <= {"draft", "session"}


def test_the_public_tables_hold_nothing_of_a_party(database: Database) -> None:
    with psycopg.connect(database.dsn("postgres")) as connection:
        columns = connection.execute(
            "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid"
            " where c.relnamespace = 'sw'::regnamespace and a.attnum > 0 and c.relname = any(%s)"
            " and a.attname = any(%s)",
            [list(PUBLIC), ["viewers", "party", "actor_party", "person_id", "original", "content", "raw"]],
        ).fetchall()
    assert columns == []


def test_what_no_plan_asks_for_is_never_sampled(database: Database) -> None:
    assert names(database, SAMPLED) == set()


OPENINGS = """
select p.proname from pg_proc p
where p.pronamespace = 'sw'::regnamespace and p.prosecdef
  and ('search_path=sw, pg_temp' <> all (coalesce(p.proconfig, '{}'))
       or has_function_privilege('public', p.oid, 'execute'))
"""
MAKERS = """
select r.rolname from pg_roles r
where (r.rolname in ('sw_web', 'sw_intake', 'sw_engine') or starts_with(r.rolname, 'sw_component'))
  and (has_schema_privilege(r.oid, 'sw', 'create') or has_schema_privilege(r.oid, 'public', 'create')
       or has_database_privilege(r.oid, current_database(), 'create'))
"""


def test_an_opening_reads_its_own_schema_and_is_nobodys_by_default(database: Database) -> None:
    """What runs with the owner's rights must not find its tables by its caller's path."""
    assert names(database, OPENINGS) == set()


def test_no_role_at_work_makes_anything_that_could_be_taken_for_a_table_of_ours(database: Database) -> None:
    assert names(database, MAKERS) == set()


LIMITED = """
select rolname, rolconnlimit from pg_roles where starts_with(rolname, 'sw_component_') order by 1
"""


def test_a_component_cannot_take_every_connection_of_the_server(database: Database) -> None:
    limits = dict(database.execute("postgres", LIMITED))  # type: ignore[arg-type]
    assert set(limits) == {component_role(each) for each in rooms.connectors()}
    assert set(limits.values()) == {MOST_CONNECTIONS}
    with ExitStack() as opened:
        for _ in range(MOST_CONNECTIONS):
            opened.enter_context(psycopg.connect(database.dsn("sw_component_customs")))
        with pytest.raises(psycopg.OperationalError, match="too many connections"):
            psycopg.connect(database.dsn("sw_component_customs"))
        psycopg.connect(database.dsn("sw_component_border")).close()
