"""What the exchange asks of every transport: the only rooms that touch a counterpart's wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from msgspec import Struct

from singlewindow.hub.exchange.transports.endpoint import Endpoint
from singlewindow.kernel.messages import Problem, Text


class Unreachable(Exception):
    """The partner could not be asked, or its answer was lost; sending again is safe.

    ``retry_after_s`` is what the partner itself asked us to wait, 0 if it said nothing.
    """

    retry_after_s: float = 0.0


class Unanswered(Unreachable):
    """The bytes were handed over and no usable answer came: they may have had their effect or not."""


class Rejected(Exception):
    """The partner understood and refuses these bytes; sending them again changes nothing."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


class Inbound(Struct, frozen=True):
    """What a partner has for us: ``source`` names it on the partner's side until it is settled.

    ``problems`` say why it could not be taken over; then ``data`` is what was read of it, if anything.
    ``lasting``: what comes under this source another time is the same answer.
    ``growing``: nothing tells whether it was whole, and it has not rested for as long as this wire asks; what
    cannot be read in it is left where it is.
    """

    source: str
    data: bytes
    problems: tuple[Problem, ...] = ()
    lasting: bool = False
    growing: bool = False


class Left(Struct, frozen=True):
    """What one of the partner's files stays where it is for; ``kept`` where only it cannot be taken away."""

    problem: Problem
    kept: bool = False


class Transport(Protocol):
    """One partner's wire. Every wait is bounded; any method may raise ``Unreachable``.

    A class of them names its ``settings``, what a partner's file may say.
    """

    settings: ClassVar[type[Endpoint]]

    async def send(self, name: str, body: bytes) -> list[Inbound]:
        """Hand over one file or request; the same name and body twice has its effect once.

        Returns the answers that came in the same breath. Raises ``Rejected`` if refused.
        """
        ...

    async def fetch(self) -> list[Inbound]:
        """What the partner has for us now, oldest first; the same again until it is settled."""
        ...

    async def settle(self, inbound: Inbound) -> None:
        """It is durable here: the partner may forget it, as it was fetched and not otherwise.

        What stands there under that name since is fetched anew. Settling twice does no harm.
        """
        ...

    def left(self) -> Sequence[Left]:
        """What could not be fetched or taken away while its neighbours could; looked at again by itself."""
        ...

    async def close(self) -> None:
        """End the connection; a later call of another method opens it again."""
        ...
