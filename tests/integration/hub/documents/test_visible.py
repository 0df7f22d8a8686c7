"""What a stored document says is seen by who is entitled, whole; by nobody else, and not by mistake."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
import zstandard

from database import Database
from singlewindow.hub.documents.visible import visible
from singlewindow.kernel.messages import Viewer

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
AT = datetime(2026, 11, 21, 1, 41, 6, tzinfo=UTC)
SUBMISSION, DOCUMENT = (UUID(f"01a1fc2b-0000-7000-8000-00000000000{n}") for n in (1, 2))
BROKER, IMPORTER, STRANGER = 7, 8, 9
FIRST = {"values": {"bill_number": "CQX1"}, "extension": {"goods[0].colour": "红"}}
SECOND = {"values": {"bill_number": "CQX1", "goods": [{"name": "轴承"}]}, "extension": {}}


def insert(database: Database, table: str, **values: Any) -> None:
    names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    database.execute("postgres", f"insert into sw.{table} ({names}) values ({marks})", *values.values())


def version(database: Database, number: int, says: dict[str, Any], filled: bytes | None = None) -> None:
    insert(
        database,
        "document_version",
        submission_id=SUBMISSION,
        document_id=DOCUMENT,
        version=number,
        definition_version="1",
        format="json",
        digest=bytes([number]) * 32,
        original=zstandard.compress(b"as it came"),
        content=zstandard.compress(msgspec.json.encode(says)),
        created_at=AT + timedelta(hours=number),
        viewers=[BROKER, IMPORTER],
        filled=filled,
    )


@pytest.fixture
def stored(database: Database) -> Database:
    insert(
        database,
        "document",
        submission_id=SUBMISSION,
        id=DOCUMENT,
        kind="goods_declaration",
        definition_version="1",
        version=1,
        reference="R",
        title="CQX1",
        boxes=1,
        party=BROKER,
        state=0,
        created_at=AT,
        changed_at=AT,
        viewers=[BROKER, IMPORTER],
    )
    version(database, 1, FIRST)
    return database


def test_who_is_entitled_sees_all_of_it_and_what_no_definition_names(
    stored: Database, reading: Reading
) -> None:
    for party in (BROKER, IMPORTER):
        with reading(party):
            seen = visible(SUBMISSION, Viewer((party,)))
        assert seen is not None
        assert (seen.values, seen.extension) == (FIRST["values"], FIRST["extension"])
        assert (seen.kind, seen.version, seen.format) == ("goods_declaration", 1, "json")
        assert (seen.digest, seen.created_at) == ("01" * 32, AT + timedelta(hours=1))
        assert seen.document.extension == FIRST["extension"]


def test_the_newest_version_is_what_it_says(stored: Database, reading: Reading) -> None:
    version(stored, 2, SECOND)
    with reading(BROKER):
        seen = visible(SUBMISSION, Viewer((BROKER,)))
    assert seen is not None
    assert (seen.version, seen.values) == (2, SECOND["values"])


def test_what_the_platform_filled_in_stands_among_the_values(stored: Database, reading: Reading) -> None:
    version(stored, 2, SECOND, b'{"input_party_name": "\xe6\x8a\xa5\xe5\x85\xb3\xe8\xa1\x8c"}')
    with reading(BROKER):
        seen = visible(SUBMISSION, Viewer((BROKER,)))
    assert seen is not None
    assert seen.values == SECOND["values"] | {"input_party_name": "报关行"}


def test_no_right_and_no_document_look_the_same(stored: Database, reading: Reading) -> None:
    with reading(STRANGER):
        assert visible(SUBMISSION, Viewer((STRANGER,))) is None
        assert visible(DOCUMENT, Viewer((STRANGER,))) is None
    with reading():
        assert visible(SUBMISSION, Viewer(())) is None


def test_a_connection_that_reads_for_others_shows_the_viewer_nothing(
    stored: Database, reading: Reading
) -> None:
    with reading(BROKER, STRANGER):
        assert visible(SUBMISSION, Viewer((STRANGER,))) is None
    with reading(BROKER):
        assert visible(SUBMISSION, Viewer((STRANGER,))) is None
