"""Law: the project speaks of itself alone: no absolute paths, no registry hosts, no leftovers."""

from __future__ import annotations

import re
from pathlib import Path

from tools.house.house import House

LARGEST = 1_000_000
FORBIDDEN = {
    r"(?<![\w.])/(?:work|root|home|Users)/": "an absolute path of some machine",
    r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org": "a package registry's host",
    r"\b(?:TO" + r"DO|FIX" + r"ME)\b": "a leftover; do it, or open an issue",
}


def check(house: House) -> None:
    """Look at every text file that is committed."""
    for path in house.files:
        if path == Path("tools/house/traces.py"):
            continue  # the words it looks for
        full = house.root / path
        if full.stat().st_size > LARGEST:
            house.report(path, f"larger than {LARGEST} bytes")
            continue
        try:
            text = full.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for pattern, what in FORBIDDEN.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                house.report(path, f"{what}: {match.group(0)}", line)
