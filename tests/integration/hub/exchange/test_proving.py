"""What was handed in, sent or received and altered since is named, whatever digests were mended with it."""

from __future__ import annotations

import pytest

from database import Database
from integration.hub.exchange.test_write_path import answer, apply, receipt, sent
from integration.hub.journal import journal
from singlewindow.hub.exchange.proving import hold
from singlewindow.hub.journal.verify import Report, verify
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database


async def exchanged(database: Database) -> None:
    """A submission, its messages, and two receipts of customs."""
    about = await sent(database)
    said = [receipt(about, "L", Outcome.ACCEPTED, 1), receipt(about, "P", Outcome.RELEASED, 2)]
    await answer(database, said)
    await apply(database)
    await journal.signed(database, journal.Clock())


async def report(database: Database) -> Report:
    async with await database.connect("sw_engine") as connection:
        return await verify(connection, keys=journal.KEYS, holdings=[hold])


async def test_what_nobody_touched_is_as_the_journal_tells(database: Database) -> None:
    await exchanged(database)
    found = await report(database)
    assert found.sound, found.problems
    messages = database.execute("postgres", "select count(*) from sw.message")[0][0]
    assert found.held == 1 + messages + 2


COPIED = """insert into receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome, text,
facts, problems, at, received_at, viewers)
select submission_id, document_id, partner, 'X', stage, code, outcome, text, facts, problems, at, received_at,
viewers from receipt where receipt_id = 'P'"""
TAMPERING = [
    ("original", "update document_version set original = (select payload from message limit 1)", "changed"),
    ("original and digest", "update document_version set digest = sha256('')", "changed"),
    ("no zstd", "update document_version set original = ''", "changed"),
    ("original deleted", "delete from document_version", "missing"),
    (
        "original added",
        """insert into document_version select gen_random_uuid(), document_id, version, definition_version,
           format, digest, original, content, created_at, viewers, filled from document_version""",
        "untold",
    ),
    (
        "messages swapped",
        """update message m set (digest, payload) = (
             select digest, payload from message o where o.partner = 'border')
            where partner = 'customs'""",
        "changed",
    ),
    ("message deleted", "delete from message where partner = 'customs'", "missing"),
    ("letter", "update receipt set code = 'P' where receipt_id = 'L'", "changed"),
    ("outcome", "update receipt set outcome = 40 where receipt_id = 'L'", "changed"),
    ("no outcome", "update receipt set outcome = 41 where receipt_id = 'L'", "changed"),
    ("words", "update receipt set text = 'x' where receipt_id = 'L'", "changed"),
    ("number given", """update receipt set facts = '{"n": "x"}' where receipt_id = 'L'""", "changed"),
    ("moment", "update receipt set at = at + interval '1 us' where receipt_id = 'L'", "changed"),
    ("receipt deleted", "delete from receipt where receipt_id = 'L'", "missing"),
    ("all receipts deleted", "delete from receipt", "missing"),
    ("receipt added", COPIED, "untold"),
    ("number of another", "update receipt set receipt_id = 'Y' where receipt_id = 'L'", "missing"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "code"), [each[1:] for each in TAMPERING], ids=[each[0] for each in TAMPERING]
)
async def test_what_was_altered_is_named(database: Database, statement: str, code: str) -> None:
    await exchanged(database)
    journal.tamper(database, statement)
    found = await report(database)
    assert f"journal.row_{code}" in {problem.code for problem in found.problems}, found.problems
    for problem in found.problems:
        assert "journal" in problem.text.en
        assert problem.field.partition("[")[0] in ("original", "message", "receipt")


async def test_what_the_law_had_erased_is_no_alarm_and_hides_no_deletion(database: Database) -> None:
    await exchanged(database)
    said = "select position from journal_position join journal_entry on id = entry_id where verb = %s limit 1"
    ((position,),) = database.execute("sw_engine", said, "receipt.received")
    await journal.erased(database, [int(str(position))])
    assert (await report(database)).sound
    journal.tamper(database, "delete from receipt where receipt_id = 'L'")
    assert [one.code for one in (await report(database)).problems] == ["journal.row_missing"]


async def test_a_content_that_was_made_unreadable_is_told_by_its_leaf(database: Database) -> None:
    await exchanged(database)
    journal.tamper(database, "update journal_entry set content = '\\xff' where verb = 'receipt.received'")
    codes = [problem.code for problem in (await report(database)).problems]
    assert codes == ["journal.entry_changed"] * 2
