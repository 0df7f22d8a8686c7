"""What a page looks up by keys is planned once a connection, and anew once tables that grew were counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DataError, connection, transaction

from database import Database
from singlewindow.hub.identity.asking import asking_together, lookups
from singlewindow.hub.portal import queries, walking
from singlewindow.hub.portal.walking import Asked
from singlewindow.kernel.messages import Outcome

from .declared import BROKER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
OTHERS = 3_000
FEW = 100  # rows of a page's own, and of small tables
# As many others of the same broker, each with a document, an answer and a number.
MORE = (
    """insert into sw.submission select (jsonb_populate_record(s, jsonb_build_object(
         'id', gen_random_uuid(), 'message_id', 'C' || n))).*
       from sw.submission s, generate_series(1, %s) n""",
    """insert into sw.document select (jsonb_populate_record(d, jsonb_build_object(
         'submission_id', s.id, 'id', gen_random_uuid()))).*
       from sw.submission s, sw.document d where s.message_id like 'C%%'""",
    """insert into sw.receipt overriding user value select (jsonb_populate_record(r, jsonb_build_object(
         'submission_id', d.submission_id, 'document_id', d.id, 'receipt_id', d.id))).*
       from sw.receipt r, sw.document d where d.submission_id <> r.submission_id and d.partner is not null""",
    """insert into sw.document_key select (jsonb_populate_record(k, jsonb_build_object(
         'submission_id', d.submission_id, 'document_id', d.id, 'value', d.id))).*
       from sw.document_key k, sw.document d where d.submission_id <> k.submission_id and d.partner is null
    """,
)
PREPARED = """select count(*), coalesce(sum(generic_plans), 0), coalesce(sum(custom_plans), 0)
                from pg_prepared_statements"""
SCANNED = """select coalesce(sum(seq_tup_read), 0)::int from pg_stat_xact_user_tables
              where relname in ('submission', 'document', 'receipt', 'document_key')"""


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def asked(statement: str) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone())


def test_the_same_page_again_plans_nothing_again(story: Story, reading: Reading) -> None:
    first, second = story.declared(1), story.declared(2)
    with reading(BROKER):
        assert queries.consignment(first)
        prepared, once, custom = asked(PREPARED)
        assert (prepared >= 10, once, custom) == (True, prepared, 0)
        assert queries.consignment(second)
        assert asked(PREPARED) == (prepared, 2 * prepared, 0)


def test_a_list_is_planned_for_the_party_that_asks(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    with reading(BROKER):
        assert walking.walk(Asked()).ids == (submission,)
        assert asked(PREPARED) == (0, 0, 0)


def test_what_was_planned_for_a_few_does_not_walk_through_many(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    story.answered(submission, Outcome.RELEASED, 1, "P")
    story.database.execute("postgres", "vacuum analyze")
    with reading(BROKER):
        before = queries.consignment(submission)
    story.database.execute("postgres", MORE[0], OTHERS)
    for statement in MORE[1:]:
        story.database.execute("postgres", statement)
    story.database.execute("postgres", "analyze")
    with reading(BROKER):
        assert queries.consignment(submission) == before
        (scanned,) = asked(SCANNED)
    assert scanned <= FEW


def test_what_fails_is_djangos_error_and_ends_nothing_else(reading: Reading) -> None:
    together = asking_together({"fine": "select 1 as n", "wrong": "select 1 / %(by)s as n"})
    with reading(BROKER):
        with pytest.raises(DataError), transaction.atomic(), lookups() as cursor:
            cursor.execute("select 1 / %s", [0])
        assert asked("select 1") == (1,)
        with pytest.raises(DataError), transaction.atomic():
            together({"fine": {}, "wrong": {"by": 0}})
        assert together({"fine": {}, "wrong": {"by": 1}}) == {"fine": [{"n": 1}], "wrong": [{"n": 1}]}
