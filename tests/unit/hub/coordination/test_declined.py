"""What is declined is declined under a code of what it speaks of: programs decide by its beginning."""

from __future__ import annotations

import re
from pathlib import Path

from singlewindow.hub.coordination import declined

SPOKEN_OF = {
    "agency",
    "appointment",
    "claim",
    "consignment",
    "inspection",
    "instruction",
    "release",
    "request",
    "task",
}
ROOM = Path(declined.__file__).parent
_CODE = re.compile(r'(?:Declined|\b(refused))\(\s*f?"([a-z_.]+)[".{]')


def codes() -> set[str]:
    """Every code in the room; orders state their own without what they all speak of."""
    found = (match for path in ROOM.glob("*.py") for match in _CODE.finditer(path.read_text("utf-8")))
    return {f"inspection.{code}" if short else code for short, code in (match.groups() for match in found)}


def test_every_code_begins_with_what_it_speaks_of() -> None:
    found = codes() - {"inspection."}  # where orders put their own together
    assert len(found) > 25
    assert {code.partition(".")[0] for code in found} == SPOKEN_OF
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", code) for code in found)
