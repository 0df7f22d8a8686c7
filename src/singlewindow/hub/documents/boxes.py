"""Box by box: what a receiver's document says, and the entry of the declaration that each box came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.definition import SYSTEM
from singlewindow.hub.documents.projection import Origin, Projection
from singlewindow.kernel.messages import Document, Text

Row = dict[str, Any]
_LINE = re.compile(r"\[\d+\]")


class Filled(Struct, frozen=True):
    """One filled box. ``entry`` is the path in the declaration with its lines, ``goods[2].un_number``.

    ``how`` is ``system`` (nobody typed it: an authority or the platform filled it in), ``copy``, ``code``
    (translated by a table), ``constant`` or the name of a declared function.
    """

    box: str
    name: Text
    value: str
    entry: str | None
    how: str


def boxes(projection: Projection, source: Document) -> Iterator[Filled]:
    """Each filled box of a receiver's document with the entry it was made from.

    Entries are marked with their place before they are mapped. What was copied still bears its mark; what was
    translated stands in the line that its neighbours were copied from.
    """
    names = {path: field.element.name for path, field in projection.target.paths()}
    system = {path for path, field in projection.source.paths() if field.filled_by == SYSTEM}
    made = projection.project(Document(source.kind, source.version, marked(source.values))).values
    for box, value, lines in _leaves(made, "", {}):
        path = plain(box)
        origin = projection.lineage.get(path, Origin())
        wire = path.rpartition(".")[2]
        how = "system" if origin.source in system else _how(origin)
        yield Filled(box, names.get(path) or Text(wire, wire), str(value), entry(value, origin, lines), how)


def _how(origin: Origin) -> str:
    return "constant" if origin.constant else "code" if origin.codes else origin.by or "copy"


def plain(path: str) -> str:
    """A path without the numbers of its lines: ``goods.un_number`` for ``goods[2].un_number``."""
    return _LINE.sub("", path)


class _Marked(str):
    """An entry that knows where it stands: ``goods[2].un_number``."""

    __slots__ = ("path",)
    path: str


def marked(values: Row, prefix: str = "") -> Row:
    """The same values, each of them knowing its place: mapped, they tell where they came from."""
    made: Row = {}
    for name, value in values.items():
        if isinstance(value, list):
            made[name] = [marked(line, f"{prefix}{name}[{at}].") for at, line in enumerate(value)]
        else:
            made[name] = _Marked(value)
            made[name].path = prefix + name
    return made


def _leaves(values: Row, prefix: str, lines: dict[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every box with its value, and the line of each source section that the boxes around it came from."""
    here = lines | {group: line for value in values.values() for group, line in lines_behind(value)}
    for name, value in values.items():
        if isinstance(value, list):
            for at, line in enumerate(value):
                yield from _leaves(line, f"{prefix}{name}[{at}].", here)
        else:
            yield prefix + name, value, here


def lines_behind(value: Any) -> Iterator[tuple[str, str]]:
    """The lines that a marked value stood in: of each section, ``goods``, the line of it, ``goods[2]``."""
    place = value.path.rpartition(".")[0] if isinstance(value, _Marked) else ""
    while place:
        yield plain(place), place
        place = place.rpartition(".")[0]


def entry(value: str, origin: Origin, lines: dict[str, str]) -> str | None:
    """The entry that a box came from, or would come from where it is blank; None where nobody makes one."""
    if isinstance(value, _Marked):
        return value.path
    if not origin.source or origin.by == "number":
        return None
    group, _, name = origin.source.rpartition(".")
    return f"{lines.get(group, group)}.{name}" if group else name
