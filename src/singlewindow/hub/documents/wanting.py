"""What a document does not say though its receivers need it: told on the form, and no reason to refuse it.

Formats that others made have no place for much of it, so nothing of this is asked of what comes from systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from singlewindow.hub.documents.boxes import entry, lines_behind, marked, plain
from singlewindow.hub.documents.conditions import Conditions
from singlewindow.hub.documents.definition import SYSTEM, Field
from singlewindow.hub.documents.projection import Origin, Projection
from singlewindow.kernel.messages import Document, Problem, Severity, Text

Row = dict[str, Any]


def unsaid(made: Iterable[tuple[Projection, Text]], document: Document) -> Iterator[Problem]:
    """Warnings: entries that nobody filled and that boxes are made from which a receiver requires or wants.

    ``made`` are the documents made of this one, each with what its receiver is called.
    """
    found: dict[str, dict[Text, Text]] = {}  # entry → receivers → what each is sent
    fields: dict[str, Field] = {}
    for projection, receiver in made:
        fields |= dict(projection.source.paths())
        for path in _entries(projection, document):
            found.setdefault(path, {})[receiver] = projection.target.name
    for path, told in found.items():
        field = fields[plain(path)]
        if field.filled_by != SYSTEM:
            yield _unsaid(path, field.element.name, told)


def _entries(projection: Projection, document: Document) -> Iterator[str]:
    """Where each blank box that is asked for would come from; none where no single entry makes it."""
    values = projection.run(marked(document.values))
    for box, line in _blank(projection, values):
        lines = {group: place for value in line.values() for group, place in lines_behind(value)}
        origin = projection.lineage.get(plain(box), Origin())
        path = "" if origin.when else entry("", origin, lines)
        if path:
            yield path


def _blank(projection: Projection, values: Row) -> Iterator[tuple[str, Row]]:
    """Every box of the receiver's document that is asked for and blank, with the line that it stands in."""
    target = projection.target
    yield from ((spec.name, {}) for spec in target.head() if _asked(spec) and spec.name not in values)
    for section in target.groups():
        asked = [spec for spec in section.fields if _asked(spec)]
        for at, line in enumerate(values.get(section.id, ())):
            yield from ((f"{section.id}[{at}].{spec.name}", line) for spec in asked if spec.name not in line)
    for problem in Conditions(target).unmet(values):
        section_id, _, rest = problem.field.partition("[")
        yield problem.field, values[section_id][int(rest.partition("]")[0])] if rest else {}


def _asked(spec: Field) -> bool:
    return spec.wanted or spec.required == "yes"


def _unsaid(path: str, name: Text, told: dict[Text, Text]) -> Problem:
    zh = "、".join(f"给{receiver.zh}的{document.zh}" for receiver, document in told.items())
    en = " and ".join(f"the {document.en.lower()} to {receiver.en}" for receiver, document in told.items())
    return Problem(
        "unsaid",
        Text(f"未填{name.zh}：{zh}中没有这一项", f"{name.en} is not filled in: {en} will lack it"),
        path,
        remedy=Text(f"请填写{name.zh}；确实没有的可不填", f"fill in {name.en}, if there is one"),
        severity=Severity.WARNING,
    )
