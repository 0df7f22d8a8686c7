"""What a receipt orders: the instructions it carries, else what its outcome means for the goods; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination.algebra import UNKNOWN
from singlewindow.hub.coordination.cases import SHARED, Case
from singlewindow.hub.exchange.arrived import Arrived
from singlewindow.kernel.messages import Instruction, Order, Outcome, Receipt, Stage, Subject
from singlewindow.kernel.receipts import timed

# RETURNED orders nothing: the agency has not ruled on goods whose document it sent back.
MEANINGS = {
    Outcome.INSPECT: Order.INSPECT,
    Outcome.HOLD: Order.HOLD,
    Outcome.RELEASED: Order.RELEASE,
    Outcome.CLOSED: Order.RELEASE,
    Outcome.REFUSED: Order.DENY,
}
# Of two letters of one agency and one instant: an inspection notice goes before the release that ends
# it, and nothing else is outvoted.
_PRECEDENCE = {Order.INSPECT: 0, Order.RELEASE: 1, Order.HOLD: 2, Order.DENY: 3}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


class Spoken(Struct, frozen=True, gc=False):
    """One instruction, resolved to a dossier's subject, ready to be kept."""

    instruction: Instruction
    channel: str
    dossier: UUID
    origin: UUID | None
    received_at: datetime
    unknown: str = ""  # the name it gave, where the dossier knows no such thing


def orders(receipt: Receipt) -> bool:
    """Whether a receipt orders anything. What the wire or a gateway says rules on no goods."""
    return bool(receipt.instructions) or (receipt.stage is Stage.BUSINESS and receipt.outcome in MEANINGS)


def spoken(arrived: Arrived, case: Case) -> Iterable[Spoken]:
    """The receipt's instructions on subjects of the case."""
    receipt = arrived.receipt
    if not receipt.instructions:
        yield Spoken(_outcome(arrived, case), "outcome", case.id, arrived.document_id, arrived.received_at)
        return
    for said in receipt.instructions:
        subject, unknown = resolve(said.subject, case)
        version = _version(said.at, arrived.received_at, said.order) if timed(said) else said.version
        resolved = Instruction(
            said.id, arrived.partner, said.order, subject, said.at, version, said.method, said.items,
            said.basis, said.text, said.withdrawn,
        )  # fmt: skip
        yield Spoken(resolved, "instruction", case.id, arrived.document_id, arrived.received_at, unknown)


def _outcome(arrived: Arrived, case: Case) -> Instruction:
    receipt = arrived.receipt
    order = MEANINGS[receipt.outcome]
    version = _version(receipt.at, arrived.received_at, order)
    said = receipt.text or receipt.code
    return Instruction(receipt.id, arrived.partner, order, case.subject, receipt.at, version, text=said)


def _version(at: datetime, received_at: datetime, order: Order) -> int:
    """The partner's clock in microseconds; where it shows whole seconds, ours orders within the second."""
    if at.microsecond == 0:
        at = min(max(at, received_at), at + _SECOND - _MICROSECOND)
    return ((at - _EPOCH) // _MICROSECOND) * len(_PRECEDENCE) + _PRECEDENCE[order]


def resolve(named: Subject, case: Case) -> tuple[Subject, str]:
    """What an agency names, as this case knows it. Agencies name numbers; calls and dossiers are ours.

    What bars a thing that the dossier does not know bars all the goods, until that is lifted: an order is
    never lost, and the release of another's container frees nothing.
    """
    if named.kind == "conveyance" and case.call:
        return Subject("conveyance", case.call), ""
    if named.kind not in SHARED:
        return case.subject, ""
    for place in case.places:
        if place.kind == "container" and place.number == named.id:
            return Subject("container", place.key), ""
    # What it no longer has may still be held in its name, and is named to be freed.
    for key, number in case.ended:
        if number == named.id:
            return Subject("container", key), ""
    return Subject(UNKNOWN, named.id), named.id
