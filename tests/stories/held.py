"""Answers that are held back and given in the order that a story wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .test_declaration import until

# Whatever the page did with an answer that has arrived is done before this is.
ROUND_TRIP = "fetch('/static/ui/mark.svg').then((answer) => answer.text())"


class Held:
    """Requests that wait for an answer until they are told to go on, in whichever order."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.waiting: list[Any] = []
        self.open = False

    def hold(self, route: Any) -> None:
        if self.open:
            route.continue_()
        else:
            self.waiting.append(route)

    def ask(self, number: int) -> None:
        """Wait until so many have been asked for in all."""
        until(self.page, lambda: len(self.waiting) >= number)

    def answer(self, number: int) -> None:
        """The request of that number, counted from 1, is answered, and the page has dealt with it."""
        route = self.waiting[number - 1]
        with self.page.expect_event("requestfinished", lambda done: done == route.request):
            route.continue_()
        self.page.evaluate(ROUND_TRIP)

    def fulfil(self, number: int, answer: Any, **other: Any) -> None:
        """The same with an answer that was fetched before, or with another body."""
        route = self.waiting[number - 1]
        with self.page.expect_event("requestfinished", lambda done: done == route.request):
            route.fulfill(response=answer, **other)
        self.page.evaluate(ROUND_TRIP)

    def let_go(self) -> None:
        """All that waits goes on, and so does what is asked from now on."""
        self.open = True
        for route in self.waiting:
            route.continue_()


@contextmanager
def holding(page: Any, address: Any) -> Iterator[Held]:
    held = Held(page)
    page.route(address, held.hold)
    yield held
    page.unroute(address)
