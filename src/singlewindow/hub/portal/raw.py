"""Bytes as a page can print them."""

from __future__ import annotations

from msgspec import Struct

SHOWN = 64 * 1024  # characters that a page prints


class Raw(Struct, frozen=True):
    """The beginning of some bytes as text, and how many bytes there are."""

    text: str
    size: int
    cut: bool


def raw(given: bytes) -> Raw:
    """What cannot be read as UTF-8 is marked, never left out."""
    text = given.decode("utf-8", "replace")
    return Raw(text[:SHOWN], len(given), len(text) > SHOWN)
