"""JSON Schema (2020-12) of a definition: the canonical form of its documents, for other people's tools.

The schema is stricter than the check in what it takes to be written (canonical texts only: no numbers,
no ``1080.0000``, no null or empty text for an absent value) and looser in what it knows: whether a
day exists on validators that take ``format`` for a note, codes of large lists, the rules across
fields. A document that passes both is one that the check leaves as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from singlewindow.hub.documents.checking import Listing
from singlewindow.hub.documents.definition import Definition, Field, Section
from singlewindow.hub.documents.forms import TIME, YEAR, form_of
from singlewindow.kernel.messages import Text

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_CODES = 100  # of a list that is spelled out; larger ones are named only
_SURROGATES = "\\ud800-\\udfff"  # no character of any JSON text, and no valid range in some engines
_DATE = f"{YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
Schema = dict[str, Any]
_Condition = Mapping[str, tuple[str, ...]]


def schema_of(definition: Definition, listings: Mapping[str, Listing], on: date) -> Schema:
    """The schema of a document's ``values``, with the codes in force on a day.

    Titles and descriptions are in both languages. ``additionalProperties`` is true: an element that the
    definition does not know is kept, with a warning.
    """
    fields, groups = list(definition.head()), list(definition.groups())
    schema = {
        "$schema": DIALECT,
        "$id": f"urn:singlewindow:{definition.id}:{definition.version}",
        "title": _both(definition.name),
        **_object(fields, groups, listings, on),
    }
    asked = [
        clause
        for name, condition in definition.conditions.items()
        if (clause := _conditional(definition, name, condition)) is not None
    ]
    return schema | ({"allOf": asked} if asked else {})


def _object(
    fields: list[Field] | tuple[Field, ...],
    sections: list[Section] | tuple[Section, ...],
    listings: Mapping[str, Listing],
    on: date,
) -> Schema:
    required = [field.name for field in fields if field.required == "yes"]
    required += [section.id for section in sections if section.least > 0]
    schema: Schema = {
        "type": "object",
        "properties": {field.name: _field(field, listings, on) for field in fields}
        | {section.id: _lines(section, listings, on) for section in sections},
        "additionalProperties": True,
    }
    return schema | ({"required": required} if required else {})


def _lines(section: Section, listings: Mapping[str, Listing], on: date) -> Schema:
    return {
        "title": _both(section.name),
        "type": "array",
        "minItems": section.least,
        "maxItems": section.most,
        "items": _object(section.fields, section.sections, listings, on),
    }


def _field(field: Field, listings: Mapping[str, Listing], on: date) -> Schema:
    element = field.element
    schema: Schema = {
        "title": _both(element.name),
        "description": _both(element.definition),
        "type": "string",
        "x-element": element.code,
    }
    if field.filled_by == "system":
        schema["readOnly"] = True
    if not element.codes:
        return schema | _form(field)
    schema["x-code-list"] = element.codes
    codes = listings[element.codes].active(on)
    return schema | ({"enum": sorted(codes)} if 0 < len(codes) <= MOST_CODES else _form(field))


def _form(field: Field) -> Schema:
    representation = field.element.representation
    if representation.kind == "date":
        return {"format": "date", "pattern": f"^{_DATE}$"}
    if representation.kind == "time":
        return {"pattern": f"^{TIME.pattern}$"}
    if representation.kind == "flag":
        return {"enum": ["0", "1"]}
    form: Schema = {"pattern": f"^(?:{form_of(representation).pattern.replace(_SURROGATES, '')})$"}
    if representation.kind != "d":
        form |= {"minLength": representation.least, "maxLength": representation.most}
    return form


def _conditional(definition: Definition, name: str, condition: _Condition) -> Schema | None:
    """What a named condition asks for, as ``if`` and ``then``.

    A condition on a section's own fields is asked of each line; then only its other paths stand in the
    outer ``if``.
    """
    head = [field.name for field in definition.head() if field.required == name]
    groups = {
        section.id: section_clause
        for section in definition.groups()
        if (section_clause := _asked_of_lines(section, name, condition)) is not None
    }
    if not head and not groups:
        return None
    then: Schema = {"properties": groups} if groups else {}
    if head:
        then["required"] = head
    return {"if": _met(condition), "then": then}


def _asked_of_lines(section: Section, name: str, condition: _Condition) -> Schema | None:
    required = [field.name for field in section.fields if field.required == name]
    inner = {
        below.id: clause
        for below in section.sections
        if (clause := _asked_of_lines(below, name, _below(condition, section))) is not None
    }
    if not required and not inner:
        return None
    then: Schema = {"properties": inner} if inner else {}
    if required:
        then["required"] = required
    own = _below(condition, section)
    return {"items": {"if": _met(own), "then": then} if own else then}


def _below(condition: _Condition, section: Section) -> dict[str, tuple[str, ...]]:
    """The part of a condition that speaks of a section's fields, by their paths within it."""
    prefix = f"{section.id}."
    return {path.removeprefix(prefix): to for path, to in condition.items() if path.startswith(prefix)}


def _met(condition: _Condition) -> Schema:
    """A schema that documents pass which meet the condition: every path has one of its values."""
    return {"allOf": [_has(path, wanted) for path, wanted in condition.items()]}


def _has(path: str, wanted: tuple[str, ...]) -> Schema:
    name, _, rest = path.partition(".")
    if rest:
        found: Schema = {"type": "array", "contains": _has(rest, wanted)}
    elif "*" in wanted:
        found = {"type": "string", "minLength": 1}
    else:
        found = {"enum": sorted(wanted)}
    return {"type": "object", "required": [name], "properties": {name: found}}


def _both(text: Text) -> str:
    return f"{text.zh} | {text.en}"
