"""The twin of verifying sees what verifying sees, a query a row; the limit reads as many rows of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from bed.outcome import NotTrueError
from bench.bed import naive_verify

from database import Database
from integration.hub.exchange.test_proving import exchanged, report
from integration.hub.journal import journal
from singlewindow.kernel.crypto.signing import SigningKey

pytestmark = pytest.mark.database
ALL = 1_000_000


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Of whoever signs releases."""
    written = tmp_path / "platform.pem"
    written.write_bytes(SigningKey.generate().to_pem())
    return written


async def test_all_three_count_the_same_entries_and_rows(database: Database, key: Path) -> None:
    await exchanged(database)
    ours, dsn = await report(database), database.dsn("sw_engine")
    assert ours.held > 3
    assert naive_verify.naive(dsn, key, ALL) == (ours.size, ours.held) == naive_verify.limit(dsn)


async def test_the_twin_looks_at_so_many_from_the_middle(database: Database, key: Path) -> None:
    await exchanged(database)
    assert naive_verify.naive(database.dsn("sw_engine"), key, 2)[0] == 2


@pytest.mark.parametrize(
    "statement",
    [
        "update journal_entry set verb = 'x' where verb = 'submission.accepted'",
        "update journal_position set leaf = sha256('') where position = 0",
        "update document_version set original = (select payload from message limit 1)",
        "update message set digest = sha256('') where partner = 'customs'",
        "delete from message where partner = 'customs'",
        "update receipt set code = 'X' where receipt_id = 'L'",
    ],
)
async def test_what_was_altered_is_seen_by_the_twin_too(
    database: Database, key: Path, statement: str
) -> None:
    await exchanged(database)
    journal.tamper(database, statement)
    with pytest.raises(NotTrueError):
        naive_verify.naive(database.dsn("sw_engine"), key, ALL)
