"""The hall's figures of the day count what the viewer's firms declared on it and had released on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec import structs

from database import Database
from singlewindow.hub.portal import today
from singlewindow.hub.portal.today import Today
from singlewindow.hub.process import overall

from .declared import BROKER, CUSTOMS, START, STRANGER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
MINUTE = timedelta(minutes=1)
DAY = 24 * 60  # minutes
NOTHING = Today(
    declared=0, returned=0, released=0, earlier=0, median=None, typed=0, made=0, more=False, further=False
)
BACK = overall.shipped()["returned"].number


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def decided(story: Story, submission: UUID, at: datetime, *kinds: str) -> None:
    """Its dossier, and what its containers came to, the last at that instant."""
    for document in (submission, story.id_of(submission, "customs")):
        story.insert(
            "dossier_document",
            submission_id=submission, document_id=document, dossier=submission, kind="k", party=BROKER,
            viewers=[BROKER],
        )  # fmt: skip
    for number, kind in enumerate(reversed(kinds)):
        story.insert(
            "disposition",
            dossier=submission, subject_kind="container", subject_key=f"{number}-{submission}", number="C",
            lot=False, version=1, kind=kind, agencies=[], missing=[], used=[],
            changed_at=at - number * MINUTE, viewers=[BROKER],
        )  # fmt: skip


def told(story: Story, submission: UUID, at: datetime, position: int, kind: str = "release") -> None:
    """The broker's message box tells of a release of this dossier, or of something else."""
    words = dict.fromkeys(("topic", "title_zh", "title_en", "detail_zh", "detail_en"), "w")
    story.insert(
        "notice",
        party=BROKER, position=position, at=at, role="declarant", kind="ok", subject_kind=kind,
        subject_id=submission, submission_id=submission, viewers=[BROKER], **words,
    )  # fmt: skip


def test_counts_times_and_boxes_are_those_of_what_was_declared_today(story: Story, reading: Reading) -> None:
    one, two, three, four = (story.declared(number) for number in (1, 2, 3, 4))
    story.declared(-DAY)  # yesterday
    decided(story, one, START + 11 * MINUTE, "released", "released")
    decided(story, two, START + 32 * MINUTE, "released")
    decided(story, four, START + 5 * MINUTE, "joint_inspection", "released")
    story.kept(three, BACK)
    with reading(BROKER):
        found = today.figures(START + timedelta(hours=3))
    assert found == structs.replace(
        NOTHING, declared=4, returned=1, released=2, median=10 * MINUTE, typed=36, made=36
    )
    assert found.took is not None
    assert found.took.en == "10 min"


def test_released_is_what_was_released_today_whenever_it_was_declared(story: Story, reading: Reading) -> None:
    late, settled, partly, mended = (story.declared(-2 * DAY + number) for number in range(4))
    fresh, tomorrow = story.declared(1), story.declared(2)
    decided(story, late, START + 30 * MINUTE, "released", "released")
    decided(story, settled, START - DAY * MINUTE, "released")
    decided(story, partly, START + 5 * MINUTE, "held", "released")
    decided(story, mended, START + 6 * MINUTE, "released")
    decided(story, fresh, START + 11 * MINUTE, "released")
    decided(story, tomorrow, START + DAY * MINUTE, "released")
    story.database.execute(
        "postgres", "update sw.dossier_document set superseded = true where dossier = %s", mended
    )
    told(story, settled, START - DAY * MINUTE, 0)
    for number, submission in enumerate((fresh, late, partly, mended)):
        told(story, submission, START + 31 * MINUTE, 1 + number)
    told(story, tomorrow, START + DAY * MINUTE, 9)
    with reading(BROKER):
        found = today.figures(START + timedelta(hours=3))
        assert (found.declared, found.released, found.earlier) == (2, 2, 1)
        assert found.median == 10 * MINUTE, "the fresh one's; the other took two days"
        for days in (-1, 1):
            other = today.figures(START + days * DAY * MINUTE)
            assert (other.declared, other.released, other.earlier) == (0, 1, 1)
    with reading(STRANGER):
        assert today.figures(START) == NOTHING


def test_where_releases_are_looked_for_among_too_few_notices_it_says_at_least(
    story: Story, reading: Reading
) -> None:
    for number in range(3):
        submission = story.declared(-DAY + number)
        decided(story, submission, START + 5 * MINUTE, "released")
        told(story, submission, START + 5 * MINUTE, number)
    told(story, submission, START + 6 * MINUTE, 9, kind="inspection")
    with reading(BROKER):
        cut = today.figures(START, told=3)
        assert (cut.released, cut.further) == (2, True)
        whole = today.figures(START, told=5)
        assert (whole.released, whole.earlier, whole.further) == (3, 3, False)


def test_nobody_counts_what_others_declared(story: Story, reading: Reading) -> None:
    decided(story, story.declared(1), START + 5 * MINUTE, "released")
    with reading(STRANGER):
        assert today.figures(START) == NOTHING
    with reading(CUSTOMS):
        assert today.figures(START) == NOTHING, "an office declares nothing"


def test_the_newest_are_counted_up_to_the_bound_and_it_says_so(story: Story, reading: Reading) -> None:
    for number in range(4):
        story.declared(number)
    with reading(BROKER):
        found = today.figures(START, most=3)
        assert found == structs.replace(NOTHING, declared=3, typed=27, made=27, more=True)
        assert not today.figures(START, most=4).more


def test_what_nobody_typed_twice_is_what_was_made_beyond_what_was_typed() -> None:
    assert structs.replace(NOTHING, typed=221, made=462).saved == 241
    assert structs.replace(NOTHING, typed=221, made=90).saved == 0
