"""What the pages read is what row-level security lets somebody read, in the order people expect."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from database import Database
from integration.hub.exchange.test_write_path import stored
from platform_under_test import context, sample
from singlewindow.hub.exchange.submission import prepare
from singlewindow.hub.portal import consignment, listing, queries, walking
from singlewindow.hub.portal.listing import Line
from singlewindow.hub.portal.walking import Asked, Place
from singlewindow.kernel.messages import Document, Outcome
from singlewindow.server.composition import registry

from .declared import BILL, BROKER, CONTAINER, CUSTOMS, START, STRANGER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
SENT = queries.Received("customs", START)


def listed(asked: Asked | None = None) -> tuple[Line, ...]:
    """A page of a list as it is shown."""
    asked = asked or Asked()
    return listing.lines(queries.chosen(walking.walk(asked).ids, asked.of), START)


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def test_the_list_is_newest_first_with_every_agencys_newest_answer(story: Story, reading: Reading) -> None:
    first, second = story.declared(1), story.declared(2)
    story.answered(first, Outcome.ACCEPTED, 0.1, "L")
    story.answered(first, Outcome.RELEASED, 0.9, "P")
    story.waiting(second, attempts=3)
    with reading(BROKER):
        lines = listed()
    assert [line.id for line in lines] == [second, first]
    assert [line.state.id for line in lines] == ["retrying", "released"]
    assert lines[1].agencies[0][1].code == "P"


def test_what_was_answered_is_told_newest_first_to_who_may_see_it(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    story.answered(submission, Outcome.ACCEPTED, 5, "L")
    story.answered(submission, Outcome.RELEASED, 62.5, "P")
    newer = "update sw.receipt set facts = jsonb_build_object('unified_number', 'I2026') where code = 'P'"
    story.database.execute("postgres", newer)
    with reading(BROKER):
        assert queries.answered(submission) == [{"unified_number": "I2026"}, {"entry_number": "8010"}]
    with reading(STRANGER):
        assert queries.answered(submission) == []


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
        stand = listed()[0].agencies[0][1]
        kept = queries.consignment(submission)
    assert kept
    assert consignment.view(kept).sent[0].stand == stand
    assert stand.code == "P"


def test_a_partners_people_list_what_it_was_sent_and_nothing_older_than_the_horizon(
    story: Story, reading: Reading
) -> None:
    sent, _ = story.declared(1), story.declared(2, sent=False)
    with reading(CUSTOMS):
        assert [line.id for line in listed(Asked(of=SENT))] == [sent]
        assert listed(Asked(of=queries.Received("customs", START + timedelta(hours=2)))) == ()
        assert listed(Asked(of=queries.Received("border", START))) == ()
        assert listed(Asked(of=SENT, place=Place(START, sent))) == ()
    with reading(STRANGER):
        assert listed(Asked(of=SENT)) == ()


def leaves(values: Mapping[str, Any]) -> int:
    """The values of a document, those in lines of lists too: counted here, as no code of ours does."""
    return sum(sum(map(leaves, one)) if isinstance(one, list) else 1 for one in values.values())


def test_boxes_filled_and_entries_typed_are_those_of_the_documents(
    database: Database, reading: Reading
) -> None:
    prepared = prepare(sample(), context())
    asyncio.run(stored(database, prepared))
    with reading(BROKER):
        kept = queries.consignment(prepared.submission_id)
    assert kept
    view = consignment.view(kept)
    typed, entered = json.loads(sample())["values"], prepared.checked.document
    whole = Document(entered.kind, entered.version, entered.values | prepared.filled)
    boxes = {one.partner: leaves(made(one.partner, whole)) for one in prepared.issued}
    assert len(boxes) == 5
    assert {one.partner.id: one.boxes for one in view.sent} == boxes
    assert view.source
    assert (view.source["boxes"], view.made) == (leaves(typed), sum(boxes.values()))
    assert view.boxes_an_entry == sum(boxes.values()) / leaves(typed) > 2


def made(partner: str, source: Document) -> Mapping[str, Any]:
    """What a partner's own document says."""
    return registry().principal[partner].project(source).values


def test_who_reads_no_entries_is_told_no_ratio(story: Story, reading: Reading) -> None:
    submission = story.declared(1)
    with reading(CUSTOMS):
        kept = queries.consignment(submission)
    assert kept
    assert consignment.view(kept).boxes_an_entry == 0


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
        assert listed() == ()
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
