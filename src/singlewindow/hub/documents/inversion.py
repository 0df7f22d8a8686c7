"""A mapping read backwards: a partner's own document, written by somebody else, as our source values.

Only copies can be read backwards; boxes made by constants, codes or functions are not taken over.
Boxes the mapping does not know keep their name, so the check finds and keeps them as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.projection import Origin, Projection

Places = Callable[[str], str]
Inverse = Callable[[Mapping[str, Any]], dict[str, Any]]


class _Level(Struct):
    """One level of nesting: fields and groups by the target's names."""

    fields: dict[str, str]
    numbers: set[str]
    groups: dict[str, tuple[str, _Level]]


def invert(projection: Projection) -> Inverse:
    """The function ``target values → source values`` of a projection."""
    top = _Level({}, set(), {})
    for target, origin in projection.lineage.items():
        _place(top, target.split("."), origin)
    return lambda values: _read(values, top)


def _place(top: _Level, target: list[str], origin: Origin) -> None:
    level, source = top, origin.source.split(".")
    for depth, name in enumerate(target[:-1]):
        level = level.groups.setdefault(name, (source[depth], _Level({}, set(), {})))[1]
    if origin.by == "number":
        level.numbers.add(target[-1])
    elif origin.source and not origin.by and not origin.codes and len(source) == len(target):
        level.fields[target[-1]] = source[-1]


def _read(values: Mapping[str, Any], level: _Level) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name in level.numbers or value in ("", [], None):
            continue
        if name in level.groups:
            source, inner = level.groups[name]
            found[source] = [_read(line, inner) for line in value]
        else:
            found[level.fields.get(name, name)] = value
    return found


def places(projection: Projection) -> Places:
    """The function from a path of the source, ``goods[2].quantity``, to the box it fills; "" if none."""
    wire: dict[str, str] = {}
    for target, origin in projection.lineage.items():
        if origin.source and origin.by != "number" and origin.source.count(".") == target.count("."):
            wire.setdefault(origin.source, target)

    def place(path: str) -> str:
        steps = [step.partition("[") for step in path.split(".")]
        target = wire.get(".".join(step for step, _, _ in steps), "")
        if not target:
            return ""
        pairs = zip(target.split("."), steps, strict=True)
        return ".".join(name + bracket + rest for name, (_, bracket, rest) in pairs)

    return place
