"""Lists and contents of submissions for programs, on the request's connection, under row-level security."""

from __future__ import annotations

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
Lines = tuple[tuple[int, int], ...]  # of each level: which line, of how many


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
    """Each filled box of a receiver's document with the entry it was made from."""
    declared = Document(source["document"], source["definition_version"], source["values"])
    names = {path: field.element.name for path, field in projection.target.paths()}
    made = projection.project(declared).values
    for path, lines, value in _leaves(made, "", ()):
        origin = projection.lineage.get(path, Origin())
        yield _box(path, lines, value, names.get(path), origin, source["values"])


def _leaves(values: Row, prefix: str, lines: Lines) -> Iterator[tuple[str, Lines, str]]:
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, list):
            for number, line in enumerate(value):
                yield from _leaves(line, f"{path}.", (*lines, (number, len(value))))
        else:
            yield path, lines, str(value)


def _box(path: str, lines: Lines, value: str, name: Text | None, origin: Origin, source: Row) -> Row:
    how = "constant" if origin.constant else "code" if origin.codes else origin.by or "copy"
    wire = path.rpartition(".")[2]
    steps = [f"{group}[{at}]" for group, (at, _) in zip(path.split("."), lines, strict=False)]
    return {
        "box": ".".join([*steps, wire]),
        "name": name or Text(wire, wire),
        "value": value,
        "entry": entry(origin.source, lines, source) if origin.source and how != "number" else None,
        "how": how,
    }


def entry(path: str, lines: Lines, source: Row) -> str:
    """Where an entry stands: ``goods.un_number`` of the third line is ``goods[2].un_number``.

    A line is named only where as many came out as went in: a mapping may leave lines out.
    """
    *groups, name = path.split(".")
    steps: list[str] = []
    node: Any = source
    for depth, group in enumerate(groups):
        below = node.get(group) if isinstance(node, dict) else None
        at, count = lines[depth] if depth < len(lines) else (0, -1)
        exact = isinstance(below, list) and len(below) == count
        steps.append(f"{group}[{at}]" if exact else group)
        node = below[at] if exact and below else None
    return ".".join([*steps, name])


def _ask(name: str, **values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
