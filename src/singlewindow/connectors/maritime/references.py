"""Our references in the fourteen characters that UNH has for one (0062), there and back."""

from __future__ import annotations

import re
from zlib import crc32

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OURS = re.compile(r"[A-Z][0-9]{18}")
_SHORT = re.compile(r"[A-Z][0-9A-Z]{13}")
_WIDTH = 12  # 36 ** 12 is more than 10 ** 18


def message_reference(reference: str, message_id: str) -> str:
    """The letter, the number to base 36, and one character of the message's id.

    The last keeps two versions of one declaration apart, whose reference is the same. Raises
    ``ValueError`` for what is no reference of ours.
    """
    if not _OURS.fullmatch(reference):
        raise ValueError(f"a reference is one letter and 18 digits, not {reference[:40]!r}")
    number, written = int(reference[1:]), ""
    for _ in range(_WIDTH):
        number, digit = divmod(number, 36)
        written = DIGITS[digit] + written
    return f"{reference[0]}{written}{DIGITS[crc32(message_id.encode()) % 36]}"


def reference_of(message: str) -> str:
    """Our reference that a message's reference stands for; any other text stands for itself."""
    if not _SHORT.fullmatch(message):
        return message
    number = int(message[1:-1], 36)
    return f"{message[0]}{number:018d}" if number < 10**18 else message
