"""What is stored is multiplied as it is, the twin's too: copies are whole, their own, and of every table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from bench.bed.multiplied import COPIED, KEPT, copy_of, tables
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


def test_of_every_table_it_is_said_whether_it_grows(database: Database) -> None:
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        assert sorted(COPIED) == tables(connection)
        assert not COPIED.keys() & KEPT
        connection.execute("create table sw.forgotten (id uuid)")
        with pytest.raises(LookupError, match="forgotten"):
            tables(connection)


def test_a_copy_of_ours_is_its_own_and_somebody_else_s(database: Database) -> None:
    one, other = uuid4(), uuid4()
    with psycopg.connect(database.dsn("postgres"), autocommit=True) as connection:
        connection.execute(
            "insert into sw.gate_pass (key, number, seals, releases, dossiers, version, issued_at,"
            " valid_until, operators, viewers)"
            " values ('A@1', 'A', '{S}', '{F1,F2}', %s, 1, now(), now(), '{6}', '{7,8}')",
            [[one, other]],
        )
        copy_of(connection, "gate_pass", 2, [9])
        rows = connection.execute(
            "select key, number, seals, releases, dossiers, viewers from sw.gate_pass order by key"
        ).fetchall()
    assert [row[:4] for row in rows] == [
        ("A@1", "A", ["S"], ["F1", "F2"]),
        ("A@1#1", "A#1", ["S"], ["F1#1", "F2#1"]),
        ("A@1#2", "A#2", ["S"], ["F1#2", "F2#2"]),
    ]
    assert [row[5] for row in rows] == [[7, 8], [9], [9]]
    ids = [id_ for row in rows for id_ in row[4]]
    assert len(set(ids)) == 6
    assert {str(id_)[:13] for id_ in ids} == {str(one)[:13], str(other)[:13]}, (
        "as old as what they are copies of"
    )
