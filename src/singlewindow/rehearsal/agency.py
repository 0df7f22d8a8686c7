"""What every rehearsed agency does, whatever its wire: judge a message once, owe what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from msgspec import Struct

from singlewindow.kernel.clock import BEIJING
from singlewindow.rehearsal.ledger import Owed, Taken
from singlewindow.rehearsal.script import Case, Script, Step

MESSAGES_MOST = 100


class Message(Protocol):
    """A message as its agency reads it: whatever else it holds, it has these two."""

    @property
    def message_id(self) -> str:
        """By which it takes effect once."""

    @property
    def reference(self) -> str:
        """By which people and scripts know it."""


M = TypeVar("M", bound=Message)


class Turn(Struct, frozen=True):
    """Where an answer stands: its place after the message (0 is the technical one), and when it is given."""

    place: int
    number: int  # of the message, in the order of this agency's ledger
    taken_ms: int
    at_ms: int


class Desk(Struct, Generic[M], frozen=True, kw_only=True):
    """What is one agency's own: its decision on a message, its refusals, and its words for both.

    ``fault`` says why a message is refused technically whatever the script says, or nothing.
    ``tell`` writes the receipts of one step; of a technical one (``place`` 0) exactly one.
    """

    decide: Callable[[Script, M], Case]
    fault: Callable[[M], str] = lambda _: ""
    tell: Callable[[M, Step, Turn], list[bytes]]
    accepted: str = "ACK"
    refused: str = "NAK"

    def judge(self, script: Script, message: M, number: int, now: int) -> Taken:
        """The technical answer, and unless that refuses, what is owed for each step."""
        case = self.decide(script, message)
        reason = case.failed or self.fault(message)
        technical = Step(self.refused if reason else self.accepted, reason=reason)
        (answer,) = self.tell(message, technical, Turn(0, number, now, now))
        owed: list[Owed] = []
        for place, step in enumerate(() if reason else case.steps, 1):
            due = now + step.after_ms
            told = self.tell(message, step, Turn(place, number, now, due))
            owed += [Owed(due, body) for body in (told * 2 if step.twice else told)]
        return Taken(message.message_id, message.reference, answer, tuple(owed))


# Answers to what came together bear one moment.
@lru_cache(64)
def utc(at_ms: int) -> str:
    """A time as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")


def beijing(at_ms: int) -> datetime:
    """A time as the agencies' clocks show it."""
    return datetime.fromtimestamp(at_ms / 1000, BEIJING)
