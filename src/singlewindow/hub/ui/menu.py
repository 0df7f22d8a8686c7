"""The menu: what each room and application offers, in a fixed order that never re-arranges itself."""

from __future__ import annotations

from msgspec import Struct

from singlewindow.kernel.messages import Text


class Entry(Struct, frozen=True):
    """One line of the menu. ``route`` names its page, ``also`` the pages that belong to it."""

    route: str
    icon: str
    name: Text
    group: Text | None = None
    permission: str = ""
    also: tuple[str, ...] = ()

    def holds(self, route: str) -> bool:
        """Whether a page belongs under this line."""
        return route == self.route or route in self.also


class Group(Struct, frozen=True):
    """Lines that stand together under one small heading, or under none."""

    name: Text | None
    entries: tuple[Entry, ...]


_entries: dict[str, tuple[int, Entry]] = {}


def add(entry: Entry, place: int) -> None:
    """Offer a page; ``place`` orders the menu. Offering a route again replaces it."""
    _entries[entry.route] = (place, entry)


def groups(permissions: frozenset[str]) -> list[Group]:
    """The menu of somebody who holds these permissions."""
    allowed = [
        entry
        for _, entry in sorted(_entries.values(), key=lambda pair: pair[0])
        if not entry.permission or entry.permission in permissions
    ]
    names = list(dict.fromkeys(entry.group for entry in allowed))
    return [Group(name, tuple(entry for entry in allowed if entry.group == name)) for name in names]
