"""What a document is: sections, fields by data element, cardinality and rules, in one version."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from singlewindow.hub.standards.elements import Element
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Text

_NEEDED = ("id", "version", "valid_from", "name", "sections")
SYSTEM = "system"  # who fills a field that senders may not
MOST_LINES = 5_000  # of any repeating section, whatever a definition says


class DefinitionError(ValueError):
    """A definition or mapping that cannot be used; names everything that is wrong with it."""

    def __init__(self, where: str, faults: list[str]) -> None:
        super().__init__(f"{where}: " + "; ".join(faults))
        self.faults = faults


class Place(Struct, frozen=True):
    """Where a field stands on the form. Says nothing about what it means.

    ``width`` in columns of four; fields of one ``box`` share a cell, labelled by the field or the
    section's box of that name; ``seldom`` ones are folded away while empty; a ``column`` is shown in
    the table of a section that has an editor; ``unit`` stands behind a number. A ``party`` field holds
    the code of a party that the platform may know (``known``) or that is one's own unless said (``own``).
    A ``total`` is shown below the lines: beside the field at the top that says it too, or one for each
    value of another field of the line (amounts by currency).
    """

    width: int = 1
    box: str = ""
    seldom: bool = False
    column: bool = False
    unit: str = ""
    party: str = ""
    total: str = ""


class Field(Struct, frozen=True):
    """One box: the element it means, the name its value goes by, and whether it must be filled.

    ``required`` is ``yes``, ``no`` or the name of one of the definition's conditions. What is
    ``filled_by`` the system is not taken from senders; what is said ``once`` holds of one document
    alone, and is left out of a copy. A box of a partner's own document that is ``wanted`` may be blank, but
    its receiver cannot do all of its work then: whoever fills in the form is told. What is ``counted`` is
    how many values there are at a ``path``, a code there with a number beside it counting that often.
    """

    element: Element
    name: str
    required: str = "no"
    filled_by: str = ""
    place: Place = Place()
    once: bool = False
    wanted: bool = False
    counted: dict[str, str] = {}


class Shape(Struct, frozen=True):
    """How a section stands on the form.

    ``key`` is the digit that jumps to it; a ``joined`` one continues the ruled grid before it; one with
    an ``editor`` opens its lines inside its table; two ``half`` ones stand side by side. ``boxes`` name
    cells that several fields share.
    """

    key: str = ""
    joined: bool = False
    editor: bool = False
    half: bool = False
    boxes: dict[str, Text] = {}


class Section(Struct, frozen=True):
    """A group of fields; ``least`` and ``most`` lines where it repeats, both 0 where it does not."""

    id: str
    name: Text
    fields: tuple[Field, ...]
    least: int = 0
    most: int = 0
    sections: tuple[Section, ...] = ()
    shape: Shape = Shape()

    @property
    def repeats(self) -> bool:
        """Whether its values are a list of lines."""
        return self.most > 0


class Definition(Struct, frozen=True):
    """One version of a document's definition, as published."""

    id: str
    version: str
    valid_from: date
    name: Text
    sections: tuple[Section, ...]
    reference: str = ""  # field that people call the document by
    principal: str = ""  # field with the code of the party on whose behalf it is submitted
    declarant: str = ""  # field with the code of the party that declares: nobody in another's name
    keys: dict[str, str] = {}
    conditions: dict[str, dict[str, tuple[str, ...]]] = {}
    rules: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # rules that only the form asks, on the day on which it is filled in
    text: str = ""

    @property
    def hash(self) -> bytes:
        """SHA-256 of the published text: what a stored document names stays what it was."""
        return hashlib.sha256(self.text.encode()).digest()

    def head(self) -> Iterator[Field]:
        """The fields that stand at the top of a document's values."""
        for section in self.sections:
            if not section.repeats:
                yield from section.fields

    def groups(self) -> Iterator[Section]:
        """The repeating sections, whose values are lists of lines."""
        return (section for section in self.sections if section.repeats)

    def paths(self) -> Iterator[tuple[str, Field]]:
        """Every field with its path, ``goods.un_number`` for a field of a repeating section."""
        for field in self.head():
            yield field.name, field
        for section in self.groups():
            yield from _paths_below(section, section.id)

    def typed(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Only what a sender may fill, at every depth."""
        left = {field.name for field in self.head() if field.filled_by}
        return _typed(left, {section.id: section for section in self.groups()}, values)


def _typed(left: set[str], groups: Mapping[str, Section], values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [_typed_line(groups[name], line) for line in value] if name in groups else value
        for name, value in values.items()
        if name not in left
    }


def _typed_line(section: Section, line: Mapping[str, Any]) -> dict[str, Any]:
    left = {field.name for field in section.fields if field.filled_by}
    return _typed(left, {inner.id: inner for inner in section.sections}, line)


def _paths_below(section: Section, prefix: str) -> Iterator[tuple[str, Field]]:
    for field in section.fields:
        yield f"{prefix}.{field.name}", field
    for inner in section.sections:
        yield from _paths_below(inner, f"{prefix}.{inner.id}")


def parse_definition(text: str, elements: Mapping[str, Element]) -> Definition:
    """Read a published definition; raises DefinitionError naming every fault."""
    raw = parse_yaml(text)
    faults = [f"no {key}" for key in _NEEDED if key not in raw]
    if faults:
        raise DefinitionError(raw.get("id", "definition"), faults)
    sections = tuple(_section(entry, elements, faults) for entry in raw["sections"])
    definition = Definition(
        id=raw["id"],
        version=raw["version"],
        valid_from=date.fromisoformat(raw["valid_from"]),
        name=Text(raw["name"]["zh"], raw["name"]["en"]),
        sections=sections,
        reference=raw.get("reference", ""),
        principal=raw.get("principal", ""),
        declarant=raw.get("declarant", ""),
        keys=raw.get("keys", {}),
        conditions={
            name: {field: tuple(values) for field, values in tests.items()}
            for name, tests in raw.get("conditions", {}).items()
        },
        rules=tuple(raw.get("rules", ())),
        doubts=tuple(raw.get("doubts", ())),
        text=text,
    )
    faults += _loose_ends(definition)
    if faults:
        raise DefinitionError(f"{raw['id']} {raw['version']}", faults)
    return definition


def _section(raw: dict[str, Any], elements: Mapping[str, Element], faults: list[str]) -> Section:
    repeats = raw.get("repeats", {})
    least, most = int(repeats.get("min", "0")), int(repeats.get("max", "0"))
    if least > most:
        faults.append(f"section {raw['id']} asks for more lines than it allows")
    if raw.get("sections") and most == 0:
        faults.append(f"section {raw['id']} holds sections but does not repeat")
    if most > MOST_LINES:
        faults.append(f"section {raw['id']} allows more than {MOST_LINES} lines")
    return Section(
        id=raw["id"],
        name=Text(raw["name"]["zh"], raw["name"]["en"]),
        fields=tuple(
            field for entry in raw["fields"] if (field := _field(entry, elements, faults)) is not None
        ),
        least=least,
        most=most,
        sections=tuple(_section(entry, elements, faults) for entry in raw.get("sections") or ()),
        shape=_shape(raw, faults),
    )


def _shape(raw: dict[str, Any], faults: list[str]) -> Shape:
    form = raw.get("form", {})
    boxes = {id_: Text(name["zh"], name["en"]) for id_, name in form.get("boxes", {}).items()}
    known = {*boxes, *(field.get("as", field["element"]) for field in raw["fields"])}
    lost = {field["box"] for field in raw["fields"] if "box" in field} - known
    faults += [f"section {raw['id']}: no box {name}" for name in sorted(lost)]
    return Shape(
        key=form.get("key", ""),
        joined=form.get("joined") == "yes",
        editor=form.get("editor") == "yes",
        half=form.get("half") == "yes",
        boxes=boxes,
    )


def _place(raw: dict[str, str], faults: list[str]) -> Place:
    width = raw.get("width", "1")
    if width not in {"1", "2", "3", "4"}:
        faults.append(f"{raw['element']}: a width is 1 to 4 columns")
        width = "1"
    return Place(
        width=int(width),
        box=raw.get("box", ""),
        seldom=raw.get("seldom") == "yes",
        column=raw.get("column") == "yes",
        unit=raw.get("unit", ""),
        party=raw.get("party", ""),
        total=raw.get("total", ""),
    )


def _field(raw: dict[str, Any], elements: Mapping[str, Element], faults: list[str]) -> Field | None:
    element = elements.get(raw["element"])
    if element is None:
        faults.append(f"no data element {raw['element']}")
        return None
    return Field(
        element=element,
        name=raw.get("as", element.code),
        required=raw.get("required", "no"),
        filled_by=raw.get("filled_by", ""),
        place=_place(raw, faults),
        once=raw.get("once") == "yes",
        wanted=raw.get("wanted") == "yes",
        counted=raw.get("counted") or {},
    )


def _section_paths(sections: Iterable[Section], prefix: str) -> Iterator[str]:
    for section in sections:
        yield prefix + section.id
        yield from _section_paths(section.sections, f"{prefix}{section.id}.")


def _loose_ends(definition: Definition) -> list[str]:
    fields = [path for path, _ in definition.paths()]
    known = set(fields)
    names = Counter([*fields, *_section_paths(definition.groups(), "")])
    faults = [f"{name} stands twice" for name, times in sorted(names.items()) if times > 1]
    faults += [f"key {kind}: no field {path}" for kind, path in definition.keys.items() if path not in known]
    named = {use: getattr(definition, use) for use in ("reference", "principal", "declarant")}
    faults += [f"{use}: no field {path}" for use, path in named.items() if path and path not in known]
    for path, field in definition.paths():
        beside = f"{path.rpartition('.')[0]}.{field.place.total}"
        if field.place.total and known.isdisjoint({field.place.total, beside}):
            faults.append(f"{path}: no field {field.place.total}")
        if field.counted and field.counted.get("path") not in known:
            faults.append(f"{path}: no field {field.counted.get('path')} to count")
        if field.required not in {"yes", "no", *definition.conditions}:
            faults.append(f"{path}: no condition {field.required}")
    for name, tests in definition.conditions.items():
        faults += [f"condition {name}: no field {path}" for path in tests if path not in known]
    return faults
