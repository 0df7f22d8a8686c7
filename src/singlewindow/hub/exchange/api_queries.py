"""Lists and contents of submissions for programs, on the request's connection, under row-level security."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import msgspec
import zstandard
from django.db import connection

from singlewindow.hub.documents.decoding import MOST_BYTES
from singlewindow.hub.documents.projection import Origin, Projection
from singlewindow.hub.process import overall
from singlewindow.kernel.messages import Document, Outcome, Text
from singlewindow.kernel.queries import named_queries

_SQL = named_queries(files(__package__).joinpath("sql/api.sql").read_text(encoding="utf-8"))
MOST_PAYLOAD = 4 * MOST_BYTES  # a partner's format may be wordier than ours
Row = dict[str, Any]
_LINE = re.compile(r"\[\d+\]")


@cache
def states(partner: str | None) -> dict[str, int]:
    """What states are called: of the whole for who declared, of the own document for a receiver."""
    if partner:
        return {each.name.lower(): int(each) for each in Outcome}
    return {phase.id: phase.number for phase in overall.shipped().values()}


def state_name(number: int, partner: str | None) -> str:
    """A state's name; what nobody has answered yet is ``submitted``."""
    return next((name for name, known in states(partner).items() if known == number), "submitted")


def own_partner(party: int) -> str | None:
    """The component's name of an agency or operator; None for firms."""
    rows = _ask("own_partner", id=party)
    return rows[0]["partner"] if rows else None


def listed(partner: str | None, **asked: Any) -> list[Row]:
    """Submissions as their declarant sees them, or as the partner does that was sent a document."""
    return _ask("addressed", partner=partner, **asked) if partner else _ask("declared", **asked)


def content(submission: UUID) -> Row | None:
    """What was declared, in canonical values; None where none of it may be seen."""
    rows = _ask("content", id=submission)
    if not rows:
        return None
    row = rows[0]
    kept = msgspec.json.decode(zstandard.decompress(bytes(row["content"]), max_output_size=MOST_BYTES))
    return row | {"digest": bytes(row["digest"]).hex(), "values": kept["values"]}


def document(submission: UUID, id_: UUID) -> Row | None:
    """One receiver's document with the message that carried it."""
    rows = _ask("document", submission=submission, document=id_)
    return rows[0] if rows else None


def payload(row: Row) -> bytes:
    """The exact bytes that went to the receiver."""
    return zstandard.decompress(bytes(row["payload"]), max_output_size=MOST_PAYLOAD)


def boxes(projection: Projection, source: Row) -> Iterator[Row]:
    """Each filled box of a receiver's document with the entry it was made from.

    Entries are marked with their place before they are mapped. What was copied still bears its mark; what was
    translated stands in the line that its neighbours were copied from.
    """
    marked = _marked(source["values"], "")
    names = {path: field.element.name for path, field in projection.target.paths()}
    made = projection.project(Document(source["document"], source["definition_version"], marked)).values
    for box, value, lines in _leaves(made, "", {}):
        path = _LINE.sub("", box)
        origin = projection.lineage.get(path, Origin())
        wire = path.rpartition(".")[2]
        yield {
            "box": box,
            "name": names.get(path) or Text(wire, wire),
            "value": str(value),
            "entry": _entry(value, origin, lines),
            "how": "constant" if origin.constant else "code" if origin.codes else origin.by or "copy",
        }


class _Marked(str):
    """An entry that knows where it stands: ``goods[2].un_number``."""

    __slots__ = ("path",)
    path: str


def _marked(values: Row, prefix: str) -> Row:
    made: Row = {}
    for name, value in values.items():
        if isinstance(value, list):
            made[name] = [_marked(line, f"{prefix}{name}[{at}].") for at, line in enumerate(value)]
        else:
            made[name] = _Marked(value)
            made[name].path = prefix + name
    return made


def _leaves(values: Row, prefix: str, lines: dict[str, str]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every box with its value, and the line of each source section that the boxes around it came from."""
    here = lines | {group: line for value in values.values() for group, line in _lines(value)}
    for name, value in values.items():
        if isinstance(value, list):
            for at, line in enumerate(value):
                yield from _leaves(line, f"{prefix}{name}[{at}].", here)
        else:
            yield prefix + name, value, here


def _lines(value: Any) -> Iterator[tuple[str, str]]:
    place = value.path.rpartition(".")[0] if isinstance(value, _Marked) else ""
    while place:
        yield _LINE.sub("", place), place
        place = place.rpartition(".")[0]


def _entry(value: str, origin: Origin, lines: dict[str, str]) -> str | None:
    if isinstance(value, _Marked):
        return value.path
    if not origin.source or origin.by == "number":
        return None
    group, _, name = origin.source.rpartition(".")
    return f"{lines.get(group, group)}.{name}" if group else name


def _ask(name: str, **values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
