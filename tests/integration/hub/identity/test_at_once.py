"""What a page sends twice at once is done once: of two transactions the second sees what the first did."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from singlewindow.hub.identity import mandates, tokens
from singlewindow.hub.identity.declined import Declined

from .conftest import World
from .test_accounts import AT, TODAY, actor

pytestmark = pytest.mark.database


def at_once(world: World, party: int, work: Callable[[Any], object]) -> tuple[object, object]:
    """What becomes of the same work in two transactions, of which the second begins before the first ends."""
    answers: list[object] = []

    def second() -> None:
        with world.serving(party) as cursor:
            answers.append(outcome(cursor))

    def outcome(cursor: Any) -> object:
        try:
            return work(cursor)
        except Declined as refused:
            return [problem.code for problem in refused.problems]

    with world.serving(party) as cursor:
        first = outcome(cursor)
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()  # it waits for the first, and then sees what it did
    waiting.join(10)
    return first, answers[0]


def test_a_page_sent_twice_at_once_makes_one_token(world: World) -> None:
    def issue(cursor: Any) -> bool:
        given = {"name": "erp", "scopes": ["declarations.read"], "valid_to": None}
        made = tokens.issue(actor(world), cursor, **given, at=AT, token=tokens.new_token())
        return made is not None

    assert at_once(world, world.yi, issue) == (True, False)
    assert world.database.execute("sw_engine", "select name from api_token") == [("erp",)]


def test_of_two_offers_at_once_that_overlap_one_stands(world: World) -> None:
    days = {"valid_from": TODAY, "valid_to": TODAY + timedelta(days=30)}
    given = {"agent": "91500105MADEM0Y2X3", "scope": "goods_declaration", **days}

    def offer(cursor: Any) -> None:
        mandates.offer(actor(world, world.jia), cursor, **given, today=TODAY, at=AT)

    assert at_once(world, world.jia, offer) == (None, ["accounts.mandate_overlaps"])
    assert world.database.execute("sw_engine", "select count(*) from mandate") == [(1,)]
