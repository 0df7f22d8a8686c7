"""Addresses as they are written here, whatever way they were asked for in."""

from __future__ import annotations

import re

_HEX = "[0-9A-Fa-f]"
_UUID = re.compile(rf"(?<=/){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?![^/])")


def canonical(path: str) -> str:
    """With ids in small letters: who sends them in capitals means the same ones (RFC 9562, section 4)."""
    return _UUID.sub(lambda found: found[0].lower(), path) if "-" in path else path
