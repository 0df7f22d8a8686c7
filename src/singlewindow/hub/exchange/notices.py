"""What counterparts are told of orders, releases, passes: from journal entries to their documents; pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from singlewindow.hub.documents.definition import Definition, parse_definition
from singlewindow.hub.documents.projection import Projection, compile_mapping
from singlewindow.hub.dossier.carrying import UNKNOWN, Consignment
from singlewindow.hub.exchange.connector import Connector
from singlewindow.hub.exchange.submission import Subscription
from singlewindow.hub.journal.subscriber import Numbered
from singlewindow.hub.standards.elements import Element
from singlewindow.kernel.codes.calls import box_call
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document

HERE = Path(__file__).parent
ORDERS, RELEASES, PASSES = "inspection_orders", "composite_releases", "gate_passes"
LINES = {ORDERS: "orders", RELEASES: "releases", PASSES: "passes"}
ISSUED, CALLED_OFF, GIVEN, SUSPENDED = "issued", "called_off", "given", "suspended"
LINES_MOST = 200  # orders, releases or passes in one message

_CONTENT = msgspec.json.Decoder(dict[str, Any])


class Told(Struct, frozen=True):
    """As what a verb is told: part of which of the platform's documents, in which state."""

    kind: str
    state: str


class Leave(Struct, frozen=True):
    """A pass in force: the seal that gates compare, the same for all lots; its end; whose goods it is of.

    ``unsealed``: why a person must check the seal first, as at our own gate; '' where one is known.
    """

    seal: str
    until: datetime
    dossiers: frozenset[UUID]
    unsealed: str = ""


class Known(Struct, frozen=True):
    """What rooms know beside the entries, which many read.

    Consignments, and the keys of a container, by dossier; what may leave by key; the signatures of releases;
    what a container came with, by key; ``beyond``: how far sequences are beyond positions of the journal,
    since a restore took those back.
    """

    consignments: Mapping[UUID, Consignment]
    keys: Mapping[tuple[UUID, str], Sequence[str]] = {}
    leaving: Mapping[str, Leave] = {}
    signatures: Mapping[str, bytes] = {}
    came: Mapping[str, Consignment] = {}
    beyond: int = 0

    def consignment(self, dossier: UUID | None) -> Consignment:
        """What is known of a dossier; of none, nothing."""
        return self.consignments.get(dossier, UNKNOWN) if dossier else UNKNOWN


class Wire(Struct, frozen=True):
    """How one counterpart is told of one kind."""

    projection: Projection
    connector: Connector


class Event(Struct, frozen=True):
    """A journal entry that is told, its content read once."""

    entry: Numbered
    told: Told
    content: Mapping[str, Any]

    @property
    def agencies(self) -> frozenset[str]:
        """Who takes part in the order."""
        return frozenset((*self.content.get("agencies", ()), *self.content.get("offered", ())))

    @property
    def containers(self) -> Sequence[str]:
        """What a release or its revocation names."""
        boxes: Sequence[str] = self.content.get("containers", ())
        return boxes


@cache
def verbs() -> Mapping[str, Told]:
    """The facts of ``notices.yaml``; ValueError where a kind is not one of the platform's documents."""
    told = {verb: Told(**row) for verb, row in parse_yaml((HERE / "notices.yaml").read_text("utf-8")).items()}
    if strange := {one.kind for one in told.values()} - LINES.keys():
        raise ValueError(f"notices.yaml: unknown kinds {', '.join(sorted(strange))}")
    return told


def wires(
    root: Path,
    elements: Mapping[str, Element],
    definitions: Mapping[tuple[str, str], Definition],
    connectors: Mapping[str, Connector],
) -> dict[tuple[str, str], Wire]:
    """Partner and kind → wire, for every ``notices/*.yaml`` of a connector; raises DefinitionError."""
    own = [parse_definition(path.read_text("utf-8"), elements) for path in sorted(HERE.glob("documents/*"))]
    known = {**definitions, **{(one.id, one.version): one for one in own}}
    found = {}
    for path in sorted(root.glob("connectors/*/notices/*.yaml")):
        projection = compile_mapping(path.read_text("utf-8"), known, {})
        partner = path.parts[-3]
        found[partner, projection.source.id] = Wire(projection, connectors[partner])
    return found


def events(entries: Sequence[Numbered]) -> list[Event]:
    """What is told of these entries, in their order; an erased one tells nothing any more."""
    return [
        Event(entry, verbs()[entry.verb], _CONTENT.decode(entry.content))
        for entry in entries
        if entry.content is not None and entry.verb in verbs()
    ]


def receiving(
    wires: Mapping[tuple[str, str], Wire], subscriptions: Sequence[Subscription]
) -> Callable[[str, str, date], bool]:
    """Whether a partner is told of a kind on a day: it subscribes to it, and its connector can say it."""

    def receives(partner: str, kind: str, on: date) -> bool:
        wire = wires.get((partner, kind))
        if wire is None:
            return False
        document = wire.projection.target.id
        rows = (row for row in subscriptions if (row.receiver, row.document_kind) == (partner, document))
        return any(row.covers(kind, on) for row in rows)

    return receives


def document(wire: Wire, events: Sequence[Event], known: Known) -> Document:
    """The counterpart's own document that tells of these events, all of one kind."""
    kind = wire.projection.source.id
    lines = [_WRITE[kind](event, known) for event in events]
    return wire.projection.project(Document(kind, wire.projection.source.version, {LINES[kind]: lines}))


def _head(event: Event, known: Known) -> dict[str, Any]:
    entry, bill = event.entry, known.consignment(event.entry.submission_id).bill
    sequence = str(known.beyond + entry.position)
    head = {"notice_sequence": sequence, "notice_time": entry.at.isoformat(), "bill_number": bill}
    return {name: value for name, value in head.items() if value}


def _order(event: Event, known: Known) -> dict[str, Any]:
    said = event.content
    values = {
        "inspection_order_number": said["number"],
        "inspection_order_state": event.told.state,
        "inspection_order_kind": said.get("kind"),
        "inspection_subject_kind": said.get("subject"),
        "inspection_subject": said["name"],
        "inspection_method": said.get("method"),
        "inspection_time": said.get("appointed_at"),
        "inspection_place": said.get("place"),
        "inspection_call_off_reason": said.get("reason") if event.told.state == CALLED_OFF else "",
        "agencies": [{"inspection_agency": agency} for agency in said.get("agencies", ())],
    }
    return _head(event, known) | {name: value for name, value in values.items() if value}


def _release(event: Event, known: Known) -> dict[str, Any]:
    said, carried = event.content, known.consignment(event.entry.submission_id)
    values = {
        "release_number": said["number"],
        "release_state": event.told.state,
        "release_valid_until": said.get("valid_until"),
        "release_signature": b64encode(known.signatures.get(said["number"], b"")).decode(),
        "conveyance_name": carried.conveyance,
        "voyage_number": carried.voyage,
        "containers": [
            line
            for number in event.containers
            if number not in said.get("without", ())
            for line in _containers(event, number, known)
        ],
    }
    return _head(event, known) | {name: value for name, value in values.items() if value}


def _containers(event: Event, number: str, known: Known) -> list[dict[str, str]]:
    """A shared container may leave only with the last of its lots; a revocation closes it for all."""
    dossier = event.entry.submission_id
    keys = known.keys.get((dossier, number), ("",)) if dossier else ("",)
    return [_container(event, number, key, known.leaving.get(key)) for key in keys]


def _container(event: Event, number: str, key: str, leave: Leave | None) -> dict[str, str]:
    line = {"container_number": number, "conveyance_call": box_call(key), "container_may_leave": "0"}
    if event.told.state == ISSUED and leave and event.entry.submission_id in leave.dossiers:
        line |= {"container_may_leave": "0" if leave.unsealed else "1", "seal_number": leave.seal}
        line |= {"gate_pass_reason": leave.unsealed, "release_valid_until": leave.until.isoformat()}
    return {name: value for name, value in line.items() if value}


def _pass(event: Event, known: Known) -> dict[str, Any]:
    """A container that a gate was open to and is no longer, or is again; whose goods it holds is not said."""
    said, state = event.content, event.told.state
    leave = known.leaving.get(said["key"]) if state == GIVEN else None
    # It fell again, or was used, before this was told; or no seal is there that a gate could compare.
    if state == GIVEN and (leave is None or leave.unsealed):
        state = SUSPENDED
    came = known.came.get(said["key"], UNKNOWN)
    values = {
        "container_number": said["number"],
        "conveyance_call": box_call(said["key"]),
        "gate_pass_state": state,
        "gate_pass_version": str(said["version"]),
        "gate_pass_reason": leave.unsealed if leave else said.get("why"),
        "gate_pass_since": said["since"],
        "conveyance_name": came.conveyance,
        "voyage_number": came.voyage,
        "seal_number": leave.seal if leave else "",
        "release_valid_until": leave.until.isoformat() if leave else "",
        "agencies": [{"barring_agency": agency} for agency in said.get("agencies", ())],
        "instructions": [_instruction(one) for one in said.get("instructions", ())],
    }
    return _head(event, known) | {name: value for name, value in values.items() if value}


def _instruction(said: Mapping[str, Any]) -> dict[str, str]:
    return {
        "barring_agency": said["agency"],
        "instruction_number": said["id"],
        "instruction_version": str(said["version"]),
        "instruction_order": said["order"],
    }


_WRITE: Mapping[str, Callable[[Event, Known], dict[str, Any]]] = {
    ORDERS: _order,
    RELEASES: _release,
    PASSES: _pass,
}
