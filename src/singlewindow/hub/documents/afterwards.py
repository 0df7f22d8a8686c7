"""What nobody typed, where a stored document is read: sums of its lines, and what was answered since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from singlewindow.hub.documents.conditions import values_at
from singlewindow.hub.documents.definition import SYSTEM, Definition, Field
from singlewindow.hub.documents.forms import form_of

Values = Mapping[str, Any]


def afterwards(
    definition: Definition, values: Values, answers: Iterable[Mapping[str, str]]
) -> dict[str, Any]:
    """The values, with what fields of the head that the system fills say by now.

    ``answers`` are the facts of each receipt, the newest first: a number by the code of its data element.
    A value that the element would not take is none.
    """
    told: dict[str, str] = {}
    for facts in answers:
        told = {**facts, **told}
    later = {
        field.name: _later(field, values, told) for field in definition.head() if _is_left(field, values)
    }
    return {**values, **{name: value for name, value in later.items() if value}}


def _is_left(field: Field, values: Values) -> bool:
    return field.filled_by == SYSTEM and not values.get(field.name)


def _later(field: Field, values: Values, told: Mapping[str, str]) -> str:
    if field.counted:
        return str(_counted(field.counted, values))
    told_as = told.get(field.element.code, "")
    return form_of(field.element.representation).settle(told_as) or "" if told_as else ""


def _counted(counted: Mapping[str, str], values: Values) -> int:
    """Each line counts once, or as often as is said beside the code that it has."""
    return sum(int(counted.get(code, "1")) for code in values_at(values, counted["path"]))
