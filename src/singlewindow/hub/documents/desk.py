"""What the form needs from the rooms above it: other formats, receivers, the one write path, where it leads.

The server gives it once when a process opens its doors; documents know no exchange.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.registry import Registry
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.kernel.messages import Actor, Problem, Text


class Receiver(Struct, frozen=True):
    """Who gets a document of their own, and how many of its boxes are filled so far."""

    partner: str
    name: Text
    seal: str
    document: Text
    format: Text
    boxes: int


class Finding(Struct, frozen=True):
    """What a check of somebody's entries says: every problem at once, and what would be sent."""

    problems: tuple[Problem, ...]
    entries: int
    receivers: tuple[Receiver, ...]


class Read(Struct, frozen=True):
    """A file as it was understood: nothing of it is left out, right or wrong."""

    kind: str
    format: str
    values: dict[str, Any]


class Handed(Struct, frozen=True):
    """The answer of the write path.

    ``conflict``: the same message id had other content before; ``busy``: nothing was taken; ``unsettled``: it
    is not known, and asking again tells.
    """

    submission_id: UUID | None = None
    problems: tuple[Problem, ...] = ()
    conflict: bool = False
    busy: bool = False
    unsettled: bool = False


class Returned(Struct, frozen=True):
    """What a partner asks to be mended in a submission it sent back, in its own words."""

    name: Text
    seal: str
    state: Text
    kind: str
    what: Text
    reason: str
    at: datetime


class Known(Struct, frozen=True):
    """A party by the codes and the name that documents bear."""

    code: str
    name: str
    customs_code: str


class Desk(Protocol):
    """The port; ``party`` is the number of the party somebody acts for."""

    @property
    def registry(self) -> Registry: ...
    @property
    def lists(self) -> Mapping[str, CodeList]: ...
    @property
    def edition(self) -> int:
        """Grows whenever a code list changes: what is rendered from lists is kept under it."""
        ...

    def find(self, kind: str, version: str, values: dict[str, Any], actor: Actor) -> Finding:
        """Check and project, as a submission would be."""
        ...

    def partners(self, definition: Definition) -> list[Receiver]:
        """Everybody who may get a document made from this one; without counts."""
        ...

    def read(self, body: bytes) -> Read:
        """Any format that doors take; raises Unreadable where the bytes are no document."""
        ...

    def submit(
        self, kind: str, version: str, values: dict[str, Any], actor: Actor, message_id: str
    ) -> Handed:
        """Hand in and wait until it is durable."""
        ...

    def known(self, party: int, kind: str) -> list[Known]:
        """A party and those for whom it may declare documents of a kind; its own stands first."""
        ...

    def returned(self, submission: UUID) -> list[Returned]:
        """What is asked to be mended in a submission, as far as the viewer may act for it."""
        ...

    def followed_at(self, submission: UUID) -> str:
        """The page on which people follow a submission."""
        ...

    def listed_at(self) -> str:
        """The page that lists what the viewer declared."""
        ...

    def mended(self, submission: UUID, again: UUID, actor: Actor) -> None:
        """It was handed in again: what was asked of it is done, in the request's transaction."""
        ...


_desk: Desk | None = None


def use(desk: Desk | None) -> None:
    """State, once a process, who does what documents cannot."""
    global _desk
    _desk = desk


def current() -> Desk:
    """The desk of this process; raises LookupError where none was stated."""
    if _desk is None:
        raise LookupError("no desk is open in this process")
    return _desk
