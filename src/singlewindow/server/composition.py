"""What the rooms are made of, joined once: definitions, rules, mappings, codecs, code lists."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from singlewindow.hub.documents.inversion import Places, invert, places
from singlewindow.hub.documents.registry import Registry, assemble
from singlewindow.hub.exchange import notices
from singlewindow.hub.exchange.connector import Connector, Manifest, read_manifest
from singlewindow.hub.exchange.notices import Wire
from singlewindow.hub.exchange.submission import Reader, Reading
from singlewindow.hub.portal import duties, names
from singlewindow.hub.process import task as process
from singlewindow.hub.standards.codelists import load as load_code_lists
from singlewindow.hub.standards.elements import load_elements
from singlewindow.kernel.messages import Text
from singlewindow.server import rooms

Response = Callable[[bytes, str, int, Mapping[str, Any]], bytes]


@cache
def connectors() -> dict[str, Connector]:
    """Every connector shipped, by id; raises where a manifest is wrong."""
    return {name: _connector(name) for name in rooms.connectors()}


@cache
def registry() -> Registry:
    """Every definition and mapping shipped, compiled; raises DefinitionError where one is wrong."""
    return assemble(
        root=rooms.PACKAGE,
        elements=load_elements(),
        listings=load_code_lists(),
        rules=_rules(),
        functions={name: _functions(name) for name in rooms.connectors()},
        carriers={name: c.codec.carried for name, c in connectors().items() if hasattr(c.codec, "carried")},
    )


@cache
def wires() -> dict[tuple[str, str], Wire]:
    """How each partner is told what the platform itself has to say."""
    known = registry()
    return notices.wires(rooms.PACKAGE, known.elements, known.definitions, connectors())


@cache
def readers() -> tuple[Reader, ...]:
    """The formats that other systems write and connectors can read back."""
    return tuple(_reader(name) for name in rooms.connectors() if _has(name, "reader.py"))


def _reader(connector: str) -> Reader:
    module = import_module(f"singlewindow.connectors.{connector}.reader")
    projection = registry().principal[connector]
    back = invert(projection)
    format_ = projection.target.id

    def read(body: bytes) -> Reading:
        return Reading(
            format_, projection.source.id, projection.source.version, back(module.read_document(body))
        )

    return Reader(format_, module.recognises, read, _response(connector, places(projection)))


def _response(connector: str, wire: Places) -> Response | None:
    """The format's own response, problems named by its elements too, where the connector writes one."""
    if not _has(connector, "response.py"):
        return None
    module = import_module(f"singlewindow.connectors.{connector}.response")

    def respond(body: bytes, name: str, status: int, content: Mapping[str, Any]) -> bytes:
        named = {
            name: [{**one, "element": wire(one["field"])} for one in value]
            for name, value in content.items()
            if name in ("problems", "warnings")
        }
        written: bytes = module.respond(body, name, status, {**content, **named})
        return written

    return respond


def _has(connector: str, name: str) -> bool:
    return (rooms.PACKAGE / "connectors" / connector / name).exists()


def name_things() -> None:
    """Tell the portal what partners and kinds of documents are called, and what terms are counted by."""
    partners = [_partner(connector.manifest) for connector in connectors().values()]
    names.fill(partners, {d.id: d.name for d in registry().definitions.values()})
    keeper = process.shipped(sorted(rooms.PACKAGE.glob("apps/*/workflows/*.yaml")))
    duties.use(duties.Rules(keeper.workflows, keeper.deadlines))


def _partner(manifest: Manifest) -> names.Partner:
    """A partner with its own words for the codes of its receipts, where its folder has the table."""
    rows = []
    if _has(manifest.id, "receipts.csv"):
        with (rooms.PACKAGE / "connectors" / manifest.id / "receipts.csv").open(encoding="utf-8") as file:
            rows = [row for row in csv.DictReader(file) if row.get("stage", "business") == "business"]
    return names.Partner(
        manifest.id,
        manifest.name.text(),
        manifest.seal,
        manifest.format.text(),
        {row["code"]: Text(row["zh"].partition("（")[0], row["en"].partition(" (")[0]) for row in rows},
        frozenset(row["code"] for row in rows if row.get("milestone")),
    )


def _connector(name: str) -> Connector:
    manifest = read_manifest((rooms.PACKAGE / "connectors" / name / "connector.toml").read_text("utf-8"))
    if manifest.id != name:
        raise ValueError(f"connectors/{name}/connector.toml names itself {manifest.id}")
    return Connector(manifest, import_module(f"singlewindow.connectors.{name}.codec"))


def _rules() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted(rooms.PACKAGE.glob("apps/*/rules.py")):
        found |= import_module(f"singlewindow.apps.{path.parent.name}.rules").RULES
    return found


def _functions(connector: str) -> dict[str, Any]:
    if not _has(connector, "functions.py"):
        return {}
    module: ModuleType = import_module(f"singlewindow.connectors.{connector}.functions")
    return dict(module.FUNCTIONS)
