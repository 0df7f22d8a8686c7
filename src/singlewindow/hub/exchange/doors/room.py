"""How many bytes of senders a door holds at once: read, checked, or waiting to be committed."""

from __future__ import annotations

MOST_BYTES_HELD = 256 * 1024 * 1024


class NoRoom(Exception):
    """More would be held than the bound allows; the sender should try again later."""


class Room:
    """The bound of one process; a body takes room as it comes and gives it back once it is answered."""

    def __init__(self, most: int = MOST_BYTES_HELD) -> None:
        self.most = most
        self.held = 0

    def part(self) -> Part:
        """Room for one body, of which nothing has come yet; a context that gives it back."""
        return Part(self)


class Part:
    """What one body takes of the room."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held = 0

    def __enter__(self) -> Part:
        return self

    def __exit__(self, *_: object) -> None:
        self._room.held -= self._held
        self._held = 0

    def take(self, size: int) -> None:
        """Room for so many bytes more; raises NoRoom."""
        if self._room.held + size > self._room.most:
            raise NoRoom
        self._room.held += size
        self._held += size
