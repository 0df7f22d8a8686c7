"""What programs are answered about consignments, instructions, inspections, releases and gates."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.orders import State
from singlewindow.hub.coordination.passes import PassState
from singlewindow.hub.exchange import api_shapes as exchange
from singlewindow.hub.identity.shapes import Base64, Sha256, Shape, Words

Thing = Literal["bill", "container", "conveyance", "express", "postal"]
OrderName = Literal["release", "inspect", "hold", "deny"]
Channel = Literal["outcome", "instruction", "screen"]
Conclusion = Literal["", "normal", "abnormal"]


class ConsignmentLine(Shape):
    """A consignment in a list."""

    id: UUID
    goods: Literal["bill", "express", "postal"]
    name: str
    mode: str
    terminal: str
    dangerous: bool
    opened_at: datetime
    changed_at: datetime


class Consignments(Shape):
    """A page of consignments."""

    items: list[ConsignmentLine]
    next: str | None


class IdentityKeyShape(Shape):
    """A number that names the consignment."""

    kind: Literal["bill", "waybill", "declaration", "pre_entry", "unified", "transit", "order"]
    value: str


class CarryingObject(Shape):
    """A thing that carries the goods, for a period: container, conveyance call, truck."""

    kind: str
    number: str
    seal: str
    lot: bool
    lines: str
    dangerous: bool
    since: datetime
    until: datetime | None


class EventShape(Shape):
    """What happened, on which of the two tracks: documents or logistics."""

    at: datetime
    track: Literal["documents", "logistics"]
    code: str
    by: str
    number: str
    name: Words | None
    text: str


class VisibleDocument(Shape):
    """A document of the consignment that the caller may see."""

    submission_id: UUID
    document_id: UUID
    receiver: str | None
    document: str
    title: str
    state: exchange.State


class CellShape(Shape):
    """What one agency says of one object. ``executed``: its inspection was carried out and found nothing.

    ``channel`` is how it spoke: the outcome of a receipt, an instruction of its system, a screen or here.
    """

    agency: str
    order: OrderName
    word: Words
    at: datetime
    channel: Channel
    method: str
    items: list[str]
    executed: bool
    instruction: str


class ObjectDisposition(Shape):
    """What all agencies' instructions on one object come to, and why."""

    kind: str
    number: str
    lot: bool
    version: int
    disposition: Kind
    word: Words
    reason: Words
    agencies: list[str]
    missing: list[str]
    changed_at: datetime
    cells: list[CellShape]


class ReleaseLine(Shape):
    """A release; ``/releases/{number}`` has the bytes that were signed."""

    number: str
    version: int
    issued_at: datetime
    valid_until: datetime
    revoked_at: datetime | None
    revoked_for: str


class PassShape(Shape):
    """A container's leave to go, and whether it went: only ``in_force`` opens a gate.

    ``suspended``: nobody ordered otherwise, it waits for others' goods or for a decision on whose it is.
    """

    number: str
    state: PassState
    releases: list[str]
    issued_at: datetime
    valid_until: datetime
    suspended_at: datetime | None
    suspended_for: Literal["", "claimed", "shared"]
    revoked_at: datetime | None
    used_at: datetime | None
    gate: str


class Consignment(ConsignmentLine):
    """A consignment whole: what names it, what carries it, both tracks, object by agency, releases."""

    disposition: Kind
    partly_open: bool
    agencies: list[str]
    keys: list[IdentityKeyShape]
    objects: list[CarryingObject]
    events: list[EventShape]
    documents: list[VisibleDocument]
    matrix: list[ObjectDisposition]
    releases: list[ReleaseLine]
    passes: list[PassShape]


class InstructionShape(Shape):
    """One version of an order.

    ``channel``: the outcome of a receipt, an instruction of the agency's system, a screen or this API
    (``screen``). ``subject_kind`` is unknown where nothing in the consignment is called so.
    """

    id: str
    agency: str
    channel: Channel
    version: int
    consignment: UUID
    order: OrderName
    subject_kind: Literal[Thing, "unknown"]
    subject_key: str
    method: str
    items: list[str]
    basis: str
    text: str
    withdrawn: bool
    at: datetime
    received_at: datetime


class Instructions(Shape):
    """A page of instructions, newest first."""

    items: list[InstructionShape]
    next: str | None


class ReleaseShape(ReleaseLine):
    """A release with its signature; ``statement`` and ``signature`` are the exact bytes.

    Both are null to whom a seal in it is not told.
    """

    consignment: UUID
    statement: Base64 | None
    signature: Base64 | None
    key_id: Sha256


class RequestShape(Shape):
    """What was asked for: it is carried out by the platform's one writer, a moment later."""

    id: UUID
    location: str


class RequestProblem(Shape):
    """Why it was not done."""

    code: str
    text: Words


class RequestStanding(Shape):
    """What became of a request; ``problems`` say why it was declined, by codes of what they speak of."""

    id: UUID
    verb: str
    standing: Literal["waiting", "done", "declined"]
    asked_at: datetime
    applied_at: datetime | None
    problems: list[RequestProblem]


class InspectionLine(Shape):
    """An inspection order in a list. ``kind`` and ``name`` say of what."""

    id: UUID
    number: str
    consignment: UUID
    kind: Thing
    name: str
    state: State
    lead: str
    method: str
    opened_at: datetime
    changed_at: datetime
    appointed_at: datetime | None
    place: str
    conclusion: Conclusion


class Inspections(Shape):
    """A page of inspection orders."""

    items: list[InspectionLine]
    next: str | None


class PartShape(Shape):
    """One agency's part: what it looks at, and what it came to."""

    agency: str
    standing: Literal["joined", "offered", "withdrawn"]
    method: str
    items: list[str]
    untold: int
    instructions: list[str]
    conclusion: Literal["", "normal", "abnormal", "recognised"]
    concluded_at: datetime | None
    concluded_by: str


class ResultShape(Shape):
    """What was found of one item, once for all who asked for it."""

    item: str
    result: Literal["normal", "abnormal", "waived"]
    note: str
    agency: str
    by: str
    at: datetime


class Inspection(InspectionLine):
    """An inspection order with its parts and results. ``reason`` is that of a second inspection."""

    reason: str
    parts: list[PartShape]
    results: list[ResultShape]


class ReasonShape(Shape):
    """Why a gate refuses."""

    code: str
    text: Words


class BarrierShape(Shape):
    """What bars a container, and which agencies: an order of theirs, or (``pending``) a release to come."""

    disposition: Kind
    agencies: list[str]
    text: Words


class VerdictShape(Shape):
    """What a gate says; all but a release in force, the right seal and fresh data refuses.

    ``barring``: all that stands in the way where no release is in force, the strongest order first.
    """

    passed: bool
    number: str
    plate: str
    seal: str
    at: datetime
    reasons: list[ReasonShape]
    barring: list[BarrierShape]
    releases: list[str]


class GateEventShape(Shape):
    """One container at one gate."""

    at: datetime
    gate: str
    plate: str
    number: str
    seal: str
    passed: bool
    reasons: list[ReasonShape]


class GateEvents(Shape):
    """A page of what happened at gates, newest first."""

    items: list[GateEventShape]
    next: str | None


class ContainerPass(PassShape):
    """The same with the seals that a gate compares; none to whom they are not told."""

    seals: list[str]


class ContainerPasses(Shape):
    """A page of a container's passes, one a call: the used after all others, the newest first."""

    items: list[ContainerPass]
    next: str | None
