"""Numbers in paths and addresses, as long as the tables count: a longer one is no such page, not a fault."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter, get_converters

MOST_PAGES = 10_000
KEY_DIGITS = 9


class Key(IntConverter):
    """Of a table whose keys are integers, such as people and mandates."""

    regex = f"[0-9]{{1,{KEY_DIGITS}}}"


class Place(IntConverter):
    """A place in what only grows, counted in bigint: the journal, letters, answers."""

    regex = "[0-9]{1,18}"


def register() -> None:
    """``<key:…>`` and ``<place:…>``, for whichever paths are read first."""
    for name, converter in (("key", Key), ("place", Place)):
        if name not in get_converters():
            register_converter(converter, name)


def page(said: str) -> int:
    """Which page ``?page=`` asks for, from one on; anything unreadable means the first."""
    if not (said.isascii() and said.isdecimal()) or len(said) > len(str(MOST_PAGES)):
        return 1
    return min(max(int(said), 1), MOST_PAGES)


def key(said: str) -> int:
    """Behind which key ``?after=`` asks for what is listed; anything unreadable means from the first on."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= KEY_DIGITS else 0
