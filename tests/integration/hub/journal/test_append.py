"""Entries arrive as they were made, only those who may read them do, and nobody changes them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from database import Database
from integration.hub.journal import journal
from singlewindow.hub.journal.append import INSERT, append, columns
from singlewindow.hub.journal.entry import Entry, entry
from singlewindow.kernel.messages import Actor

pytestmark = pytest.mark.database
ALL = """select at, verb, actor_kind, actor_id, actor_name, actor_party, subject_kind, subject_id,
submission_id, content, salt, leaf, viewers from journal_entry order by id"""
ROLE = "sw_component_rehearsed"


def as_rows(made: list[Entry]) -> list[tuple[object, ...]]:
    fields = Entry.__struct_fields__
    return [(*(getattr(each, name) for name in fields[:-1]), list(each.viewers)) for each in made]


@pytest.fixture
def component(database: Database) -> Iterator[Database]:
    database.execute("postgres", f"create role {ROLE} nologin in role sw_component")
    yield database
    database.execute("postgres", f"drop role {ROLE}")


async def as_component(database: Database, made: list[Entry]) -> None:
    async with await database.connect("postgres") as connection, connection.cursor() as cursor:
        await cursor.execute("set search_path = sw")
        await cursor.execute(f"set role {ROLE}")
        await cursor.execute(INSERT, columns(made))


@pytest.mark.parametrize("viewers", [(1,), (1, 7, 2147483647), ()])
async def test_copied_entries_arrive_as_they_were_made(database: Database, viewers: tuple[int, ...]) -> None:
    made = journal.entries(range(20), viewers)
    await journal.committed(database, made)
    assert database.execute("sw_engine", ALL) == as_rows(made)


async def test_nothing_is_appended_by_nothing(database: Database) -> None:
    async with await database.connect("sw_intake") as connection, connection.cursor() as cursor:
        await append(cursor, [])
    assert database.execute("sw_engine", ALL) == []


async def test_a_component_appends_in_its_own_name(component: Database) -> None:
    actor = Actor("component", "rehearsed", "测试部件", 3)
    made = [sent(number, actor) for number in range(9)]
    await as_component(component, made)
    assert component.execute("sw_engine", ALL) == as_rows(made)


async def test_a_component_tells_of_what_it_sent_and_of_nothing_else(component: Database) -> None:
    actor = Actor("component", "rehearsed", "测试部件", 3)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await as_component(component, journal.entries([1], (1, 7), actor))
    assert component.execute("sw_engine", ALL) == []


def sent(number: int, actor: Actor) -> Entry:
    """What a component says when a batch is with its partner."""
    return entry(
        at=journal.START,
        actor=actor,
        verb="message.sent",
        subject_kind="batch",
        subject_id=UUID(int=number),
        submission_id=None,
        content={"n": number},
        viewers=(),
    )


async def test_a_component_appends_in_no_other_name(component: Database) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        await as_component(component, journal.entries([1], (1,), Actor("component", "customs", "海关", 3)))
    assert component.execute("sw_engine", ALL) == []


async def test_the_doors_cannot_read_what_they_wrote(database: Database) -> None:
    await journal.committed(database, journal.entries([1]))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        database.execute("sw_intake", "select from journal_entry")


async def test_two_parties_each_see_their_own_entries(database: Database) -> None:
    await journal.committed(database, journal.entries([1], (1, 9)) + journal.entries([2], (2, 9)))
    for viewers, expected in [("{1}", [1]), ("{2}", [2]), ("{9}", [1, 2]), ("{3}", []), ("{}", []), ("", [])]:
        with psycopg.connect(database.dsn("sw_web")) as connection:
            connection.execute("select set_config('sw.viewers', %s, true)", [viewers])
            rows = connection.execute("select content from journal_entry order by id").fetchall()
        assert rows == [(f'{{"n":{n}}}'.encode(),) for n in expected]
    assert database.execute("sw_web", "select from journal_entry") == []


@pytest.mark.parametrize(
    "statement",
    [
        "update journal_entry set verb = 'other'",
        "update journal_entry set content = '{}'",
        "update journal_entry set content = null, salt = null, commitment = sha256('')",
        """update journal_entry set viewers = '{2}', content = null, salt = null,
        commitment = sha256(salt || content)""",
        "delete from journal_entry",
        "truncate journal_entry, journal_position",
        "update journal_position set position = 9",
        "delete from journal_position",
        "delete from journal_checkpoint",
    ],
)
async def test_even_the_superuser_is_refused_by_accident(database: Database, statement: str) -> None:
    await journal.committed(database, journal.entries([1]))
    await journal.signed(database, journal.Clock())
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        database.execute("postgres", f"set search_path = sw; {statement}")


async def test_content_is_erased_once_and_with_its_salt(database: Database) -> None:
    await journal.committed(database, journal.entries([1, 2]))
    assert await journal.erased(database, [0]) == [], "it has no position yet"
    await journal.signed(database, journal.Clock())
    assert await journal.erased(database, [0]) == [0]
    assert await journal.erased(database, [0, 9]) == []
    query = "select content is null, salt is null, commitment is null from journal_entry order by id limit 2"
    assert database.execute("sw_engine", query) == [(True, True, False), (False, False, True)]


async def test_who_read_an_entry_reads_that_it_was_erased_by_whom_and_why(database: Database) -> None:
    await journal.committed(database, journal.entries([1], viewers=(1, 7)))
    await journal.signed(database, journal.Clock())
    await journal.erased(database, [0])
    query = """select subject_id, submission_id, viewers, actor_name, convert_from(content, 'UTF8')::json
                 from journal_entry where verb = 'entry.erased'"""
    ((subject, submission, viewers, actor, said),) = database.execute("sw_engine", query)
    assert (subject, submission, viewers, actor) == (UUID(int=1), UUID(int=0), [1, 7], "平台")
    assert said == {"position": 0, "verb": "submission.accepted", "reason": "本人要求删除"}
    await journal.signed(database, journal.Clock())
    assert await journal.erased(database, [1]) == [], "that something was erased stays on record"


async def test_nothing_is_erased_before_every_subscriber_has_read_it(database: Database) -> None:
    await journal.committed(database, journal.entries([1, 2]))
    await journal.signed(database, journal.Clock())
    for name, position in (("fast", 1), ("slow", 0)):
        query = "insert into journal_cursor (name, position) values (%s, %s)"
        database.execute("sw_engine", query, name, position)
    assert await journal.erased(database, [0, 1]) == [0]
