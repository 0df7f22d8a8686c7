"""Everything that bars a container, of all goods in it, as a gate reads it: each order with who gave it.

A disposition names those of its strongest order alone. What reaches the goods is asked of the algebra, so
that gates, pages and decisions agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from msgspec import Struct

from singlewindow.hub.coordination import wording
from singlewindow.hub.coordination.algebra import Given, Kind, Unit, covering, kind_of
from singlewindow.hub.coordination.cases import places
from singlewindow.hub.coordination.counting import Contents, contents, seen
from singlewindow.hub.journal.statements import statements_beside
from singlewindow.kernel.messages import Order, Text
from singlewindow.kernel.queries import Cursor

MOST_NAMED = 12  # agencies of one order
_SQL = statements_beside(__file__, "sql/gate.sql") | statements_beside(__file__, "sql/said.sql")
_DECIDED = {
    Kind.NOT_RELEASED: Order.DENY,
    Kind.HELD: Order.HOLD,
    Kind.JOINT_INSPECTION: Order.INSPECT,
    Kind.SINGLE_INSPECTION: Order.INSPECT,
}


class Barrier(Struct, frozen=True):
    """What bars a container, and who: an order of theirs, or (``pending``) that they have not released it."""

    disposition: Kind
    agencies: tuple[str, ...]
    text: Text


class Lot(Struct, frozen=True):
    """One consignment's goods in the container, not released; a whole container's are a lot of their own."""

    dossier: UUID
    goods: str
    call: str
    key: str
    lot: bool
    kind: str
    agencies: list[str]
    missing: list[str]

    def unit(self) -> Unit:
        """As the algebra knows it."""
        (place,) = places(
            self.dossier, self.goods, "", self.call, False, [(self.key, "", "", self.lot, False)]
        )
        return place.unit


def of(cursor: Cursor, number: str) -> tuple[Barrier, ...]:
    """As far as the reader is told: the strongest order first, each on a line with its agencies by name."""
    lots = [Lot(**row) for row in _rows(cursor, "barred", number=number)]
    return _barriers(lots, _said(cursor, lots, number) if lots else ())


def _said(cursor: Cursor, lots: Sequence[Lot], number: str) -> Sequence[Given]:
    dossiers = [lot.dossier for lot in lots]
    shared = sorted({where for lot in lots for where in (lot.key, lot.call)} - {""})
    asked = {"dossiers": dossiers, "shared": shared}
    rows, sent = _rows(cursor, "instructions", **asked), _rows(cursor, "sent", **asked)
    return seen(rows, sent, _contents(cursor, dossiers, number)).counting


def _contents(cursor: Cursor, dossiers: list[UUID], number: str) -> dict[UUID, Contents]:
    cursor.execute(_SQL["called"], {"dossiers": dossiers, "number": number})
    boxes: dict[UUID, list[tuple[str, str, bool]]] = {}
    for dossier, *box in cursor.fetchall():
        boxes.setdefault(dossier, []).append(tuple(box))
    return {dossier: contents(several) for dossier, several in boxes.items()}


def _barriers(lots: Sequence[Lot], counting: Sequence[Given]) -> tuple[Barrier, ...]:
    """Whoever bars it by an order has not released it either, and is named for the order."""
    barring = {
        (_DECIDED[Kind(lot.kind)], who) for lot in lots if lot.kind in _DECIDED for who in lot.agencies
    }
    for unit in (lot.unit() for lot in lots):
        reaching = (given for given in covering(unit, counting) if given.restricts(unit))
        barring |= {(given.instruction.order, given.instruction.agency) for given in reaching}
    by_order: dict[Order, set[str]] = {}
    for order, agency in barring:
        by_order.setdefault(order, set()).add(agency)
    found = [_ordered(order, by_order[order]) for order in sorted(by_order, reverse=True)]
    missing = {who for lot in lots for who in lot.missing} - {who for _, who in barring}
    return tuple([*found, _awaited(missing)] if missing else found)


def _ordered(order: Order, agencies: set[str]) -> Barrier:
    kind, who = kind_of(order, len(agencies)), tuple(sorted(agencies)[:MOST_NAMED])
    return Barrier(kind, who, wording.sentence(kind, who, ()))


def _awaited(agencies: set[str]) -> Barrier:
    who = tuple(sorted(agencies)[:MOST_NAMED])
    return Barrier(Kind.PENDING, who, wording.sentence(Kind.PENDING, (), who))


def _rows(cursor: Cursor, name: str, **values: Any) -> list[dict[str, Any]]:
    cursor.execute(_SQL[name], values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
