"""How many bytes of senders a door holds at once: read, checked, or waiting to be committed."""

from __future__ import annotations

from collections import Counter

MOST_BYTES_HELD = 256 * 1024 * 1024
# One sender fills no door: what it may not take is left to all others.
MOST_BYTES_OF_ONE = MOST_BYTES_HELD // 4
MOST_BODIES_OF_ONE = 512


class NoRoom(Exception):
    """More would be held than the bound allows; the sender should try again later."""


class ShareTaken(NoRoom):
    """This sender holds all that one may; there is room for others."""


class Room:
    """The bound of one process; a body takes room as it comes and gives it back once it is answered."""

    def __init__(
        self,
        most: int = MOST_BYTES_HELD,
        of_one: int = MOST_BYTES_OF_ONE,
        bodies_of_one: int = MOST_BODIES_OF_ONE,
    ) -> None:
        self.most, self.of_one, self.bodies_of_one = most, of_one, bodies_of_one
        self.held = 0
        self.bytes_of: Counter[str] = Counter()
        self.bodies_of: Counter[str] = Counter()

    def part(self, sender: str) -> Part:
        """Room for one body of a sender, of which nothing has come yet; a context that gives it back."""
        return Part(self, sender)


class Part:
    """What one body takes of the room."""

    def __init__(self, room: Room, sender: str) -> None:
        self._room, self._sender = room, sender
        self._held = 0

    def __enter__(self) -> Part:
        _count(self._room.bodies_of, self._sender, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self._add(-self._held)
        _count(self._room.bodies_of, self._sender, -1)

    def take(self, size: int) -> None:
        """Room for so many bytes more; raises ShareTaken, or NoRoom."""
        room, sender = self._room, self._sender
        if room.bodies_of[sender] > room.bodies_of_one or room.bytes_of[sender] + size > room.of_one:
            raise ShareTaken
        if room.held + size > room.most:
            raise NoRoom
        self._add(size)

    def _add(self, size: int) -> None:
        self._held += size
        self._room.held += size
        _count(self._room.bytes_of, self._sender, size)


def _count(counts: Counter[str], sender: str, by: int) -> None:
    """Who holds nothing is forgotten, so that the counts are no longer than what is under way."""
    counts[sender] += by
    if not counts[sender]:
        del counts[sender]
