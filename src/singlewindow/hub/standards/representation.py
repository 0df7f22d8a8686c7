"""The notation of representations, ``an..35`` or ``d19,5``, read into a value (decision 0001)."""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

MOST_CHARACTERS = 4_000  # of any element; longer contents are attachments
MOST_DIGITS = 38
NAMED = ("date", "time", "flag")
_COUNTED = re.compile(r"(a|an|n|text)(\.\.)?([1-9][0-9]{0,3})", re.ASCII)
_DECIMAL = re.compile(r"(-?)d([1-9][0-9]?)(?:,([0-9]{1,2}))?", re.ASCII)


class Representation(Struct, frozen=True):
    """What values an element may have.

    ``kind`` is a, an, n, text, d, date, time or flag. ``least`` and ``most`` count characters, for d
    ``most`` counts all digits and ``decimals`` those behind the point; a ``signed`` one may be below 0.
    """

    kind: str
    least: int = 0
    most: int = 0
    decimals: int = 0
    signed: bool = False

    def __str__(self) -> str:
        if self.kind in NAMED:
            return self.kind
        if self.kind == "d":
            return f"{'-' * self.signed}d{self.most},{self.decimals}"
        return f"{self.kind}{'' if self.least == self.most else '..'}{self.most}"


@lru_cache(maxsize=512)
def parse_representation(notation: str) -> Representation:
    """Read a notation; raises ValueError for what decision 0001 does not know."""
    if notation in NAMED:
        return Representation(notation)
    if counted := _COUNTED.fullmatch(notation):
        kind, up_to, size = counted.groups()
        if int(size) <= MOST_CHARACTERS:
            return Representation(kind, 1 if up_to else int(size), int(size))
    if decimal := _DECIMAL.fullmatch(notation):
        digits, decimals = int(decimal[2]), int(decimal[3] or 0)
        if decimals < digits <= MOST_DIGITS:
            return Representation("d", 1, digits, decimals, signed=bool(decimal[1]))
    raise ValueError(f"no representation: {notation!r}")
