"""Where an entry goes: the boxes of each partner's document that are filled from it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from singlewindow.hub.documents.projection import Projection
from singlewindow.hub.documents.registry import Route
from singlewindow.kernel.messages import Text


class Box(Struct, frozen=True):
    """One box of a partner's document: its name there, its name on the wire, and whether it is changed."""

    partner: str
    name: Text
    wire: str
    changed: bool


def destinations(made: Mapping[Route, Projection]) -> dict[str, list[Box]]:
    """For each path of the one source document the boxes it fills, partner by partner in their order."""
    found: dict[str, list[Box]] = {}
    for route, projection in made.items():
        names = {path: field.element.short for path, field in projection.target.paths()}
        for target, origin in projection.lineage.items():
            if origin.source and origin.by != "number":
                box = Box(route.partner, names[target], target, bool(origin.by or origin.codes))
                found.setdefault(origin.source, []).append(box)
    return found
