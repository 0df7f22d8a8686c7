"""Whose goods an inspection order is about, as far as the viewer may read them.

An order on a container that several consignments share belongs to none of them: each viewer reads their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from singlewindow.hub.coordination.cases import NOBODYS
from singlewindow.hub.coordination.queries import Ordered
from singlewindow.hub.identity.asking import Row
from singlewindow.hub.portal.clearance import queries

MOST = 12  # consignments of a shared container that a page looks up one by one


def of(order: Ordered) -> tuple[Row, ...]:
    """Each of them: ``dossier``, and what people call it (``name``)."""
    if order.dossier != NOBODYS:
        names = {row["id"]: row["name"] for row in queries.ask("named", dossiers=[order.dossier])}
        return ({"dossier": order.dossier, "name": names.get(order.dossier, "")},)
    return tuple(queries.ask("inside", orders=[order.id]))


def linked(consignments: Sequence[Row]) -> list[Row]:
    """Those that the viewer may open, each by the submission that opens it."""
    found = []
    for one in consignments[:MOST]:
        about = queries.ask("about", dossier=one["dossier"])
        found += [one | {"submission": about[0]["submission_id"]}] if about else []
    return found


def called(orders: Iterable[Ordered]) -> dict[UUID, str]:
    """By dossier, or by order where that is nobody's: the consignment, and how many more there are."""
    asked = list(orders)
    dossiers = {order.dossier for order in asked if order.dossier != NOBODYS}
    found = {row["id"]: row["name"] for row in queries.ask("named", dossiers=list(dossiers))}
    return found | called_in([order.id for order in asked if order.dossier == NOBODYS])


def called_in(orders: Sequence[UUID]) -> dict[UUID, str]:
    """The same of orders that are nobody's, by order."""
    shared: dict[UUID, list[str]] = {}
    for row in queries.ask("inside", orders=list(orders)) if orders else ():
        shared.setdefault(row["order"], []).append(row["name"])
    return {order: _first(names) for order, names in shared.items()}


def _first(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"


def box(order: Ordered, consignments: Sequence[Row]) -> Row:
    """The container's seal, and its goods lines where one declaration numbers them, as the viewer is told."""
    dossiers = [one["dossier"] for one in consignments]
    rows = queries.ask("box_of", dossiers=dossiers, number=order.name) if dossiers else []
    lines = rows[0]["lines"] if len(rows) == 1 else ""
    return {"seal": "、".join(dict.fromkeys(row["seal"] for row in rows if row["seal"])), "lines": lines}


def told(order: Ordered) -> dict[str, str]:
    """What its journal entries are looked for by: those of a shared order belong to no submission."""
    suffix = "_of_nobodys" if order.dossier == NOBODYS else "_of"
    return {"moments": f"moments{suffix}", "history": f"history{suffix}"}
