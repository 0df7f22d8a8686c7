"""Whatever refuses a request as such, whichever door it came to, is of one family of codes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

import plain_django  # noqa: F401 - before what needs it
from singlewindow.hub.documents import answers, api_drafts
from singlewindow.hub.exchange.doors import refusals as doors
from singlewindow.hub.exchange.storing import Conflict
from singlewindow.hub.identity import once
from singlewindow.hub.identity import refusals as pages
from singlewindow.kernel.messages import Problem
from singlewindow.server import api, unread


def told() -> Iterator[Problem]:
    """Every problem that these rooms keep ready, and those that they make of what was sent."""
    for room in (doors, once, pages):
        for value in vars(room).values():
            if isinstance(value, doors.Refusal):
                yield value.problem
            elif isinstance(value, Problem):
                yield value
    yield from (api_drafts.BUSY, answers.BUSY, api_drafts.UNSETTLED, answers.UNSETTLED, *api.FAULTS.values())
    yield from (problem for _, problem in unread.REASONS.values())
    yield doors.wrong_charset("gbk").problem
    yield doors.conflict(Conflict("one", UUID(int=0))).problem


def test_they_are_told_by_codes_of_the_request() -> None:
    codes = {problem.code for problem in told()}
    assert len(codes) > 15
    assert [code for code in sorted(codes) if not code.startswith("request.")] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (doors.NO_TOKEN.problem, pages.NOT_SIGNED_IN),
        (doors.METHOD.problem, pages.METHOD),
        (doors.FAULT.problem, api.FAULTS[500]),
        (doors.conflict(Conflict("one", UUID(int=0))).problem, once.CONFLICT),
        (doors.BUSY.problem, api_drafts.BUSY),
        (doors.UNSETTLED.problem, api_drafts.UNSETTLED),
        (doors.UNSETTLED.problem, answers.UNSETTLED),
        (doors.TOO_LARGE.problem, unread.REASONS[unread.Why.TOO_LARGE][1]),
    ],
)
def test_the_same_refusal_has_one_code_at_every_door(one: Problem, other: Problem) -> None:
    assert one.code == other.code


def test_what_is_not_available_says_after_how_long_to_ask_again() -> None:
    assert int(pages.answer(503, pages.UNAVAILABLE)["Retry-After"]) > 0
    assert "Retry-After" not in pages.answer(404, pages.NOT_FOUND)
    assert dict(doors.BUSY.headers)[b"retry-after"].decode() == pages.AGAIN_S
