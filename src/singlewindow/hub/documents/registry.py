"""Every definition and mapping that ships with the platform, joined and checked at start.

A definition stands in an application's or a connector's ``documents/``; a connector's
``mapping.yaml`` names its source by id and version. A missing or wrong reference is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from singlewindow.hub.documents.checking import Check, Rule, compile_check
from singlewindow.hub.documents.definition import (
    SYSTEM,
    Definition,
    DefinitionError,
    Field,
    parse_definition,
)
from singlewindow.hub.documents.projection import Carrier, Named, Projection, compile_mapping
from singlewindow.hub.standards.codelists import CodeList
from singlewindow.hub.standards.elements import Element

Version = tuple[str, str]


class Registry(Struct, frozen=True):
    """What documents there are. Immutable; a new version or code list makes a new registry."""

    elements: Mapping[str, Element]
    definitions: Mapping[Version, Definition]
    checks: Mapping[Version, Check]
    projections: Mapping[str, Projection]  # by connector
    listings: Mapping[str, CodeList]
    rules: Mapping[str, Rule]
    systems: Mapping[Version, tuple[Field, ...]]  # of the head: what authorities or the platform fill in
    receivers: Mapping[Version, str]  # of definitions that are partners' own: whose

    def current(self, kind: str) -> Definition:
        """The newest version of a kind of document; raises KeyError."""
        versions = [d for d in self.definitions.values() if d.id == kind]
        if not versions:
            raise KeyError(kind)
        return max(versions, key=lambda d: (d.valid_from, d.version))

    def with_lists(self, listings: Mapping[str, CodeList]) -> Registry:
        """With these code lists instead; only the checks that use a changed one are made anew."""
        changed = {each.id for each in listings.values() if self.listings.get(each.id) is not each}
        if not changed:
            return self
        checks = {
            version: compile_check(self.definitions[version], listings, self.rules)
            if lists_of(self.definitions[version]) & changed
            else check
            for version, check in self.checks.items()
        }
        return replace(self, checks=checks, listings=listings)


def lists_of(definition: Definition) -> frozenset[str]:
    """The code lists that a definition's fields take their codes from."""
    return frozenset(field.element.codes for _, field in definition.paths() if field.element.codes)


def assemble(
    root: Path,
    elements: Mapping[str, Element],
    listings: Mapping[str, CodeList],
    rules: Mapping[str, Rule],
    functions: Mapping[str, Mapping[str, Named]],
    carriers: Mapping[str, Carrier] | None = None,
) -> Registry:
    """Read every application and connector folder below ``root``; raises DefinitionError.

    ``rules`` are those the applications offer, ``functions`` what each connector's mapping may name,
    ``carriers`` the connectors whose codec writes again what came in its format and no definition names.
    """
    definitions: dict[Version, Definition] = {}
    receivers: dict[Version, str] = {}
    for path in sorted([*root.glob("apps/*/documents/*.yaml"), *root.glob("connectors/*/documents/*.yaml")]):
        definition = parse_definition(path.read_text(encoding="utf-8"), elements)
        version = (definition.id, definition.version)
        if version in definitions:
            raise DefinitionError(path.name, [f"{version} is defined twice"])
        definitions[version] = definition
        if path.parts[-4] == "connectors":
            receivers[version] = path.parts[-3]
    return Registry(
        elements=elements,
        definitions=definitions,
        checks={version: compile_check(d, listings, rules) for version, d in definitions.items()},
        projections={
            path.parent.name: replace(
                compile_mapping(
                    path.read_text(encoding="utf-8"), definitions, functions.get(path.parent.name, {})
                ),
                carrier=(carriers or {}).get(path.parent.name),
            )
            for path in sorted(root.glob("connectors/*/mapping.yaml"))
        },
        listings=listings,
        rules=rules,
        systems={
            version: tuple(field for field in d.head() if field.filled_by == SYSTEM)
            for version, d in definitions.items()
        },
        receivers=receivers,
    )
