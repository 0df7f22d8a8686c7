"""Texts of others on a terminal or in a log: what would act there instead of being read is spelled out."""

from __future__ import annotations

import re

# Control characters but tab and line feed, and what changes the direction of writing.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """The same with ``\\u001b`` for an escape, as JSON spells it, so that JSON stays what it was."""
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
