"""Every definition and mapping that ships with the platform, joined and checked at start.

A definition stands in an application's or a connector's ``documents/``. A mapping names source and target by
id and version; it stands with the connector (``mapping.yaml``, more of them in ``mappings/``) or, where the
partner was there first, with the application (``mappings/<partner>/``). A missing or wrong reference is
refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

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
from singlewindow.kernel.messages import Document

PRINCIPAL = "connectors/*/mapping.yaml"
MAPPINGS = (PRINCIPAL, "connectors/*/mappings/*.yaml", "apps/*/mappings/*/*.yaml")
Version = tuple[str, str]


class Route(NamedTuple):
    """What is made for whom: a partner's own kind of document from one version of a source document."""

    partner: str
    source: str
    version: str
    target: str


class Registry(Struct, frozen=True):
    """What documents there are. Immutable; a new version or code list makes a new registry."""

    elements: Mapping[str, Element]
    definitions: Mapping[Version, Definition]
    checks: Mapping[Version, Check]
    projections: Mapping[Route, Projection]
    principal: Mapping[str, Projection]  # by partner: its ``mapping.yaml``, which its reader reads backwards
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

    def makes(self, partner: str, source: str, target: str, condition: str = "") -> bool:
        """Whether this can be made for a partner from every version of the source, where a condition holds
        that every version knows."""
        sources = [each for each in self.definitions.values() if each.id == source]
        return bool(sources) and all(
            Route(partner, source, each.version, target) in self.projections
            and condition in {"", *each.conditions}
            for each in sources
        )

    def mapping(self, source: Document, partner: str, target: str) -> Projection | None:
        """How a partner's kind of document is made from this one; None where it is made of something else."""
        return self.projections.get(Route(partner, source.kind, source.version, target))

    def made_from(self, kind: str, version: str) -> dict[Route, Projection]:
        """Everything that partners' mappings make from one version of a document."""
        return {
            route: each
            for route, each in self.projections.items()
            if (route.source, route.version) == (kind, version)
        }

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
    found = dict(_mappings(root, definitions, receivers, functions, carriers or {}))
    return Registry(
        elements=elements,
        definitions=definitions,
        checks={version: compile_check(d, listings, rules) for version, d in definitions.items()},
        projections=_by_route(found, receivers),
        principal={path.parent.name: made for path, made in found.items() if path.match(PRINCIPAL)},
        listings=listings,
        rules=rules,
        systems={
            version: tuple(field for field in d.head() if field.filled_by == SYSTEM)
            for version, d in definitions.items()
        },
        receivers=receivers,
    )


def _mappings(
    root: Path,
    definitions: Mapping[Version, Definition],
    receivers: Mapping[Version, str],
    functions: Mapping[str, Mapping[str, Named]],
    carriers: Mapping[str, Carrier],
) -> Iterator[tuple[Path, Projection]]:
    """Every mapping by its file: in its partner's folder, or in one of that name of the application's."""
    for path in sorted(path for places in MAPPINGS for path in root.glob(places)):
        partner = partner_of(path.relative_to(root))
        made = compile_mapping(path.read_text(encoding="utf-8"), definitions, functions.get(partner, {}))
        if receivers.get((made.target.id, made.target.version)) != partner:
            fault = f"{made.target.id} {made.target.version} is no document of {partner}"
            raise DefinitionError(str(path.relative_to(root)), [fault])
        yield path, replace(made, carrier=carriers.get(partner))


def partner_of(path: Path) -> str:
    """``connectors/<partner>/…/one.yaml`` and ``apps/<application>/mappings/<partner>/one.yaml``."""
    return path.parts[1] if path.parts[0] == "connectors" else path.parent.name


def _by_route(found: Mapping[Path, Projection], receivers: Mapping[Version, str]) -> dict[Route, Projection]:
    made: dict[Route, Projection] = {}
    for path, each in found.items():
        partner = receivers[each.target.id, each.target.version]
        route = Route(partner, each.source.id, each.source.version, each.target.id)
        if route in made:
            raise DefinitionError(path.name, [f"{' · '.join(route)} is mapped twice"])
        made[route] = each
    return dict(sorted(made.items()))
