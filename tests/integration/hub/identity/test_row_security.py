"""Row-level security of every table, found by listing the catalogue; what the openings let through."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from database import Database
from singlewindow.hub.identity.people import array
from singlewindow.hub.identity.sessions import VIEWERS
from singlewindow.hub.identity.telling import tell
from singlewindow.hub.journal.entry import entry
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Actor

from .conftest import World

pytestmark = pytest.mark.database

GUARDED = """
select distinct class.relname from pg_class class
join pg_attribute attribute on attribute.attrelid = class.oid and not attribute.attisdropped
where class.relnamespace = 'sw'::regnamespace and class.relkind in ('r', 'p')
  and attribute.attname in ('viewers', 'party_id', 'principal', 'password_hash', 'customs_code',
                            'person_id')
"""
FORCED = """
select relname from pg_class
where relnamespace = 'sw'::regnamespace and relrowsecurity and relforcerowsecurity
"""
EXECUTE = """
select function.proname, grantee.rolname
from pg_proc function cross join pg_roles grantee
where function.pronamespace = 'sw'::regnamespace and function.prosecdef
  and has_function_privilege(grantee.oid, function.oid, 'execute')
  and starts_with(grantee.rolname, 'sw_') and grantee.rolname <> 'sw_owner'
"""
ACCOUNTS = (
    "people_of",
    "holders",
    "person_admitted",
    "roles_given",
    "membership_ended",
    "password_given",
    "card_registered",
    "own_login",
    "own_words",
    "password_chosen",
    "language_chosen",
    "tokens_of",
    "token_issued",
    "token_revoked",
    "firm_called",
    "mandate_offered",
    "mandate_accepted",
    "mandate_ended",
)
OPENINGS = {
    ("sign_in_record", "sw_web"),
    ("sign_in_barred", "sw_web"),
    ("sign_in_failed", "sw_web"),
    ("sign_in_succeeded", "sw_web"),
    ("person_parties", "sw_web"),
    *((name, "sw_web") for name in ACCOUNTS),
    ("identity_snapshot", "sw_intake"),
    ("identity_snapshot", "sw_engine"),
    ("identity_revision", "sw_intake"),
    ("identity_revision", "sw_engine"),
}


def names(database: Database, statement: str) -> set[str]:
    return {str(row[0]) for row in database.execute("postgres", statement)}


def test_every_table_with_a_partys_data_forces_row_security(database: Database) -> None:
    guarded = names(database, GUARDED)
    assert {"party", "person", "membership", "mandate", "api_token", "journal_entry", "document"} <= guarded
    assert guarded - names(database, FORCED) == set()


def test_openings_are_granted_to_exactly_the_roles_stated(database: Database) -> None:
    granted = {(str(name), str(role)) for name, role in database.execute("postgres", EXECUTE)}
    identity = {name for name, _ in OPENINGS} | {"identity_changed", "belongs", "failure_counted"}
    assert {each for each in granted if each[0] in identity} == OPENINGS


def test_functions_of_the_owner_fix_their_search_path(database: Database) -> None:
    unfixed = database.execute(
        "postgres",
        "select proname from pg_proc where pronamespace = 'sw'::regnamespace and prosecdef"
        " and not coalesce(array_to_string(proconfig, ','), '') like '%%search_path=%%'",
    )
    assert unfixed == []


def seen(world: World, *parties: int) -> set[str]:
    array = "{" + ",".join(map(str, parties)) + "}"
    with psycopg.connect(world.database.dsn("sw_web")) as connection:
        connection.execute("select set_config('sw.viewers', %s, true)", [array])
        return {row[0] for row in connection.execute("select name_en from sw.party")}


def test_two_firms_do_not_see_each_other_until_one_gives_a_mandate(world: World) -> None:
    assert seen(world) == {"Customs"}
    assert seen(world, world.jia) == {"Customs", "Jia"}
    assert seen(world, world.yi) == {"Customs", "Yi"}
    world.database.execute(
        "sw_engine",
        "insert into mandate (principal, agent, scope, valid_from, valid_to)"
        " values (%s, %s, 'goods_declaration', '2026-01-01', '2026-12-31')",
        world.jia,
        world.yi,
    )
    assert seen(world, world.jia) == seen(world, world.yi) == {"Customs", "Jia", "Yi"}


def test_a_web_role_cannot_list_people_nor_read_hashes(world: World) -> None:
    for statement in ("select * from person", "select hash from api_token", "select * from identity_change"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            world.database.execute("sw_web", statement)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into party (kind, code, name_zh, name_en) values ('agency', 'x', 'x', 'x')",
        "update membership set roles = '{administrator}'",
        "delete from mandate",
    ],
)
def test_a_web_role_cannot_change_rights(world: World, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        world.database.execute("sw_web", statement)


def test_the_viewers_set_in_one_transaction_do_not_reach_the_next(world: World) -> None:
    with psycopg.connect(world.database.dsn("sw_web")) as connection:
        connection.execute("select set_config('sw.viewers', %s, true)", [f"{{{world.jia}}}"])
        connection.commit()
        rows = connection.execute("select name_en from sw.party").fetchall()
    assert rows == [("Customs",)]


def test_nobody_writes_the_journal_in_another_partys_name(world: World) -> None:
    """Reading for several parties is not acting for them: an entry bears the party of the request."""
    at = datetime(2026, 11, 21, tzinfo=UTC)
    for party, taken in ((world.jia, True), (world.yi, False)):
        actor = Actor("person", "1", "甲", party)
        made = entry(
            at=at,
            actor=actor,
            verb="draft.noted",
            subject_kind="draft",
            subject_id=uuid7(at),
            submission_id=None,
            content={},
            viewers=(party,),
        )
        with psycopg.connect(world.database.dsn("sw_web")) as connection:
            connection.execute(VIEWERS, [array((world.jia, world.yi)), str(world.jia)])
            if taken:
                tell(connection.cursor(), [made])
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    tell(connection.cursor(), [made])
