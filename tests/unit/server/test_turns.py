"""A few requests are answered at once, callers take turns, and who asks too much is told so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from singlewindow.hub.exchange.doors.room import NoRoom, ShareTaken
from singlewindow.server.bounded import CALLER, UNREAD, Why
from singlewindow.server.turns import Places, Turns


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_caller_never_holds_every_place() -> None:
    places = Places(places=4, of_one=2)
    for _ in range(2):
        await places.take("busy")
    waits = asyncio.ensure_future(places.take("busy"))
    await settled()
    assert (waits.done(), places.free) == (False, 2)
    await places.take("other")
    places.give_back("busy")
    await waits
    assert (places.free, places.waiting) == (1, 0)


async def test_callers_take_turns_however_much_each_asks() -> None:
    places, order = Places(places=1, of_one=1), list[str]()

    async def ask(caller: str) -> None:
        await places.take(caller)
        order.append(caller)
        await asyncio.sleep(0)
        places.give_back(caller)

    await places.take("first")
    asked = [asyncio.ensure_future(ask(caller)) for caller in ("busy", "busy", "busy", "yi", "jia", "yi")]
    await settled()
    places.give_back("first")
    await asyncio.gather(*asked)
    assert order == ["busy", "yi", "jia", "busy", "yi", "busy"]
    assert (places.free, places.waiting) == (1, 0)


async def test_a_callers_own_waiting_requests_are_bounded() -> None:
    places = Places(places=1, waiting_of_one=2)
    await places.take("busy")
    waiting = [asyncio.ensure_future(places.take("busy")) for _ in range(2)]
    await settled()
    with pytest.raises(ShareTaken):
        await places.take("busy")
    other = asyncio.ensure_future(places.take("other"))
    await settled()
    assert places.waiting == 3
    for one in (*waiting, other):
        one.cancel()
    await settled()
    assert places.waiting == 0


async def test_all_that_wait_are_bounded_and_nobody_in_particular_is_told_off() -> None:
    places = Places(places=1, waiting=1)
    await places.take("a")
    waits = asyncio.ensure_future(places.take("b"))
    await settled()
    with pytest.raises(NoRoom) as full:
        await places.take("c")
    assert not isinstance(full.value, ShareTaken)
    places.give_back("a")
    await waits


async def test_who_waits_too_long_is_let_go_and_leaves_no_trace() -> None:
    places = Places(places=1, wait_s=0.01)
    await places.take("a")
    with pytest.raises(NoRoom):
        await places.take("b")
    assert places.waiting == 0
    places.give_back("a")
    await places.take("b")
    assert places.free == 0


async def test_a_place_that_comes_as_its_request_is_given_up_is_the_next_ones() -> None:
    places = Places(places=1)
    await places.take("a")
    given_up = asyncio.ensure_future(places.take("b"))
    patient = asyncio.ensure_future(places.take("c"))
    await settled()
    places.give_back("a")
    given_up.cancel()
    await patient
    places.give_back("c")
    assert (places.free, places.waiting) == (1, 0)
    assert given_up.cancelled()


async def test_a_request_given_up_in_the_moment_before_is_passed_over() -> None:
    places = Places(places=1)
    await places.take("a")
    asked = [asyncio.ensure_future(places.take(caller)) for caller in ("b", "b", "c")]
    await settled()
    asked[0].cancel()
    places.give_back("a")
    await asked[1]
    places.give_back("b")
    await asked[2]
    places.give_back("c")
    assert (asked[0].cancelled(), places.free, places.waiting) == (True, 1, 0)


class Pages:
    """Stands for the pages: reads the whole request and answers when told to."""

    def __init__(self) -> None:
        self.go = asyncio.Event()
        self.inside: list[str] = []
        self.told: list[tuple[str, Why | None]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass
        self.told.append((scope[CALLER], scope.get(UNREAD)))
        if UNREAD not in scope:
            self.inside.append(scope[CALLER])
            await self.go.wait()
            if scope[CALLER] == "fails":
                raise ValueError("a fault of the pages")


def asked(turns: Turns, caller: str, *parts: dict[str, Any], why: Why | None = None) -> asyncio.Future[None]:
    given = iter(parts or ({"type": "http.request", "body": b"", "more_body": False},))
    scope = {CALLER: caller} | ({UNREAD: why} if why else {})

    async def receive() -> Any:
        message = next(given, None)
        if message is None:
            await asyncio.Event().wait()
        return message

    return asyncio.ensure_future(turns(scope, receive, None))  # type: ignore[arg-type]


async def test_who_has_too_many_waiting_is_refused_by_the_pages_and_others_are_not() -> None:
    pages = Pages()
    turns = Turns(pages, Places(places=2, of_one=1, waiting_of_one=1))
    asks = [asked(turns, caller) for caller in ("busy", "busy", "busy", "other")]
    await settled()
    assert pages.inside == ["busy", "other"]
    assert [each for each in pages.told if each[1]] == [("busy", Why.SHARE_TAKEN)]
    pages.go.set()
    await asyncio.gather(*asks)
    assert pages.inside == ["busy", "other", "busy"]
    assert turns.places.free == 2


async def test_a_slow_sender_holds_no_place_and_a_fault_gives_it_back() -> None:
    pages = Pages()
    pages.go.set()
    turns = Turns(pages, Places(places=1))
    slow = asked(turns, "slow", {"type": "http.request", "body": b"a", "more_body": True})
    fails = asked(turns, "fails")
    with pytest.raises(ValueError, match="a fault of the pages"):
        await fails
    await asked(turns, "other")
    assert pages.inside == ["fails", "other"]
    slow.cancel()
    await settled()
    assert turns.places.free == 1


async def test_what_was_refused_before_takes_no_place() -> None:
    pages = Pages()
    turns = Turns(pages, Places(places=0, wait_s=0.01))
    await asked(turns, "a", why=Why.TOO_LARGE)
    await asked(turns, "b")
    assert pages.told == [("a", Why.TOO_LARGE), ("b", Why.NO_ROOM)]
