"""Parties that somebody may name without typing all of it: their own, and those that gave it a mandate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from singlewindow.hub.documents.definition import Definition, Field
from singlewindow.hub.documents.desk import Known
from singlewindow.hub.documents.faults import shown
from singlewindow.kernel.messages import Problem, Severity, Text

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


def otherwise(definition: Definition, values: Mapping[str, Any], known: Sequence[Known]) -> Iterator[Problem]:
    """Warnings: a known party's code stands beside what is registered of another, as in a file of somebody
    else's that was corrected in one place only; and it is not one's own firm that declares."""
    parties = by_code(known)
    fields = {field.name: field for field in definition.head()}
    for name, field in fields.items():
        code = values.get(name, "") if field.place.party else ""
        if code in parties:
            yield from _differing(name.removesuffix("_code"), parties[code], fields, values)
        if code and known and field.place.party == OWN and code != known[0].code:
            yield _not_own(field, code, known[0].code)


def _differing(
    stem: str, registered: Mapping[str, str], fields: Mapping[str, Field], values: Mapping[str, Any]
) -> Iterator[Problem]:
    for part, wanted in registered.items():
        field, given = fields.get(f"{stem}_{part}"), values.get(f"{stem}_{part}")
        if field and wanted and given and given != wanted:
            name = field.element.name
            text = Text(
                f"{name.zh}“{shown(given)}”与该代码登记的不同",
                f"{name.en} “{shown(given)}” is not what is registered under that code",
            )
            remedy = Text(f"登记的应为“{wanted}”", f"as registered, give “{wanted}”")
            yield Problem("registered_otherwise", text, field.name, shown(given), remedy, Severity.WARNING)


def _not_own(field: Field, code: str, own_code: str) -> Problem:
    name = field.element.name
    text = Text(
        f"{name.zh}“{shown(code)}”不是本单位",
        f"{name.en} “{shown(code)}” is not your own party's",
    )
    remedy = Text(f"由本单位申报的应为 {own_code}", f"if you declare yourselves, give {own_code}")
    return Problem("not_own", text, field.name, shown(code), remedy, Severity.WARNING)


def _beside(stem: str, values: Mapping[str, str], fields: Mapping[str, object]) -> dict[str, str]:
    return {f"{stem}_{part}": value for part, value in values.items() if value and f"{stem}_{part}" in fields}
