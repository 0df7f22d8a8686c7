"""Parties that somebody may name without typing all of it: their own, and those that gave it a mandate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from singlewindow.hub.documents.definition import Definition
from singlewindow.hub.documents.desk import Known

OWN = "own"


def by_code(known: Sequence[Known]) -> dict[str, dict[str, str]]:
    """For the page: by its code, what stands in the fields beside it (``…_name``, ``…_customs_code``)."""
    return {party.code: {"name": party.name, "customs_code": party.customs_code} for party in known}


def own(definition: Definition, known: Sequence[Known]) -> dict[str, str]:
    """What an empty form says of the viewer's own party, which stands first."""
    if not known:
        return {}
    beside = by_code(known[:1])[known[0].code]
    fields = {field.name: field for field in definition.head()}
    filled = {name: known[0].code for name, field in fields.items() if field.place.party == OWN}
    for name in list(filled):
        filled |= _beside(name.removesuffix("_code"), beside, fields)
    return filled


def _beside(stem: str, values: Mapping[str, str], fields: Mapping[str, object]) -> dict[str, str]:
    return {f"{stem}_{part}": value for part, value in values.items() if value and f"{stem}_{part}" in fields}
