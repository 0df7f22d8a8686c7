"""The hall's figures of the day count what the viewer's firms declared on it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from database import Database
from singlewindow.hub.portal import today
from singlewindow.hub.portal.today import Today
from singlewindow.hub.process import overall

from .declared import BROKER, CUSTOMS, START, STRANGER, Story

pytestmark = pytest.mark.database
Reading = Callable[..., AbstractContextManager[None]]
MINUTE = timedelta(minutes=1)
NOTHING = Today(declared=0, returned=0, released=0, median=None, typed=0, made=0, more=False)
BACK = overall.shipped()["returned"].number


@pytest.fixture
def story(database: Database) -> Story:
    return Story(database)


def decided(story: Story, submission: UUID, at: datetime, *kinds: str) -> None:
    """Its dossier, and what its containers came to, the last at that instant."""
    for document in (submission, story.id_of(submission, "customs")):
        story.insert(
            "dossier_document",
            submission_id=submission, document_id=document, dossier=submission, kind="k", viewers=[BROKER],
        )  # fmt: skip
    for number, kind in enumerate(reversed(kinds)):
        story.insert(
            "disposition",
            dossier=submission, subject_kind="container", subject_key=f"{number}-{submission}", number="C",
            lot=False, version=1, kind=kind, agencies=[], missing=[], used=[],
            changed_at=at - number * MINUTE, viewers=[BROKER],
        )  # fmt: skip


def test_counts_times_and_boxes_are_those_of_what_was_declared_today(story: Story, reading: Reading) -> None:
    one, two, three, four = (story.declared(number) for number in (1, 2, 3, 4))
    story.declared(-24 * 60)  # yesterday
    decided(story, one, START + 11 * MINUTE, "released", "released")
    decided(story, two, START + 32 * MINUTE, "released")
    decided(story, four, START + 5 * MINUTE, "joint_inspection", "released")
    story.kept(three, BACK)
    with reading(BROKER):
        found = today.figures(START + timedelta(hours=3))
    assert found == Today(4, 1, 2, 10 * MINUTE, typed=36, made=36, more=False)
    assert found.took is not None
    assert found.took.en == "10 min"


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
        assert today.figures(START, most=3) == Today(3, 0, 0, None, typed=27, made=27, more=True)
        assert not today.figures(START, most=4).more


def test_what_nobody_typed_twice_is_what_was_made_beyond_what_was_typed() -> None:
    assert Today(1, 0, 0, None, typed=221, made=462, more=False).saved == 241
    assert Today(1, 0, 0, None, typed=221, made=90, more=False).saved == 0
