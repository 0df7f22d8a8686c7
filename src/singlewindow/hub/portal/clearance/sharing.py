"""A container that several consignments share (拼箱), as each of them sees it. Pure.

What an agency orders on the whole container reaches every lot in it, but its words came with one of them and
may speak of those goods: the others read what was ordered and by whom, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from singlewindow.hub.coordination.algebra import Kind
from singlewindow.hub.coordination.cases import NOBODYS, Place
from singlewindow.hub.coordination.orders import OPEN
from singlewindow.hub.identity.asking import Row
from singlewindow.kernel.messages import Order, Text

WITH_OTHERS = Text("拼箱：随箱内另一票货物对整箱下达", "on the whole container, with other goods in it")
NOTHING: Mapping[str, Order] = {}
# What an agency that stands in the way must have ordered, where its instruction is not told.
_ORDERED = {
    Kind.NOT_RELEASED: Order.DENY,
    Kind.HELD: Order.HOLD,
    Kind.JOINT_INSPECTION: Order.INSPECT,
    Kind.SINGLE_INSPECTION: Order.INSPECT,
}


def inspecting(parts: Iterable[Row]) -> dict[UUID, frozenset[str]]:
    """Who is still to inspect under each order."""
    found: dict[UUID, frozenset[str]] = {}
    for part in parts:
        if part["standing"] == "joined" and not part["conclusion"]:
            order = part["inspection_order"]
            found[order] = found.get(order, frozenset()) | {part["agency"]}
    return found


def held_in(named: Row) -> Text | None:
    """What of these goods is in a container, and that others' are in it, too."""
    found = [Text(f"商品 {named['lines']}", f"goods {named['lines']}")] if named["lines"] else []
    found += [Text("拼箱", "shared load")] if named["lot"] else []
    return Text(" · ".join(one.zh for one in found), " · ".join(one.en for one in found)) if found else None


def order_on(dossier: UUID, place: Place, orders: Mapping[tuple[UUID, str, str], Row]) -> Row | None:
    """The order on the lot, or the one on the whole container that it shares; one that is open goes first."""
    subject = place.unit.subject
    places = (dossier, subject.kind, subject.id), (NOBODYS, "container", place.key)
    found = [orders[where] for where in places if where in orders]
    return next((row for row in found if row["state"] in OPEN), found[0] if found else None)


def ordered(
    row: Row | None, order: Row | None, taking_part: Mapping[UUID, frozenset[str]]
) -> dict[str, Order]:
    """Agency → what it must have ordered on the whole container, by the disposition and the open order."""
    found: dict[str, Order] = {}
    if order and order["dossier"] == NOBODYS and order["state"] in OPEN:
        found = dict.fromkeys(taking_part.get(order["id"], ()), Order.INSPECT)
    if row and row["kind"] in _ORDERED:
        found |= dict.fromkeys(row["agencies"], _ORDERED[row["kind"]])
    return found
