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

    def hold(self, route: Any) -> None:
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


@contextmanager
def holding(page: Any, address: Any) -> Iterator[Held]:
    held = Held(page)
    page.route(address, held.hold)
    yield held
    page.unroute(address)
