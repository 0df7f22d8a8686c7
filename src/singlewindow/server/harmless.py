"""Texts of others on a terminal or in a log: what would act there instead of being read is spelled out."""

from __future__ import annotations

import re

from singlewindow.kernel.unseen import unseen

LAYOUT = "\t\n"  # a carriage return would write over what stands in the line
UNSEEN = re.compile(f"[{unseen(but=LAYOUT)}]")


def harmless(text: str) -> str:
    """The same with ``\\u001b`` for an escape, as JSON spells it, so that JSON stays what it was."""
    return UNSEEN.sub(lambda found: _spelled(found[0]), text)


def _spelled(one: str) -> str:
    """By the units of UTF-16, of which JSON has two for what stands above U+FFFF."""
    units = one.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
