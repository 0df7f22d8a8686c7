"""The proof that no answer is lost holds of what there is, and fails where one of any partner is gone."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import database as databases
from chaos.proofs import EVERYBODY, answers_were_applied_once
from integration.hub.exchange.test_write_path import stored
from platform_under_test import context, sample
from running import Platform
from singlewindow.hub.exchange.submission import Issued, prepare
from singlewindow.rehearsal.ledger import Ledger, Owed, Taken

pytestmark = pytest.mark.database
INSERT = """insert into sw.receipt (submission_id, document_id, partner, receipt_id, stage, code, outcome,
                                    text, facts, problems, at, received_at, viewers)"""
ANSWERED = f"""{INSERT}
  select submission_id, document_id, partner, message_id || stage, stage, '', 0,
         '', '{{}}', '[]', now(), now(), '{{}}'
    from sw.message, unnest(array['technical', 'business']) as said (stage)"""
LOST = "delete from sw.receipt where partner = %s and stage = %s"
TWICE = f"""{INSERT}
  select submission_id, document_id, partner, receipt_id, stage, code, outcome,
         text, facts, problems, at, received_at, viewers
    from sw.receipt where partner = %s and stage = %s"""


class Remains(Platform):
    """What a platform and its counterparts left behind: tables and ledgers, no process."""

    def __init__(self, database: databases.Database, data: Path) -> None:
        self.data, self.configuration = data, database.configuration
        self.database = database


@pytest.fixture
def remains(database: databases.Database, tmp_path: Path) -> Remains:
    """One declaration that every partner took and decided on."""
    prepared = prepare(sample(), context())
    asyncio.run(stored(database, prepared))
    database.execute("postgres", ANSWERED)
    for issued in prepared.issued:
        take(tmp_path / "counterparts" / issued.partner / "ledger.db", issued)
    return Remains(database, tmp_path)


def take(ledger: Path, issued: Issued) -> None:
    """As a counterpart takes a message: it owes one answer more than the technical one, and gives both."""
    taken = Ledger(ledger)
    taken.take([Taken(issued.message_id, issued.reference, b"technical", (Owed(0, b"business"),))])
    taken.settle(taken.ready()[-1].position)
    taken.close()


def test_it_holds_where_every_answer_was_applied(remains: Remains) -> None:
    answers_were_applied_once(remains)


@pytest.mark.parametrize("stage", ["technical", "business"])
@pytest.mark.parametrize("how", [LOST, TWICE])
@pytest.mark.parametrize("partner", EVERYBODY)
def test_one_answer_lost_or_doubled_fails_it(remains: Remains, partner: str, how: str, stage: str) -> None:
    remains.database.execute("postgres", how, partner, stage)
    with pytest.raises(AssertionError):
        answers_were_applied_once(remains)


def test_a_partner_that_never_decides_fails_it_whatever_its_ledger_says(remains: Remains) -> None:
    remains.database.execute("postgres", LOST, "border", "business")
    with closing(sqlite3.connect(remains.state_of("border") / "ledger.db")) as ledger, ledger:
        ledger.execute("update received set answers = 1")
    with pytest.raises(AssertionError, match="border"):
        answers_were_applied_once(remains)
