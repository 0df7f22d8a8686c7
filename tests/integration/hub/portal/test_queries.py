"""What the pages read is what row-level security lets somebody read, in the order people expect."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from database import Database
from singlewindow.hub.portal import consignment, listing, queries
from singlewindow.kernel.ids import uuid7
from singlewindow.kernel.messages import Outcome

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
START = datetime(2025, 11, 18, 1, 52, 50, tzinfo=UTC)
BILL, CONTAINER = "CQX2511070386", "CQXU2045171"
DIGEST = bytes(32)
BROKER, CUSTOMS, STRANGER = 7, 8, 9
PHASES = {Outcome.ACCEPTED: "accepted", Outcome.RELEASED: "released", Outcome.RETURNED: "returned"}


class Story:
    """Writes declarations and what became of them, as the doors and the worker would."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def insert(self, table: str, **values: Any) -> None:
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        self.database.execute(
            "postgres", f"insert into sw.{table} ({names}) values ({marks})", *values.values()
        )

    def declared(self, number: int, *, sent: bool = True) -> UUID:
        at = START + timedelta(minutes=number)
        submission, viewers = uuid7(at), [BROKER]
        common = {"submission_id": submission, "viewers": viewers}
        self.insert(
            "submission",
            id=submission,
            party=BROKER,
            actor_kind="token",
            actor_id="1",
            actor_name="乙",
            door="http",
            format="json",
            message_id=f"M{number}",
            digest=DIGEST,
            received_at=at,
            viewers=viewers,
        )
        self.document(submission, at, None, viewers, f"{BILL}-{number}")
        if sent:
            self.document(submission, at, "customs", [BROKER, CUSTOMS], f"{BILL}-{number}")
        self.insert("document_key", kind="bill", value=f"{BILL}-{number}", document_id=submission, **common)
        self.insert("document_key", kind="container", value=CONTAINER, document_id=submission, **common)
        return submission

    def document(
        self, submission: UUID, at: datetime, partner: str | None, viewers: list[int], title: str
    ) -> None:
        self.insert(
            "document",
            submission_id=submission,
            id=self.id_of(submission, partner),
            kind=partner or "goods_declaration",
            definition_version="1",
            version=1,
            partner=partner,
            party=BROKER,
            reference="R",
            title=title,
            boxes=9,
            changed_at=at,
            created_at=at,
            viewers=viewers,
        )

    def id_of(self, submission: UUID, partner: str | None) -> UUID:
        return UUID(int=submission.int + (1 if partner else 0))

    def answered(
        self, submission: UUID, outcome: Outcome, after: float, code: str = "", text: str = ""
    ) -> None:
        at = START + timedelta(hours=1, seconds=after)
        self.insert(
            "receipt",
            submission_id=submission,
            document_id=self.id_of(submission, "customs"),
            partner="customs",
            receipt_id=str(after),
            stage="business",
            code=code,
            outcome=int(outcome),
            text=text,
            facts=json.dumps({"entry_number": "8010"}),
            problems="[]",
            at=at.replace(microsecond=0),
            received_at=at,
            viewers=[BROKER, CUSTOMS],
        )

        self.stands(submission, PHASES[outcome], code)

    def stands(self, submission: UUID, phase: str, code: str) -> None:
        """What the worker keeps of it in the same transaction."""
        self.database.execute(
            "postgres",
            "update sw.document set stood = 1, phase = %s, letter = %s where submission_id = %s and id = %s",
            phase, code, submission, self.id_of(submission, "customs"),
        )  # fmt: skip

    def waiting(self, submission: UUID, attempts: int, state: int = 0) -> None:
        message = UUID(int=submission.int + 2)
        self.insert(
            "message",
            submission_id=submission,
            id=message,
            document_id=self.id_of(submission, "customs"),
            version=1,
            partner="customs",
            kind="customs",
            definition_version="1",
            message_id=str(message),
            reference="R",
            digest=DIGEST,
            payload=b"",
            created_at=START,
            viewers=[BROKER],
        )
        self.insert(
            "outbox",
            submission_id=submission,
            message=message,
            partner="customs",
            order_key="k",
            state=state,
            ready_at=START,
            attempts=attempts,
            problem="502",
            viewers=[BROKER],
        )


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_the_list_is_newest_first_with_every_agencys_newest_answer(story: Story, reading: Reading) -> None:
    first, second = story.declared(1), story.declared(2)
    story.answered(first, Outcome.ACCEPTED, 0.1, "L")
    story.answered(first, Outcome.RELEASED, 0.9, "P")
    story.waiting(second, attempts=3)
    with reading(BROKER):
        found = listing.listing(queries.recent(), "all")
    assert [line.id for line in found.lines] == [second, first]
    assert [line.state.id for line in found.lines] == ["retrying", "released"]
    assert found.lines[1].agencies[0][1].code == "P"


def test_a_cursor_continues_where_the_page_ended(story: Story, reading: Reading) -> None:
    ids = [story.declared(number) for number in range(5)]
    with reading(BROKER):
        page = queries.recent(window=2)
        last = queries.Cursor(page[-1]["created_at"], page[-1]["submission_id"])
        rest = queries.recent(last)
    assert [row["submission_id"] for row in page + rest] == ids[::-1]


def test_a_consignment_shows_receipts_in_order_and_the_agencys_own_words(
    story: Story, reading: Reading
) -> None:
    submission = story.declared(1)
    story.answered(submission, Outcome.RETURNED, 0.5, "Z", "件数不符")
    story.answered(submission, Outcome.RELEASED, 62.5, "P")
    with reading(BROKER):
        kept = queries.consignment(submission)
    assert kept
    view = consignment.view(kept)
    assert [answer.code for answer in view.sent[0].answers] == ["P", "Z"]
    assert (view.sent[0].stand.state.id, view.sent[0].stand.code) == ("released", "P")
    assert view.sent[0].answers[1].text == "件数不符"
    assert [column.kind for column in view.columns] == ["run", "back", "ok"]
    assert view.title.zh == f"提运单 {BILL}-1"
    assert view.state.id == "released"
    assert view.evidence["entries"] == 0


def test_a_list_and_a_page_say_the_same_of_a_document(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    story.answered(submission, Outcome.RELEASED, 1, "P")
    story.answered(submission, Outcome.ACCEPTED, 9, "L")
    # A late receipt of an earlier step is the newest and changes nothing.
    story.stands(submission, "released", "P")
    with reading(BROKER):
        listed = listing.listing(queries.recent(), "all").lines[0].agencies[0][1]
        kept = queries.consignment(submission)
    assert kept
    assert consignment.view(kept).sent[0].stand == listed
    assert listed.code == "P"


def test_a_partners_people_list_what_it_was_sent_and_nothing_older_than_the_horizon(
    story: Story, reading: Reading
) -> None:
    sent, _ = story.declared(1), story.declared(2, sent=False)
    of = queries.Received("customs", START)
    with reading(CUSTOMS):
        assert [row["submission_id"] for row in queries.recent(of=of)] == [sent]
        assert queries.recent(of=queries.Received("customs", START + timedelta(hours=2))) == []
        assert queries.recent(of=queries.Received("border", START)) == []
        cursor = queries.Cursor(START, sent)
        assert queries.recent(cursor, of=of) == []
    with reading(STRANGER):
        assert queries.recent(of=of) == []


def test_a_dead_letter_is_said(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    story.waiting(submission, attempts=12, state=1)
    with reading(BROKER):
        kept = queries.consignment(submission)
    assert kept
    assert consignment.view(kept).state.id == "undelivered"


def test_a_stranger_and_a_wrong_number_see_the_same_nothing(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    with reading(STRANGER):
        assert queries.recent() == []
        assert queries.consignment(submission) is None
        assert queries.consignment(UUID(int=1)) is None
        assert queries.find(CONTAINER) == []


def test_an_agency_sees_its_own_document_and_not_the_source(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    with reading(CUSTOMS):
        kept = queries.consignment(submission)
    assert kept
    view = consignment.view(kept)
    assert view.source is None
    assert view.submission is None
    assert [document.partner.id for document in view.sent] == ["customs"]


@pytest.mark.parametrize("written", [CONTAINER, CONTAINER.lower(), " CQXU 204517 1 "])
def test_a_number_is_found_however_it_is_spaced(story: Story, reading: Reading, written: str) -> None:
    first, second = story.declared(1), story.declared(2)
    with reading(BROKER):
        assert queries.find(written) == [second, first]


@pytest.mark.parametrize("written", ["", "  ", "\x00", "x" * 5000, "%", "' or 1=1 --"])
def test_what_is_no_number_finds_nothing(story: Story, reading: Reading, written: str) -> None:
    story.declared(1)
    with reading(BROKER):
        assert queries.find(written) == []


def test_what_is_public_is_read_by_nobody_in_particular(story: Story, reading: Reading) -> None:
    story.insert("lane", partner="customs", breaker="open", failures=5, changed_at=START)
    story.insert(
        "subscription",
        receiver="customs",
        source_kind="goods_declaration",
        document_kind="d",
        purpose="p",
        legal_basis="l",
        legal_basis_en="l",
        valid_from=date(2020, 1, 1),
        valid_to=date(2030, 1, 1),
    )
    with reading():
        assert [lane["breaker"] for lane in queries.lanes()] == ["open"]
        assert ("customs", "d") in [
            (row["receiver"], row["document_kind"]) for row in queries.services(date(2026, 1, 1))
        ]
        assert ("customs", "d") not in [
            (r["receiver"], r["document_kind"]) for r in queries.services(date(2031, 1, 1))
        ]
