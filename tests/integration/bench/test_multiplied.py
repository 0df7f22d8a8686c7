"""What the naive twin has stored is multiplied as it is: every copy a whole submission of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from bench.growth import NAIVE_TABLES, multiply_naive

from database import Database

pytestmark = pytest.mark.database
TABLES = ("submission", "document", "document_version", "document_key", "message", "receipt", "journal")
LOOSE = """
select count(*) from receipt r
  left join message m on m.document_id = r.document_id and m.submission_id = r.submission_id
  left join document d on d.id = r.document_id and d.submission_id = r.submission_id
  left join document_version v on v.document_id = d.id
  left join document_key k on k.document_id = d.id
  left join submission s on s.id = r.submission_id
  left join journal j on j.submission_id = s.id and j.subject = d.id
 where num_nulls(m.id, d.id, v.document_id, k.document_id, s.id, j.id) > 0
"""


@pytest.fixture
def twin(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """The twin's tables with two submissions in them."""
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        connection.execute(NAIVE_TABLES)
        for number in range(2):
            stored(connection, number)
        yield connection


def stored(connection: psycopg.Connection[Any], number: int) -> None:
    """One submission with one document, its message and its receipt."""
    submission, document = uuid4(), uuid4()
    for table, values in (
        ("submission", [submission, "party", f"bench-{number}", b"digest"]),
        ("document (id, submission_id, kind, partner, reference, title)",
         [document, submission, "declaration", "customs", f"W{number}", "title"]),
        ("document_version", [document, "original"]),
        ("document_key", ["bill", f"B{number}", document]),
        ("message", [uuid4(), submission, document, "customs", f"W{number}", b"payload"]),
        ("receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome, facts, at)",
         [submission, document, "customs", f"R{number}", "business", "P", 50, "{}", "2026-11-22"]),
        ("journal (verb, subject, submission_id, content, leaf)",
         ["receipt.received", document, submission, "{}", b"leaf"]),
    ):  # fmt: skip
        marks = ", ".join(["%s"] * len(values))
        connection.execute(f"insert into {table} values ({marks})".encode(), values)


def counts(connection: psycopg.Connection[Any]) -> set[int]:
    return {connection.execute(f"select count(*) from {table}".encode()).fetchone()[0] for table in TABLES}  # type: ignore[index]


def test_copies_are_whole_and_own_and_are_never_copied(twin: psycopg.Connection[Any]) -> None:
    assert multiply_naive(twin, 10) == 10
    assert counts(twin) == {10}
    stored(twin, 2)
    assert multiply_naive(twin, 100) == 11 + 3 * (89 // 3)
    assert len(counts(twin)) == 1
    assert twin.execute(LOOSE).fetchone() == (0,)
    assert twin.execute("select count(distinct reference) from message").fetchone() == (98,)


def test_where_there_is_enough_already_nothing_is_copied(twin: psycopg.Connection[Any]) -> None:
    assert multiply_naive(twin, 1) == 2
