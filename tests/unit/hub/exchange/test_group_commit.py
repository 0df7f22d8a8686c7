"""Who waits for whom in a group commit; the data base is not asked here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from singlewindow.hub.exchange.group_commit import GroupCommit, Unsettled

GATHER_S, PAUSE_S = 0.4, 0.05


class Recorded(GroupCommit[str, str]):
    """Groups as they are committed, each taking a moment."""

    def __init__(self, most: int = 200) -> None:
        super().__init__("", _never, most, gather_s=GATHER_S, pause_s=PAUSE_S)
        self.groups: list[list[str]] = []

    async def _transaction(self, items: list[str]) -> list[str]:
        self.groups.append(items)
        await asyncio.sleep(0.001)
        return [item.upper() for item in items]


async def _never(cursor: Any, items: Any) -> list[str]:
    raise AssertionError("no transaction here")


@asynccontextmanager
async def running(committer: Recorded) -> AsyncIterator[Recorded]:
    task = asyncio.create_task(committer.run())
    try:
        yield committer
    finally:
        task.cancel()


async def took(work: Any) -> float:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await work
    return loop.time() - started


async def test_who_comes_alone_does_not_wait() -> None:
    async with running(Recorded()) as committer:
        assert await committer.add("a") == "A"
        assert await took(committer.add("b")) < PAUSE_S
        assert committer.groups == [["a"], ["b"]]


async def test_in_company_the_next_group_gathers_those_who_come_a_little_later() -> None:
    async def later(name: str, after: float) -> str:
        await asyncio.sleep(after)
        return await committer.add(name)

    async with running(Recorded()) as committer:
        await asyncio.gather(committer.add("a"), committer.add("b"))
        answers = await asyncio.gather(later("c", 0.001), later("d", 0.03), later("e", 0.07))
    assert answers == ["C", "D", "E"]
    assert committer.groups == [["a", "b"], ["c", "d", "e"]]


async def test_nobody_waits_for_senders_who_all_wait_themselves() -> None:
    async with running(Recorded()) as committer:
        for pair in ("ab", "cd", "ef"):
            assert await took(asyncio.gather(*map(committer.add, pair))) < GATHER_S
    assert committer.groups == [["a", "b"], ["c", "d"], ["e", "f"]]


async def test_while_more_come_the_group_waits_no_longer_than_the_bound() -> None:
    async def coming() -> None:
        added = []
        for n in range(200):
            added.append(asyncio.create_task(committer.add(str(n))))
            await asyncio.sleep(PAUSE_S / 10)
        await asyncio.gather(*added)

    async with running(Recorded()) as committer:
        await asyncio.gather(committer.add("a"), committer.add("b"))
        first = asyncio.create_task(committer.add("c"))
        others = asyncio.create_task(coming())
        assert GATHER_S / 2 < await took(first) < 2 * GATHER_S
        await others
    assert sum(map(len, committer.groups)) == 203


async def test_a_full_group_waits_for_nobody() -> None:
    async with running(Recorded(most=2)) as committer:
        assert await took(asyncio.gather(*(committer.add(name) for name in "abcdef"))) < GATHER_S
    assert [len(group) for group in committer.groups] == [2, 2, 2]


class Held(Recorded):
    """Refuses several at once as having a bad one among them, and never comes back from one."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way = asyncio.Event()

    async def _transaction(self, items: list[str]) -> list[str]:
        self.groups.append(items)
        if len(items) > 1:
            raise ValueError("a bad one")
        self.under_way.set()
        await asyncio.Event().wait()
        return items


@pytest.mark.parametrize("names", ["a", "ab"], ids=["at once", "each by itself"])
async def test_who_is_being_stored_when_it_ends_is_told_that_nobody_knows(names: str) -> None:
    committer = Held()
    task = asyncio.create_task(committer.run())
    waiting = [asyncio.create_task(committer.add(name)) for name in names]
    await committer.under_way.wait()
    task.cancel()
    told = await asyncio.gather(task, *waiting, return_exceptions=True)
    assert [type(one) for one in told] == [asyncio.CancelledError] + [Unsettled] * len(names)
