"""Requests of the pages and the API are answered a few at a time, and who asks much waits for itself."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict, deque
from typing import Any

from singlewindow.hub.exchange.doors.body import Message, Receive, Send
from singlewindow.hub.exchange.doors.room import NoRoom, ShareTaken
from singlewindow.server.bounded import CALLER, UNREAD, no_room

PLACES = 6  # in one process; each holds one connection of the data base
OF_ONE = 3  # places that one caller holds at most, so that others find one at once
MOST_WAITING_OF_ONE = 32
MOST_WAITING = 512
WAIT_S = 5.0


class Places:
    """Who is answered next: callers by turns, however many requests each has waiting."""

    def __init__(
        self,
        places: int = PLACES,
        of_one: int = OF_ONE,
        waiting_of_one: int = MOST_WAITING_OF_ONE,
        waiting: int = MOST_WAITING,
        wait_s: float | None = None,
    ) -> None:
        self.free, self._of_one = places, of_one
        self._waiting_of_one, self._most_waiting = waiting_of_one, waiting
        self._wait_s = WAIT_S if wait_s is None else wait_s
        self._held: Counter[str] = Counter()
        self._lines: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self.waiting = 0

    async def take(self, caller: str) -> None:
        """A place for one request, to be given back; raises ShareTaken, or NoRoom."""
        if self.free and self._held[caller] < self._of_one:
            self._hold(caller)
        else:
            await self._wait(caller)

    def give_back(self, caller: str) -> None:
        """The place is the next caller's who waits and holds less than one may."""
        self.free += 1
        self._held[caller] -= 1
        if not self._held[caller]:
            del self._held[caller]
        due = next((one for one in self._lines if self._held[one] < self._of_one and self._turn(one)), None)
        if due is not None and (turn := self._turn(due)) is not None:
            self._lines.move_to_end(due)
            self._leave(due, turn)
            self._hold(due)
            turn.set_result(None)

    def _turn(self, caller: str) -> asyncio.Future[None] | None:
        """The caller's request that waits longest; one just given up is still in line, and done."""
        return next((turn for turn in self._lines[caller] if not turn.done()), None)

    async def _wait(self, caller: str) -> None:
        if len(self._lines.get(caller, ())) >= self._waiting_of_one:
            raise ShareTaken
        if self.waiting >= self._most_waiting:
            raise NoRoom
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(caller, deque()).append(turn)
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await turn
        except BaseException as ended:
            if turn.done() and not turn.cancelled():
                self.give_back(caller)  # it came in the very moment in which nobody wanted it any more
            else:
                self._leave(caller, turn)
            if isinstance(ended, TimeoutError):
                raise NoRoom from ended
            raise

    def _hold(self, caller: str) -> None:
        self.free -= 1
        self._held[caller] += 1

    def _leave(self, caller: str, turn: asyncio.Future[None]) -> None:
        line = self._lines[caller]
        line.remove(turn)
        self.waiting -= 1
        if not line:
            del self._lines[caller]


class Turns:
    """An ASGI application that is asked once the whole request is there and its caller's turn has come.

    Who gets none is refused in the application's own manner: it is told why in the scope.
    """

    def __init__(self, application: Any, places: Places | None = None) -> None:
        self.application = application
        self.places = places or Places()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        one = _Turn(self.places, scope, receive)
        try:
            await self.application(scope, one.receive, send)
        finally:
            one.end()


class _Turn:
    """One request: it has its place from the end of its body until it is answered."""

    def __init__(self, places: Places, scope: Any, receive: Receive) -> None:
        self._places, self._caller, self._scope, self._receive = places, scope[CALLER], scope, receive
        self._placed = False

    async def receive(self) -> Message:
        message = await self._receive()
        whole = message["type"] == "http.request" and not message["more_body"]
        if whole and not self._placed and UNREAD not in self._scope:
            await self._take()
        return message

    def end(self) -> None:
        if self._placed:
            self._places.give_back(self._caller)

    async def _take(self) -> None:
        try:
            await self._places.take(self._caller)
            self._placed = True
        except NoRoom as full:
            self._scope[UNREAD] = no_room(full)
