"""Submissions and what people ask for have their turns, however much of either waits."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import Any
from unittest import mock

import pytest

from singlewindow.hub.coordination import working

ROUNDS = 40


class Enough(Exception):
    """The worker would go on for ever."""


class Line:
    """A connection whose transactions do nothing."""

    @asynccontextmanager
    async def transaction(self) -> Any:
        yield

    @asynccontextmanager
    async def cursor(self) -> Any:
        yield mock.Mock()


def worked(submissions: int, requests: int) -> list[str]:
    """The turns of so many batches of submissions and of requests, ended after some rounds."""
    turns: list[str] = []
    left = {"follow": submissions, "tick": requests}

    def turn(name: str) -> Any:
        async def done(*_: Any) -> bool:
            turns.append(name)
            if len(turns) > ROUNDS:
                raise Enough
            left[name] = left.get(name, 0) - 1
            return left[name] >= 0

        return done

    async def begun() -> None:
        with mock.patch.multiple(working, _follow=turn("follow"), lately=turn("lately"), tick=turn("tick")):
            await working.once(Line(), mock.Mock())  # type: ignore[arg-type]

    with suppress(Enough):
        asyncio.run(begun())
    return turns


@pytest.mark.parametrize(("submissions", "requests"), [(ROUNDS, 0), (0, ROUNDS), (ROUNDS, ROUNDS)])
def test_neither_waits_for_all_of_the_other(submissions: int, requests: int) -> None:
    turns = worked(submissions, requests)
    assert len(turns) > ROUNDS
    for name in ("follow", "tick"):
        gaps = [len(gap.split()) for gap in " ".join(turns).split(name)]
        assert max(gaps) <= working.FOLLOWED_AT_ONCE + 1


def test_all_that_waits_is_done() -> None:
    for submissions, requests in ((0, 0), (1, 0), (0, 1), (9, 3)):
        turns = worked(submissions, requests)
        assert len(turns) <= ROUNDS
        assert (turns.count("follow") > submissions, turns.count("tick") > requests) == (True, True)
        assert turns[-1] == "tick"
