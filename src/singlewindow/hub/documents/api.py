"""What programs ask of documents: definitions and their JSON Schema."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.documents import desk
from singlewindow.hub.documents.definition import Definition, Section
from singlewindow.hub.documents.definition import Field as Box
from singlewindow.hub.documents.schema import schema_of
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Routes, absent
from singlewindow.hub.identity.shapes import Line, Name, Paging, Shape, Words
from singlewindow.hub.standards.api import Day
from singlewindow.kernel.clock import local_day, now
from singlewindow.kernel.messages import Text

READ = "standards.read"
routes = Routes(tags=["documents"])


class DefinitionLine(Shape):
    """A kind of document in one version."""

    id: str
    version: str
    valid_from: date
    name: Words


class Definitions(Shape):
    """A page of the published versions of every kind of document, by kind, the oldest version first."""

    items: list[DefinitionLine]
    next: str | None


class FieldShape(Shape):
    """A box: the data element it means, and whether it must be filled: yes, no, or a named condition."""

    name: str
    element: str
    label: Words
    definition: Words
    representation: str
    codes: str
    required: str
    filled_by: str


class SectionShape(Shape):
    """A group of boxes; ``least`` and ``most`` lines where it repeats, both 0 where it does not."""

    id: str
    name: Words
    least: int
    most: int
    fields: list[FieldShape]
    sections: list[SectionShape]


class DefinitionShape(DefinitionLine):
    """A definition whole."""

    reference: str
    keys: dict[str, str]
    conditions: dict[str, dict[str, list[str]]]
    sections: list[SectionShape]


class Versioned(Shape):
    """Which version; the newest if absent."""

    version: Line = Field("", description="版本，缺省为最新 · version; the newest if absent")


class OnDay(Versioned):
    """Which version, with the codes of which day."""

    on: Day = None


@routes.see(
    "/definitions",
    Definitions,
    needs=READ,
    title=Text("单证定义", "Definitions of documents"),
    notes=Text("全部单证及其版本", "All kinds of documents and their versions"),
)
def list_definitions(request: HttpRequest, asked: Query[Paging]) -> Any:
    every = desk.current().registry.definitions.values()
    return paging.held(every, asked, tuple[str, date, str], lambda one: (one.id, one.valid_from, one.version))


@routes.see(
    "/definitions/{kind}",
    DefinitionShape,
    needs=READ,
    title=Text("一个单证定义", "One definition"),
    notes=Text("分组、栏目、数据元、条件", "Its sections, boxes, data elements and conditions"),
)
def get_definition(request: HttpRequest, kind: Name, asked: Query[Versioned]) -> Any:
    found = definition_of(kind, asked.version)
    return {
        "id": found.id,
        "version": found.version,
        "valid_from": found.valid_from,
        "name": found.name,
        "reference": found.reference,
        "keys": found.keys,
        "conditions": {
            name: {path: list(to) for path, to in c.items()} for name, c in found.conditions.items()
        },
        "sections": [_section(each) for each in found.sections],
    }


@routes.see(
    "/definitions/{kind}/schema",
    dict[str, Any],
    needs=READ,
    title=Text("单证的 JSON Schema", "The JSON Schema of a document"),
    notes=Text(
        "JSON Schema 2020-12，含当日有效的代码", "JSON Schema 2020-12 with the codes in force on the day"
    ),
)
def get_definition_schema(request: HttpRequest, kind: Name, asked: Query[OnDay]) -> Any:
    return schema_of(definition_of(kind, asked.version), desk.current().lists, asked.on or local_day(now()))


def definition_of(kind: str, version: str) -> Definition:
    """A definition in that version, the newest if none is named; refuses where there is none."""
    registry = desk.current().registry
    try:
        return registry.definitions[kind, version] if version else registry.current(kind)
    except KeyError:
        raise absent() from None


def _section(section: Section) -> dict[str, Any]:
    return {
        "id": section.id,
        "name": section.name,
        "least": section.least,
        "most": section.most,
        "fields": [_field(each) for each in section.fields],
        "sections": [_section(each) for each in section.sections],
    }


def _field(box: Box) -> dict[str, Any]:
    element = box.element
    return {
        "name": box.name,
        "element": element.code,
        "label": element.name,
        "definition": element.definition,
        "representation": str(element.representation),
        "codes": element.codes,
        "required": box.required,
        "filled_by": box.filled_by,
    }
