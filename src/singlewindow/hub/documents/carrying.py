"""What a sender's format carried and no definition names, on its way out again: in that same format alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace

from singlewindow.hub.documents.boxes import Filled, boxes, plain
from singlewindow.hub.documents.projection import Projection
from singlewindow.kernel.messages import Document, Text
from singlewindow.kernel.paths import divided, steps

KEPT = "kept"  # how such a box was filled
UNNAMED = Text("未识别要素", "Element no definition names")


def extended(made: Document, projection: Projection, source: Document, format_: str) -> Document:
    """A receiver's document with what goes out again in it, if that is the format the declaration came in."""
    found = carried(projection, source, format_)
    return replace(made, extension={place: source.extension[path] for path, place in found.items()})


def carried(projection: Projection, source: Document, format_: str) -> dict[str, str]:
    """Of the source's extension what goes out again: its path, and its place in the receiver's document.

    Nothing takes the place of a box that the mapping writes, and what stands in a line that no box of the
    receiver's document was made from goes nowhere. The receiver's codec has the last word.
    """
    if not source.extension or projection.carrier is None or format_ != projection.target.id:
        return {}
    lines = _lines(projection, source)
    found: dict[str, str] = {}
    for path in source.extension:
        line, name = divided(path)
        place = lines.get(line, "") + name
        if line in lines and plain(place) not in projection.lineage:
            found[path] = place
    asked = {place: source.extension[path] for path, place in found.items()}
    taken = projection.carrier(replace(projection.project(source), extension=asked))
    return {path: place for path, place in found.items() if place in taken}


def boxes_sent(projection: Projection, source: Document, format_: str) -> Iterator[Filled]:
    """Each box of a receiver's document with its entry, those that no definition names last."""
    yield from boxes(projection, source)
    for path, place in carried(projection, source, format_).items():
        yield Filled(place, UNNAMED, shown(source.extension[path]), path, KEPT)


def shown(value: Any) -> str:
    """One such value as a text; what holds others as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def restored(values: Mapping[str, Any], extension: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what was put aside back in its place, as the sender of JSON gave them."""
    whole = copy.deepcopy(dict(values))
    for path, value in extension.items():
        line, name = divided(path)
        level = _level(whole, line)
        (whole if level is None else level).setdefault(path if level is None else name, value)
    return whole


def _level(values: dict[str, Any], line: str) -> dict[str, Any] | None:
    level: Any = values
    for group, number in steps(line):
        lines = level.get(group)
        if not isinstance(lines, list) or number >= len(lines):
            return None
        level = lines[number]
    found: dict[str, Any] = level
    return found


def _lines(projection: Projection, source: Document) -> dict[str, str]:
    """For each line of the source that boxes were made from, the receiver's line that these stand in."""
    found = {"": ""}
    for box in boxes(projection, source):
        entry, place = box.entry or "", box.box
        if entry.count(".") != place.count("."):
            continue
        while "." in entry:
            entry, place = entry.rpartition(".")[0], place.rpartition(".")[0]
            found.setdefault(f"{entry}.", f"{place}.")
    return found
