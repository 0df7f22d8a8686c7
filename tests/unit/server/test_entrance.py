"""Passwords are looked at a few at a time, forms end, and an address that guesses is turned away."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from singlewindow.hub.identity.pace import BUSY, FROM, TOO_OFTEN, TURNED_AWAY, Pace
from singlewindow.server import entrance
from singlewindow.server.bounded import UNREAD, Why
from singlewindow.server.entrance import Entrance

FORM = {"type": "http.request", "body": b"login=a&password=b", "more_body": False}


class Pages:
    """Stands for the pages: notes what it was given, answers when told to."""

    def __init__(self, status: int = 422) -> None:
        self.status = status
        self.origins: list[str] = []
        self.seen: list[tuple[Any, bytes]] = []
        self.inside = self.most_inside = 0
        self.go = asyncio.Event()
        self.go.set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        self.seen.append((scope.get(TURNED_AWAY), message["body"]))
        self.origins.append(scope.get(FROM, "not said"))
        if TURNED_AWAY not in scope:
            self.inside += 1
            self.most_inside = max(self.inside, self.most_inside)
            await self.go.wait()
            self.inside -= 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})


async def ask(
    door: Entrance,
    *messages: dict[str, Any],
    path: str = "/sign-in",
    client: str = "10.0.0.1",
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> int:
    given = iter(messages or (FORM,))
    sent: list[Any] = []

    async def receive() -> Any:
        message = next(given, None)
        if message is None:
            await asyncio.sleep(3600)
        return message

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"method": "POST", "path": path, "client": (client, 1), "headers": list(headers)}
    await door(scope, receive, send)
    return int(sent[0]["status"])


async def test_two_hashes_are_made_at_once_and_a_few_wait() -> None:
    pages = Pages()
    pages.go.clear()
    door = Entrance(pages, proxied=False, at_once=2, most_waiting=3)
    asked = [asyncio.ensure_future(ask(door, client=f"10.0.0.{n}")) for n in range(9)]
    await asyncio.sleep(0.01)
    assert pages.most_inside == 2
    assert [refused for refused, _ in pages.seen] == [None, None, BUSY, BUSY, BUSY, BUSY]
    pages.go.set()
    await asyncio.gather(*asked)
    assert pages.most_inside == 2
    assert len(pages.seen) == 9


async def test_an_address_that_guesses_is_turned_away_and_others_are_not() -> None:
    pages = Pages()
    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=3, every_s=60))
    for _ in range(5):
        await ask(door)
    await ask(door, client="10.0.0.2")
    assert [refused for refused, _ in pages.seen] == [None, None, None, TOO_OFTEN, TOO_OFTEN, None]


async def test_who_signs_in_is_no_guesser() -> None:
    pages = Pages(status=302)
    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=3, every_s=60))
    for _ in range(20):
        await ask(door)
    assert {refused for refused, _ in pages.seen} == {None}


async def test_being_led_elsewhere_by_another_form_forgives_no_guess() -> None:
    pages = Pages()
    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=3, every_s=600))
    for _ in range(6):
        pages.status = 422
        await ask(door)
        pages.status = 302
        await ask(door, path="/accounts/me/password")
    assert [said for said, _ in pages.seen[::2]] == [None, None, None, TOO_OFTEN, TOO_OFTEN, TOO_OFTEN]


async def test_behind_a_proxy_its_own_word_counts_and_no_other() -> None:
    pages = Pages()
    door = Entrance(pages, proxied=True, pace=Pace(in_a_row=1, every_s=60))
    for said in (b"198.51.100.1", b"203.0.113.9, 198.51.100.1", b"198.51.100.2"):
        await ask(door, headers=((b"x-forwarded-for", said),))
    await ask(door)  # a proxy that says nothing: nobody is taken for everybody
    await ask(door)
    assert [refused for refused, _ in pages.seen] == [None, TOO_OFTEN, None, None, None]
    assert pages.origins == ["198.51.100.1"] * 2 + ["198.51.100.2", "", ""]


async def test_without_a_proxy_nobody_says_where_they_are() -> None:
    pages = Pages()
    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=1, every_s=60))
    for n in range(2):
        await ask(door, headers=((b"x-forwarded-for", f"198.51.100.{n}".encode()),))
    assert [refused for refused, _ in pages.seen] == [None, TOO_OFTEN]
    await ask(door, client="2001:db8:0:1::7")
    assert pages.origins == ["10.0.0.1", "10.0.0.1", "2001:db8:0:1::/64"]


def part(body: bytes, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


async def test_the_form_is_passed_on_whole() -> None:
    pages = Pages()
    await ask(Entrance(pages, proxied=False), part(b"login=a&"), part(b"password=b", more=False))
    assert pages.seen == [(None, b"login=a&password=b")]


async def test_a_form_too_large_too_slow_or_broken_off_is_refused_by_the_pages_and_takes_nobodys_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(entrance, "BODY_SECONDS", 0.05)
    told: list[Any] = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        told.append((scope[UNREAD], (await receive())["body"]))
        await send({"type": "http.response.start", "status": 413, "headers": []})

    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=0), at_once=0)
    for sent in ([part(b"a" * 10_000)] * 2, [part(b"a")], [{"type": "http.disconnect"}]):
        await ask(door, *sent)
    assert told == [(Why.FORM_TOO_LARGE, b""), (Why.TOO_SLOW, b""), (Why.BROKEN, b"")]


async def test_everything_else_passes_as_it_comes() -> None:
    pages = Pages()
    door = Entrance(pages, proxied=False, pace=Pace(in_a_row=0))
    assert await ask(door, path="/declarations/import") == 422
    assert pages.seen == [(None, FORM["body"])]
