"""EDIFACT as rehearsed agencies read and write it: lines of their own, so no bug stands on both sides."""

from __future__ import annotations

import re

Segment = list[list[str]]  # element → component

_SEGMENT = re.compile(r"\s*((?:[^?']|\?.)*)'", re.DOTALL)
_RELEASED = re.compile(r"\?([?:+'*])")
_SERVICE = re.compile(r"[?:+'*]")
_HIDDEN = 0xF0000  # a private plane: there a released character separates nothing


def segments(text: str) -> list[Segment]:
    """The segments of a text; what follows the last terminator is left out."""
    return [_apart(found) for found in _SEGMENT.findall(text)]


def component(segment: Segment, element: int, place: int = 0) -> str:
    """A component, empty where absent; the tag is element 0."""
    if element >= len(segment) or place >= len(segment[element]):
        return ""
    return segment[element][place]


def escaped(text: str) -> str:
    """Separators inside a value are released."""
    return _SERVICE.sub(r"?\g<0>", text)


def _apart(segment: str) -> Segment:
    if "?" not in segment:
        return [element.split(":") for element in segment.split("+")]
    hidden = _RELEASED.sub(lambda found: chr(_HIDDEN + ord(found[1])), segment)
    return [[_shown(part) for part in element.split(":")] for element in hidden.split("+")]


def _shown(part: str) -> str:
    return "".join(chr(ord(one) - _HIDDEN) if ord(one) >= _HIDDEN else one for one in part)
