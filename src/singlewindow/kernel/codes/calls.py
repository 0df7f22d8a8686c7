"""A conveyance call 航次: one voyage of a ship, truck, train or aircraft, named alike by all."""

from __future__ import annotations

import re
from unicodedata import normalize

from singlewindow.kernel.unseen import unseen

_UNSEEN = re.compile(f"[{unseen(in_writing=True)}]")


def call_key(mode: str, conveyance: str, voyage: str) -> str:
    """``2/9999993/2511E``: mode, conveyance by number or name, voyage; empty unless both are known."""
    return f"{mode}/{folded(conveyance)}/{folded(voyage)}" if conveyance and voyage else ""


def call_parts(key: str) -> tuple[str, str]:
    """Conveyance and voyage of a key, empty where it has none."""
    _, conveyance, voyage = [*key.split("/", 2), "", ""][:3]
    return conveyance, voyage


def call_words(key: str, name: str) -> tuple[str, str]:
    """Conveyance and voyage as people read them: by its name where one is known, else as the key has it."""
    conveyance, voyage = call_parts(key)
    return name or conveyance, voyage


def box_number(key: str) -> str:
    """The number in the key of a container, folded: ``CQXU2045171`` of ``CQXU2045171@2/9999993/2511E``."""
    return key.partition("@")[0]


def box_call(key: str) -> str:
    """The call in the key of a container: ``CQXU2045171@2/9999993/2511E``; without one, mode and bill."""
    return key.partition("@")[2]


def folded(text: str) -> str:
    """Names are compared without case, width and blanks, as two agents write them differently.

    By the Unicode Standard's form NFKC (annex 15), without what nobody sees; folded again it stays the same.
    """
    if text.isascii():
        return "".join(text.upper().split())
    seen = normalize("NFKC", _UNSEEN.sub("", text)).upper()
    return normalize("NFKC", "".join(seen.split()))
