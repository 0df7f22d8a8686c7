"""Identifiers made in Python: UUID version 7 (RFC 9562 section 5.7), ordered by time."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Random = Callable[[int], bytes]


def uuid7(at: datetime, random: Random = os.urandom) -> UUID:
    """A new identifier whose first 48 bits are ``at`` in milliseconds since 1970."""
    milliseconds = int(at.timestamp() * 1000)
    tail = int.from_bytes(random(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (tail >> 68) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return UUID(int=value)
