"""Identifiers made in Python: UUID version 7 (RFC 9562 section 5.7), ordered by time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

_TAIL = (1 << 62) - 1
Random = Callable[[int], bytes]


def uuid7(at: datetime, random: Random = os.urandom) -> UUID:
    """A new identifier whose first 48 bits are ``at`` in milliseconds since 1970."""
    milliseconds = int(at.timestamp() * 1000)
    tail = int.from_bytes(random(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | tail & _TAIL
    return UUID(int=value)


def following(first: UUID) -> Iterator[UUID]:
    """A fresh identifier and then the next ones to it: one draw for all that is made in one breath.

    A counter in the random bits, as RFC 9562 section 6.2 (method 2) has it. At its end it starts
    again, and never leaves them.
    """
    number = first.int
    while True:
        yield UUID(int=number)
        number = number & ~_TAIL | number + 1 & _TAIL
