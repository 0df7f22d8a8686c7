"""What is announced fits into a notification, and misses nobody."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from singlewindow.hub.journal.announcement import MOST_BYTES, announcement


def test_viewers_of_one_submission_are_merged() -> None:
    one, two = UUID(int=1), UUID(int=2)
    said = json.loads(announcement(41, [(one, [7, 1]), (two, [2]), (one, [9, 1])]))
    assert said == {"position": 41, "submissions": [[str(one), [1, 7, 9]], [str(two), [2]]]}


@pytest.mark.parametrize(("count", "viewers"), [(201, 1), (180, 4), (1, 2000), (5000, 1)])
def test_more_than_fits_becomes_many(count: int, viewers: int) -> None:
    touched = ((UUID(int=n), range(viewers)) for n in range(count))
    assert json.loads(announcement(9, touched)) == {"position": 9, "many": True}


def test_the_most_that_fits_is_said() -> None:
    said = announcement(10**12, [(UUID(int=n), [1, 17, 230]) for n in range(145)])
    assert len(said.encode()) <= MOST_BYTES
    assert len(json.loads(said)["submissions"]) == 145


def test_an_unknown_list_is_many() -> None:
    assert json.loads(announcement(3, None)) == {"position": 3, "many": True}
